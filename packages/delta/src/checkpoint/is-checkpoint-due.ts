import type { Snapshot } from '../snapshot/snapshot.ts';

/** Commits between checkpoints when the table does not say (Spark's default). */
const INTERVAL_DEFAULT = 10;
/** A checkpoint lists every file, so big tables get one for each of this many files instead. */
const FILES_PER_COMMIT = 1_000;

/**
 * Whether enough was committed since the last checkpoint: `delta.checkpointInterval` commits; without that setting 10, or a thousandth of the
 * files if that is more, so that checkpoints cost a bounded part of the commits.
 */
export function isCheckpointDue(snapshot: Snapshot, lastCheckpoint: bigint): boolean {
  const configured = Number(snapshot.metaData.configuration['delta.checkpointInterval'] ?? 0);
  const interval =
    Number.isInteger(configured) && configured > 0
      ? configured
      : Math.max(INTERVAL_DEFAULT, Math.floor(snapshot.files.size / FILES_PER_COMMIT));
  return snapshot.version - lastCheckpoint >= BigInt(interval);
}
