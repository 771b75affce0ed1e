import {
  assert,
  batchByteLength,
  type CommitLevel,
  type Failpoints,
  type FileLock,
  failure,
  type LogFollower,
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
import { LogFollowers } from './log-followers.ts';
import { LogRetention } from './log-retention.ts';
import { LsnEras } from './lsn-eras.ts';
import { LsnWaiters, unlessAborted } from './lsn-waiters.ts';
import { ParkedRows } from './parked-rows.ts';
import { replayLog } from './recover.ts';
import { pinTables } from './store-pin.ts';
import { estimatedRows, newTableState, type TableState } from './table-state.ts';
import { encodeTransaction } from './transaction-record.ts';
import type { TransactionStoreOptions } from './transaction-store-options.ts';

/** So many may wait for a number at the same time. */
const LSN_WAITERS_MAX = 10_000;

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
  readonly #waiters: LsnWaiters = new LsnWaiters(LSN_WAITERS_MAX);
  readonly #retention: LogRetention;
  readonly #followers: LogFollowers;

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
    this.#followers = new LogFollowers(options.directory, {
      options,
      wal,
      eras: this.#eras,
      newestLsn: () => {
        if (wal.durableLsn < this.#visibleLsn) return wal.durableLsn;
        return this.#visibleLsn;
      },
      onSaved: () => this.#published(),
    });
    this.#retention = new LogRetention({
      options,
      wal,
      parked: this.#parked,
      states: this.#states,
      visibleLsn: () => this.#visibleLsn,
      catalogPending: () => this.#catalogPending[0] ?? null,
      followedLsn: () => this.#followers.claimedLsn,
    });
    wal.onDurable(() => this.#followers.wake());
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

  follow(follower: LogFollower): void {
    assert(this.#phase === 'opened', 'followers come before recovery');
    this.#followers.add(follower);
  }

  async recover(recovery: StoreRecovery): Promise<void> {
    assert(this.#phase === 'opened', 'recover runs once');
    this.#phase = 'recovering';
    await this.#parked.open();
    await this.#followers.load();
    await replayLog(recovery, {
      ...this.#options,
      store: this,
      parked: this.#parked,
      replayed: new Set(),
      wal: this.#wal,
      eras: this.#eras,
      states: this.#states,
      failpoints: this.#failpoints,
      isFollowerAhead: () => this.#followers.isAhead(),
      relieve: () => this.#flusher.relieve(),
      onReplayed: (lsn, touched, hasNewCatalog) => {
        this.#visibleLsn = lsn;
        if (hasNewCatalog) this.#catalogPending.push(lsn);
        for (const state of touched) this.#flusher.buffered(state);
      },
    });
    this.#visibleLsn = this.#wal.lastLsn;
    await this.#followers.start();
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
      assert(write.isBuffered !== true || write.catalog === null, 'DDL is always durable');
      const append = this.#wal.append(encodeTransaction(write), { sync: write.isBuffered === true ? 'soon' : 'now' });
      lsn = append.lsn;
      visible = this.#commits.push(append, { write, reservations, onVisible });
    } catch (error) {
      for (const reservation of reservations) reservation.release();
      throw error;
    }
    await visible;
    return { lsn };
  }

  async reach(
    lsn: bigint,
    level: CommitLevel,
    {
      signal,
      tableIds = [...this.#states.keys()],
    }: { readonly signal: AbortSignal; readonly tableIds?: readonly string[] },
  ): Promise<void> {
    this.#checkReadable();
    if (lsn > this.#visibleLsn) await this.#waiters.wait(lsn, signal);
    if (level === 'buffered') return;
    if (lsn > this.#wal.durableLsn) await unlessAborted(this.#wal.sync(), signal);
    if (level === 'durable') return;
    const states = tableIds.map((id) => this.#states.get(id)).filter((state) => state !== undefined);
    await Promise.all(states.map((state) => this.#flusher.whenFlushed(state, lsn, signal)));
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
    this.#waiters.fail(failure('shuttingDown'));
    try {
      await this.#wal.sync();
      if (flush && wasOpen) await this.#flushThrough([...this.#states.keys()], this.#visibleLsn);
    } finally {
      await this.#flusher.close();
      await this.#followers.stop();
      await this.#retention.settled();
      await this.#wal.close();
      await this.#lock.release();
      this.#phase = 'closed';
    }
  }

  /** All tables, also when one fails; then that error. */
  async #flushThrough(tableIds: readonly string[], lsn: bigint): Promise<void> {
    const states = tableIds.map((id) => this.#states.get(id)).filter((state) => state !== undefined);
    const outcomes = await Promise.allSettled(states.map((state) => this.#flusher.flushThrough(state, lsn)));
    await this.#retention.settled();
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
    this.#waiters.passed(lsn);
    this.#followers.wake();
  }

  /** Rows left the memory tables, or a catalog was stored: segments may have become free. */
  #published(): void {
    this.#gauge();
    if (this.#phase === 'opened' || this.#phase === 'recovering' || this.#phase === 'closed') return;
    this.#retention.check();
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
    const rows = [...this.#states.values()].reduce((sum, state) => sum + state.memory.rowCount, 0);
    this.#options.metrics.gauge('buffered_rows', rows);
    this.#options.metrics.gauge('buffered_bytes', this.#options.memory.usedBytes);
  }
}
