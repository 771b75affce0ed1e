import type { RecordBatch } from '../vector/column-vector.ts';

/**
 * Where a flush unit `(from, version]` goes. Laws: `stage` has no visible effect; `commit` is a compare-and-set on the application's
 * progress, atomic, decided by the log and never by a return code; names are unique per attempt, nothing is overwritten.
 */
export interface Sink {
  /** Writes the rows (in the table's field order) where a commit can refer to them. */
  stage(batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>, signal?: AbortSignal): Promise<StagedRows>;
  commit(staged: StagedRows, progress: SinkProgress): Promise<SinkOutcome>;
  /** The newest progress in the log (read from storage, not from a cache); -1n if this application never committed. */
  progress(appId: string): Promise<bigint>;
  /** Removes staged files, only if the log shows them unused. */
  discard(staged: StagedRows): Promise<void>;
}
/** Rows that are written and not yet visible to anyone: `commit` or `discard` them. */
export interface StagedRows {
  readonly rowCount: number;
  readonly byteCount: number;
  /** The implementation's own description of what it wrote. */
  readonly files: readonly unknown[];
}
/** A commit's compare-and-set on one application's progress. */
export interface SinkProgress {
  readonly appId: string;
  /** What the application's progress is expected to be; -1n for none. */
  readonly from: bigint;
  /** What it shall be afterwards. */
  readonly version: bigint;
}
/**
 * committed: done by this call. applied: the log already has progress >= version (an earlier attempt landed).
 * superseded: from < progress < version, the unit must be rebuilt without rows <= progress.
 * behind: progress < from, somebody reset the table; set it aside.
 */
export type SinkOutcome =
  | { readonly status: 'committed' | 'applied'; readonly tableVersion: bigint }
  | { readonly status: 'superseded' | 'behind'; readonly progress: bigint };
