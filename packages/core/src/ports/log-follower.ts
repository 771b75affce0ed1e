import type { DataType } from '../types/data-type.ts';
import type { RecordBatch } from '../vector/column-vector.ts';

/**
 * Follows what becomes durable, behind the commits and never in their way; what stands behind `IngestHook.after`. Laws, kept by the store: a follower
 * sees each committed transaction with rows that is visible and on disk, wholly, in lsn order, at least once across restarts, from the start on at which its name was
 * first given; what it missed because it lagged beyond its limit it is told as a gap. Where it stands is kept beside the log.
 */
export interface LogFollower {
  /** Where it stands is kept under this name. */
  readonly name: string;
  /** The log keeps what it has not seen, up to so many records and bytes; what is beyond may be deleted, and becomes a gap. */
  readonly lagRecordsMax: number;
  readonly lagBytesMax: number;
  /** The columns of a table, null if nobody knows it any more. */
  typesOf(tableId: string): readonly DataType[] | null;
  /** Is given the next event when it resolves, and the same one again, after a pause, when it rejects. `signal`: it should stop, the store is closing. */
  deliver(event: LogEvent, signal: AbortSignal): Promise<void>;
}
/** A transaction; or that those with after < lsn <= this one were not seen and never will be. */
export type LogEvent =
  | { readonly kind: 'commit'; readonly lsn: bigint; readonly tables: readonly LogEventTable[] }
  | { readonly kind: 'gap'; readonly after: bigint; readonly lsn: bigint };
/** What a transaction wrote to a table. `batches` null: it was dropped, and its columns are forgotten. */
export interface LogEventTable {
  readonly tableId: string;
  readonly batches: readonly RecordBatch[] | null;
}
