import {
  assert,
  batchByteLength,
  type Failpoints,
  type FileLock,
  failure,
  NO_FAILPOINTS,
  type StoredTable,
  type StorePin,
  type StoreRecovery,
  type TransactionStore,
  type TransactionWrite,
} from '@millrace/core';
import type { SegmentedWal } from '../wal/segmented-wal.ts';
import { admit } from './admission.ts';
import { CommitQueue, type QueuedCommit } from './commit-queue.ts';
import { Flusher } from './flusher.ts';
import { LsnEras } from './lsn-eras.ts';
import { ParkedRows } from './parked-rows.ts';
import { replayLog } from './recover.ts';
import { pinTables } from './store-pin.ts';
import { estimatedRows, newTableState, type TableState } from './table-state.ts';
import { encodeTransaction } from './transaction-record.ts';
import type { TransactionStoreOptions } from './transaction-store-options.ts';

/** A table is parked when its flush failed this often, or it was set aside, and it keeps at least this many segments. */
const PARK_FAILURES_MIN = 3;
const PARK_SEGMENTS_MIN = 2;

/** The store over an open log and the lock on its directory, both of which it closes. */
export class BufferedStore implements TransactionStore {
  readonly #options: TransactionStoreOptions;
  readonly #wal: SegmentedWal;
  readonly #lock: FileLock;
  readonly #eras: LsnEras;
  readonly #states: Map<string, TableState> = new Map();
  readonly #commits: CommitQueue;
  readonly #flusher: Flusher;
  readonly #failpoints: Failpoints;
  readonly #parked: ParkedRows;
  /** Lsns of catalog records that the catalog has not stored yet, ascending. */
  #catalogPending: bigint[] = [];
  #visibleLsn = 0n;
  #phase: 'opened' | 'recovering' | 'open' | 'closing' | 'closed' = 'opened';
  #truncation: Promise<void> | null = null;

  constructor(options: TransactionStoreOptions, wal: SegmentedWal, lock: FileLock) {
    this.#options = options;
    this.#wal = wal;
    this.#lock = lock;
    this.#eras = new LsnEras(wal.eras);
    this.#failpoints = options.failpoints ?? NO_FAILPOINTS;
    this.#parked = new ParkedRows(options.fileSystem, options.directory);
    this.#commits = new CommitQueue(this.#failpoints, (commit) => this.#makeVisible(commit));
    this.#flusher = new Flusher({
      ...options,
      context: { wal, eras: this.#eras, metrics: options.metrics, failpoints: this.#failpoints },
      states: this.#states,
      onPublished: () => this.#published(),
      onProblem: (table, error) =>
        options.onProblem?.(`could not flush table "${table.name}": ${error.message}`, error),
    });
  }

  get walId(): string {
    return this.#wal.walId;
  }
  get lastLsn(): bigint {
    return this.#visibleLsn;
  }
  get oldestLsn(): bigint {
    return this.#wal.oldestLsn;
  }

  attach(table: StoredTable): void {
    assert(!this.#states.has(table.tableId), `table ${table.tableId} is attached already`);
    this.#states.set(table.tableId, newTableState(table, this.#options.memory));
  }

  detach(tableId: string): void {
    const state = this.#states.get(tableId);
    if (state === undefined) return;
    this.#states.delete(tableId);
    state.detached.abort(failure('undefinedTable', { name: state.table.name }));
    state.memory.dropUpTo(this.#wal.lastLsn);
    this.#published();
  }

  async recover(recovery: StoreRecovery): Promise<void> {
    assert(this.#phase === 'opened', 'recover runs once');
    this.#phase = 'recovering';
    await this.#parked.open();
    await replayLog(recovery, {
      ...this.#options,
      store: this,
      parked: this.#parked,
      replayed: new Set(),
      wal: this.#wal,
      eras: this.#eras,
      states: this.#states,
      failpoints: this.#failpoints,
      relieve: () => this.#flusher.relieve(),
      onReplayed: (lsn, touched, hasNewCatalog) => {
        this.#visibleLsn = lsn;
        if (hasNewCatalog) this.#catalogPending.push(lsn);
        for (const state of touched) this.#flusher.buffered(state);
      },
    });
    this.#visibleLsn = this.#wal.lastLsn;
    this.#phase = 'open';
    for (const state of this.#states.values()) if (state.memory.rowCount > 0) this.#flusher.buffered(state);
    this.#published();
  }

  async refresh(tableIds: readonly string[], signal?: AbortSignal): Promise<void> {
    await Promise.all(tableIds.map((id) => this.#states.get(id)?.table.versioned.refresh(signal)));
  }

  pin(tableIds: readonly string[]): StorePin {
    this.#checkReadable();
    return pinTables(
      [...new Set(tableIds)].map((id) => this.#stateOf(id)),
      this.#visibleLsn,
      this.#eras,
    );
  }

  estimatedRows(tableId: string): number | undefined {
    return estimatedRows(this.#states.get(tableId));
  }

  async commit(write: TransactionWrite, onVisible?: (lsn: bigint) => void): Promise<{ readonly lsn: bigint }> {
    this.#checkWritable();
    const batches = write.tables.flatMap((table) => table.batches);
    if (write.catalog === null && batches.every((batch) => batch.rowCount === 0)) return { lsn: this.#visibleLsn };
    const reservations = await admit(this.#options.memory, batches.map(batchByteLength), () => this.relieve());
    let visible: Promise<void>;
    let lsn: bigint;
    try {
      this.#checkWritable();
      const append = this.#wal.append(encodeTransaction(write));
      lsn = append.lsn;
      visible = this.#commits.push(append, { write, reservations, onVisible });
    } catch (error) {
      for (const reservation of reservations) reservation.release();
      throw error;
    }
    await visible;
    return { lsn };
  }

  async flush(tableIds: readonly string[] = [...this.#states.keys()]): Promise<void> {
    this.#checkReadable();
    await this.#flushThrough(tableIds, this.#visibleLsn);
  }

  catalogStored(lsn: bigint): void {
    this.#catalogPending = this.#catalogPending.filter((pending) => pending > lsn);
    this.#published();
  }

  async close({ flush }: { readonly flush: boolean }): Promise<void> {
    if (this.#phase === 'closing' || this.#phase === 'closed') return;
    const wasOpen = this.#phase === 'open';
    this.#phase = 'closing';
    try {
      await this.#wal.sync();
      if (flush && wasOpen) await this.#flushThrough([...this.#states.keys()], this.#visibleLsn);
    } finally {
      await this.#flusher.close();
      await this.#truncation;
      await this.#wal.close();
      await this.#lock.release();
      this.#phase = 'closed';
    }
  }

  /** All tables, also when one fails; then that error. */
  async #flushThrough(tableIds: readonly string[], lsn: bigint): Promise<void> {
    const states = tableIds.map((id) => this.#states.get(id)).filter((state) => state !== undefined);
    const outcomes = await Promise.allSettled(states.map((state) => this.#flusher.flushThrough(state, lsn)));
    await this.#truncation;
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Flushes, or waits for transactions that are on their way to the memory tables, where they can be flushed. */
  async relieve(): Promise<boolean> {
    if (await this.#flusher.relieve()) return true;
    if (this.#commits.isEmpty) return false;
    await this.#wal.sync();
    await this.#options.clock.nextTurn();
    return true;
  }

  /** One synchronous step: the catalog first, so that the tables a transaction creates are there for its rows. */
  #makeVisible({ lsn, write, reservations, onVisible }: QueuedCommit): void {
    this.#visibleLsn = lsn;
    if (write.catalog !== null) this.#catalogPending.push(lsn);
    let next = 0;
    try {
      onVisible?.(lsn);
    } finally {
      for (const { tableId, batches } of write.tables) {
        const state = this.#states.get(tableId);
        for (const batch of batches) {
          const reservation = reservations[next++]!;
          if (state === undefined) reservation.release();
          else state.memory.append(lsn, batch, reservation);
        }
        if (state !== undefined) this.#flusher.buffered(state);
      }
    }
    this.#gauge();
  }

  /** Rows left the memory tables, or a catalog was stored: segments may have become free. */
  #published(): void {
    this.#gauge();
    if (this.#phase === 'opened' || this.#phase === 'recovering' || this.#phase === 'closed') return;
    this.#truncation ??= this.#truncate().finally(() => {
      this.#truncation = null;
    });
  }

  /** Deletes the segments that nobody needs. Failing to costs space and nothing else; the next publication tries again. */
  async #truncate(): Promise<void> {
    await this.#options.clock.nextTurn();
    try {
      for (let upTo = this.#passedLsn(), done = -1n; upTo > done; upTo = this.#passedLsn()) {
        await this.#wal.truncate(upTo);
        done = upTo;
        await this.#park();
      }
      await this.#forgetParked();
    } catch (error) {
      this.#options.metrics.count('wal_truncations_failed');
      this.#options.onProblem?.(`could not truncate the write-ahead log: ${String((error as Error).message)}`, null);
    }
  }

  /** Every table and the catalog have in storage what the log holds up to here. */
  #passedLsn(): bigint {
    const needed = [...this.#states.values()]
      .map((state) => state.memory.firstLsnAfter(this.#parked.parkedLsn(state.table.tableId)))
      .filter((lsn) => lsn !== null);
    needed.push(...this.#catalogPending.slice(0, 1));
    return needed.reduce((lowest, lsn) => (lsn - 1n < lowest ? lsn - 1n : lowest), this.#visibleLsn);
  }

  /** Tables that cannot be flushed have their rows copied beside the log, once that would free segments, so that they hold up nobody. */
  async #park(): Promise<void> {
    // Which era a number belongs to is known from the segments: with more than one, they stay.
    if (this.#parked.hasFailed || this.#wal.closedSegments < PARK_SEGMENTS_MIN || this.#wal.eras.length > 1) return;
    for (const { table, memory, aside, failures } of this.#states.values()) {
      if (aside === null && failures < (this.#options.settings.parkAfterFailures ?? PARK_FAILURES_MIN)) continue;
      const after = this.#parked.parkedLsn(table.tableId);
      const held = memory.hold(after, this.#visibleLsn);
      try {
        if (held.rowCount === 0) continue;
        await this.#parked.park(table, memory.recordsAfter(after));
        this.#options.metrics.count('tables_parked');
      } finally {
        held.release();
      }
    }
  }

  /** Removes parked rows that are in storage now, or whose table was dropped. */
  async #forgetParked(): Promise<void> {
    for (const tableId of this.#parked.tableIds) {
      const first = this.#states.get(tableId)?.memory.firstLsn ?? null;
      if (first === null || first > this.#parked.parkedLsn(tableId)) await this.#parked.forget(tableId);
    }
  }

  #stateOf(tableId: string): TableState {
    const state = this.#states.get(tableId);
    assert(state !== undefined, `table ${tableId} is not attached`);
    return state;
  }

  #checkReadable(): void {
    if (this.#phase === 'opened' || this.#phase === 'recovering') throw failure('startingUp');
    if (this.#phase === 'closed') throw failure('shuttingDown');
  }

  #checkWritable(): void {
    this.#checkReadable();
    if (this.#phase === 'closing') throw failure('shuttingDown');
  }

  #gauge(): void {
    const states = [...this.#states.values()];
    this.#options.metrics.gauge(
      'buffered_rows',
      states.reduce((sum, state) => sum + state.memory.rowCount, 0),
    );
    this.#options.metrics.gauge('buffered_bytes', this.#options.memory.usedBytes);
  }
}
