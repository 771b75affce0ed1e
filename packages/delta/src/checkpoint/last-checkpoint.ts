import type { ObjectStore } from '@millrace/core';
import { parseExactJson } from '../log/exact-json.ts';
import { lastCheckpointKey } from '../log/file-names.ts';

const DECODER = new TextDecoder();
const ENCODER = new TextEncoder();

/** The version that `_last_checkpoint` names; null if it is missing, empty or damaged: it is only a hint. */
export async function readLastCheckpoint(store: ObjectStore, location: string): Promise<bigint | null> {
  try {
    const bytes = await store.get(lastCheckpointKey(location));
    if (bytes === null) return null;
    const content = parseExactJson(DECODER.decode(bytes)) as { readonly version?: unknown } | null;
    const version = content?.version;
    return typeof version === 'number' && Number.isSafeInteger(version) && version >= 0 ? BigInt(version) : null;
  } catch {
    return null;
  }
}

/** Points `_last_checkpoint` at a checkpoint of one file. `parts` is never written: with it some engines look for multipart names. */
export async function writeLastCheckpoint(
  store: ObjectStore,
  location: string,
  checkpoint: {
    readonly version: bigint;
    readonly actionCount: number;
    readonly byteCount: number;
    readonly addCount: number;
  },
): Promise<void> {
  const known = await readLastCheckpoint(store, location);
  if (known !== null && known >= checkpoint.version) return;
  const body = JSON.stringify({
    version: Number(checkpoint.version),
    size: checkpoint.actionCount,
    sizeInBytes: checkpoint.byteCount,
    numOfAddFiles: checkpoint.addCount,
  });
  await store.put(lastCheckpointKey(location), ENCODER.encode(body), { mode: 'overwrite' });
}
