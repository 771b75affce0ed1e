import { checkpointKey } from '../log/file-names.ts';
import type { CheckpointContent } from '../parquet/messages.ts';
import type { LogSource } from '../snapshot/load-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { actionCount } from './encode-checkpoint.ts';
import { writeLastCheckpoint } from './last-checkpoint.ts';

/** `delta.deletedFileRetentionDuration` where the table has none: readers of older versions find removed files this long. */
const RETENTION_MS = 7 * 24 * 3600 * 1000;
const UNIT_MS: Readonly<Record<string, number>> = {
  week: 7 * 24 * 3600 * 1000,
  day: 24 * 3600 * 1000,
  hour: 3600 * 1000,
  minute: 60 * 1000,
  second: 1000,
  millisecond: 1,
};

/** `interval 7 days` in milliseconds; for ever if it is written in a way that we do not know. */
export function retentionMs(text: string | undefined): number {
  if (text === undefined) return RETENTION_MS;
  const match = /^(?:interval\s+)?(\d+)\s+([a-z]+?)s?$/i.exec(text.trim());
  const unit = match === null ? undefined : UNIT_MS[match[2]!.toLowerCase()];
  return unit === undefined ? Number.POSITIVE_INFINITY : Number(match![1]) * unit;
}

/**
 * Writes the classic checkpoint of a snapshot and points `_last_checkpoint` at it. From memory: nothing is read. Never replaces a
 * checkpoint: whoever was first described the same state.
 */
export async function writeCheckpoint(source: LogSource, snapshot: Snapshot, nowMs: number): Promise<void> {
  const oldestMs = nowMs - retentionMs(snapshot.metaData.configuration['delta.deletedFileRetentionDuration']);
  const content: CheckpointContent = {
    protocol: snapshot.protocol,
    metaData: snapshot.metaData,
    txns: [...snapshot.txns.values()],
    domains: [...snapshot.domains.values()].filter((domain) => !domain.removed),
    adds: [...snapshot.files.values()],
    removes: [...snapshot.tombstones.values()].filter((remove) => (remove.deletionTimestamp ?? 0) > oldestMs),
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
