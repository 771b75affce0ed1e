import type { Clock, Failpoints, FileSystem, Metrics, Random } from '@millrace/core';
import type { ActiveSegment, Segment } from './segment-files.ts';

/** The lsns that were given out under one walId, as far as segments still hold them. */
export interface WalEra {
  readonly walId: string;
  readonly lastLsn: bigint;
}

/** What a log needs from the world. */
export interface WalOptions {
  readonly fileSystem: FileSystem;
  /** Created if missing (its parent must exist). One log per directory, one process per log: the caller holds the lock. */
  readonly directory: string;
  readonly random: Random;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly limits: { readonly walSegmentBytes: number; readonly walRecordBytesMax: number };
  readonly failpoints?: Failpoints;
  /** Syncs are done inline while they cost less; default 0.5 ms. */
  readonly inlineSyncMsMax?: number;
  /** A record that nobody waits for is synced at the latest after this time, in milliseconds; default 100. */
  readonly syncSoonMsMax?: number;
  /** ... and when so many bytes of such records are written and not synced; default 8 MiB. */
  readonly syncSoonBytesMax?: number;
  /** Runs once, when a write or sync failed for good: nothing is acknowledged any more, the process should stop and recover. */
  readonly onFatal?: (error: Error) => void;
}

/** What opening found out. */
export interface OpenedLog {
  readonly segments: readonly Segment[];
  readonly active: ActiveSegment;
  /** The cost of the first sync. */
  readonly syncCostMs: number;
  /** The torn tail that was cut off, if any. */
  readonly repaired: { readonly path: string; readonly offset: number; readonly bytes: number } | null;
}
