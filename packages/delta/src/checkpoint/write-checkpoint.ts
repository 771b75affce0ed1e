import { checkpointKey } from '../log/file-names.ts';
import type { CheckpointContent } from '../parquet/messages.ts';
import type { LogSource } from '../snapshot/load-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { actionCount } from './encode-checkpoint.ts';
import { writeLastCheckpoint } from './last-checkpoint.ts';

/** Tombstones are kept for readers of older versions this long (`delta.deletedFileRetentionDuration`'s default). */
const TOMBSTONE_RETENTION_MS = 7 * 24 * 3600 * 1000;

/**
 * Writes the classic checkpoint of a snapshot and points `_last_checkpoint` at it. From memory: nothing is read. Never replaces a
 * checkpoint: whoever was first described the same state.
 */
export async function writeCheckpoint(source: LogSource, snapshot: Snapshot, nowMs: number): Promise<void> {
  const content: CheckpointContent = {
    protocol: snapshot.protocol,
    metaData: snapshot.metaData,
    txns: [...snapshot.txns.values()],
    domains: [...snapshot.domains.values()].filter((domain) => !domain.removed),
    adds: [...snapshot.files.values()],
    removes: [...snapshot.tombstones.values()].filter(
      (remove) => (remove.deletionTimestamp ?? 0) > nowMs - TOMBSTONE_RETENTION_MS,
    ),
  };
  const bytes = await source.codec.encodeCheckpoint(content);
  const outcome = await source.store.put(checkpointKey(source.location, snapshot.version), bytes, { mode: 'create' });
  if (outcome !== 'created') return;
  await writeLastCheckpoint(source.store, source.location, {
    version: snapshot.version,
    actionCount: actionCount(content),
    byteCount: bytes.length,
    addCount: content.adds.length,
  });
}
