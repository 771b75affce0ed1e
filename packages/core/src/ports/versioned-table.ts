import type { Schema } from '../types/field.ts';
import type { PreparedScan, ScanContext, ScanRequest } from './table-provider.ts';

/** The stored (flushed) part of a table: a sequence of immutable snapshots. */
export interface VersionedTable {
  /** Delta's `metaData.id`. */
  readonly tableId: string;
  /** Makes the newest committed version the one that `pin` gives. May do I/O; cheap when nothing changed. */
  refresh(signal?: AbortSignal): Promise<void>;
  /** The cached newest snapshot, synchronously. It stays readable until released. */
  pin(): VersionedSnapshot;
}
/** A version of a table, unchanged for as long as it is held. */
export interface VersionedSnapshot {
  readonly version: bigint;
  readonly schema: Schema;
  /** The `txn` version of an application in this snapshot; -1n if it never committed. */
  appliedLsn(appId: string): bigint;
  prepareScan(request: ScanRequest, context: ScanContext): Promise<PreparedScan>;
  /** About how many rows it has, without I/O: joins are ordered by it, nothing else. undefined, or no such method: unknown. */
  estimatedRows?(): number | undefined;
  /** Idempotent. */
  release(): void;
}
