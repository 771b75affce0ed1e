import type { Clock, Failpoints, Metrics, ObjectStore, Random } from '@millrace/core';
import type { TableDefinition } from './commit/create-table.ts';
import type { ParquetCodec } from './parquet/parquet-codec.ts';
import type { FileLimits } from './write/stage-rows.ts';

/** What every Delta table of a process shares. */
export interface DeltaEnvironment {
  readonly store: ObjectStore;
  readonly codec: ParquetCodec;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: Metrics;
  readonly failpoints?: Failpoints;
  readonly limits?: Partial<FileLimits>;
  /** How long a commit fights for its version. Default 60,000. */
  readonly commitTimeoutMs?: number;
}

/** A table's place and definition. `location` is a key prefix ending in `/` (or empty). */
export interface DeltaTableOptions extends TableDefinition {
  readonly location: string;
}

/** See `DeltaEnvironment.commitTimeoutMs`. */
export const COMMIT_TIMEOUT_MS = 60_000;
