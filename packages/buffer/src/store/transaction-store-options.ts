import type { Clock, Failpoints, FileSystem, MemoryBudget, Metrics, MillraceError, Random } from '@millrace/core';
import type { FlushSettings } from './flusher.ts';

/** What a store works with, and how. */
export interface TransactionStoreOptions {
  readonly fileSystem: FileSystem;
  /** The log's directory, with its lock; created if missing (its parent must exist). */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Charged for buffered rows, pinned ones included. */
  readonly memory: MemoryBudget;
  readonly metrics: Metrics;
  readonly settings: FlushSettings;
  readonly limits?: { readonly walSegmentBytes: number; readonly walRecordBytesMax: number };
  readonly failpoints?: Failpoints;
  /** See `WalOptions`. */
  readonly inlineSyncMsMax?: number;
  /** The log is closed for good (58030): the server should stop and recover. Runs once. */
  readonly onFatal?: (error: Error) => void;
  /** Something that needs an operator's eyes and stops nothing: a flush that failed (it is tried again), a torn log end that was cut. */
  readonly onProblem?: (message: string, error: MillraceError | null) => void;
}
