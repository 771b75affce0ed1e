import type { Schema } from '../types/field.ts';
import type { RecordBatch } from '../vector/column-vector.ts';
import type { LogFollower } from './log-follower.ts';
import type { Sink } from './sink.ts';
import type { TableProvider } from './table-provider.ts';
import type { VersionedTable } from './versioned-table.ts';

/** A table as the store knows it. */
export interface StoredTable {
  /** Delta's `metaData.id`, a UUID; never reused. */
  readonly tableId: string;
  /** For messages. */
  readonly name: string;
  readonly schemaId: number;
  readonly schema: Schema;
  readonly versioned: VersionedTable;
  readonly sink: Sink;
  /** The table's own `WITH (millrace.flush_after = ..., millrace.flush_bytes = ...)`; absent = the store's settings. */
  readonly flushAfterMs?: number;
  readonly flushBytes?: number;
}

/**
 * What is true of a transaction before it is acknowledged, the laxest first. `buffered`: written to the log, so that the end of the process loses nothing; a power
 * loss may take the newest of them, each wholly. `durable`: on disk. `delta`: on disk, and its rows committed in their tables' storage.
 */
export type CommitLevel = 'buffered' | 'durable' | 'delta';
export const COMMIT_LEVELS: readonly CommitLevel[] = Object.freeze(['buffered', 'durable', 'delta']);

/** What one transaction writes: one WAL record, visible and durable together or not at all. */
export interface TransactionWrite {
  /** True: does not wait for its fsync, which comes soon. Not with a catalog change. Default false. */
  readonly isBuffered?: boolean;
  /** The catalog's own record (DDL), opaque here; replayed to `StoreRecovery.onCatalogRecord`. */
  readonly catalog: Uint8Array | null;
  readonly tables: readonly {
    readonly tableId: string;
    readonly schemaId: number;
    readonly batches: readonly RecordBatch[];
  }[];
}

/** What a statement reads: all its tables, pinned in one synchronous step. */
export interface StorePin {
  /** The highest visible lsn when it was taken. */
  readonly lsn: bigint;
  /** Files of the pinned snapshot, then memory batches above its `txn`, then `own` rows of the open transaction. */
  table(tableId: string, own: readonly RecordBatch[]): TableProvider;
  /** Idempotent. Held memory is charged to the budget until then. */
  release(): void;
}

/**
 * What the engine's transactions stand on; `@millrace/buffer` implements it over a Wal, memory tables, Sinks and VersionedTables.
 *
 * Start, in this order:
 *   1. `openTransactionStore(...)` locks the directory and opens the log (55006 if another process has it, XX001 if the log is damaged)
 *   2. `attach` each table of the stored catalog, its VersionedTable refreshed
 *   3. `await recover(recovery)`: replays the log; attaches and detaches what its catalog records say
 *   4. `pin`, `commit`, `flush` ... are open; before that they throw 57P03
 *
 * One lsn order over the directory's whole life. If the log's end turns out to be behind what is stored (a restored or lying disk), a new
 * `walId` begins there: lsns go on, so they stay comparable, and no number is used twice under one id.
 */
export interface TransactionStore {
  /** The id under which new records are numbered: the appId of flushes, and what the catalog stores its lsn under. Final after `recover`. */
  readonly walId: string;
  /** Replays committed records above what is stored. Once, before anything is read or written. Safe to be killed and started over. */
  recover(recovery: StoreRecovery): Promise<void>;
  /** Before `recover`: someone to be given what becomes durable. At most one of a name. */
  follow(follower: LogFollower): void;
  /** Attaches a table (CREATE TABLE, start). Recovered rows waiting for it become its memory table. */
  attach(table: StoredTable): void;
  /** Detaches a dropped table: its buffered rows are dropped, its log records count as passed. */
  detach(tableId: string): void;
  /** Refreshes the tables' snapshots; before `pin`, never inside it. */
  refresh(tableIds: readonly string[], signal?: AbortSignal): Promise<void>;
  pin(tableIds: readonly string[]): StorePin;
  /** About how many rows a table has, stored and buffered, without I/O: joins are ordered by it. undefined, or no such method: unknown. */
  estimatedRows?(tableId: string): number | undefined;
  /**
   * Appends one record, waits until it is on disk (written, if buffered), makes it visible in lsn order. `onVisible` runs synchronously at that moment, just before
   * the rows appear, for the catalog (it attaches the tables that this transaction created). Reserves memory for the rows before its first
   * suspension where they fit, so a caller may give up its own reservation for them just before the call. Rejects before anything is written with 53200 (budget) or after with 58030/53100, in which case the log is closed.
   */
  commit(write: TransactionWrite, onVisible?: (lsn: bigint) => void): Promise<{ readonly lsn: bigint }>;
  /**
   * Resolves when everything up to `lsn` is visible here (`buffered`), on disk too (`durable`), the rows of the tables (default: of all) in storage too (`delta`;
   * flushes what is needed, and again after a pause when that fails). Waits for an lsn that is not given out yet. Rejects with the signal's reason; with what
   * set a table aside; with 57P03 at the end of the store; with 53400 when too many wait.
   */
  reach(
    lsn: bigint,
    level: CommitLevel,
    options: { readonly signal: AbortSignal; readonly tableIds?: readonly string[] },
  ): Promise<void>;
  /** Everything visible now is in the tables' storage when it resolves. All tables, or one. Throws what made a flush fail. */
  flush(tableIds?: readonly string[]): Promise<void>;
  /**
   * Makes room in the memory budget: flushes buffered rows, or waits for rows that are on their way to where they can be flushed. False when
   * there is nothing left to free; a caller that still does not fit answers 53200 then.
   */
  relieve(): Promise<boolean>;
  /** The catalog has stored everything up to here: its log records are not needed any more. */
  catalogStored(lsn: bigint): void;
  readonly lastLsn: bigint;
  /** No record below this is in the log any more: what only older ones name can be forgotten. */
  readonly oldestLsn: bigint;
  close(options: { readonly flush: boolean }): Promise<void>;
}

/** Given to the buffer at start, so that it can replay what the log holds above what is stored. */
export interface StoreRecovery {
  /** Highest lsn of `walId` whose catalog record is stored, -1n if none; records at or below it are not given to `onCatalogRecord`. */
  catalogLsn(walId: string): bigint;
  /**
   * A committed catalog record, in lsn order, before the rows of the same and later records: attaches and detaches tables through `store`.
   * May be given again after a crash, so creating what exists and dropping what is gone must do nothing.
   */
  onCatalogRecord(record: Uint8Array, lsn: bigint, store: TransactionStore): Promise<void>;
  /**
   * Was there a table of this id that is dropped? With it, rows of a table that is neither attached nor dropped refuse the start (XX001)
   * instead of being passed over.
   */
  isDropped?(tableId: string): boolean;
}
