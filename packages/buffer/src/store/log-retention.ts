import type { SegmentedWal } from '../wal/segmented-wal.ts';
import type { ParkedRows } from './parked-rows.ts';
import type { TableState } from './table-state.ts';
import type { TransactionStoreOptions } from './transaction-store-options.ts';

/** A table is parked when its flush failed this often, or it was set aside, and it keeps at least this many segments. */
const PARK_FAILURES_MIN = 3;
const PARK_SEGMENTS_MIN = 2;

/** What decides which segments are needed. */
export interface RetentionContext {
  readonly options: Pick<TransactionStoreOptions, 'clock' | 'metrics' | 'settings' | 'onProblem'>;
  readonly wal: SegmentedWal;
  readonly parked: ParkedRows;
  readonly states: ReadonlyMap<string, TableState>;
  readonly visibleLsn: () => bigint;
  /** The lowest lsn of a catalog record that is not stored; null if all are. */
  readonly catalogPending: () => bigint | null;
  /** Everything up to here was seen by those who follow the log, or they lost their claim to it; null if nobody follows. */
  readonly followedLsn: () => bigint | null;
}

/** Deletes the segments that nobody needs: see "Exactly once" in the architecture. Never by age. */
export class LogRetention {
  readonly #context: RetentionContext;
  #running: Promise<void> | null = null;

  constructor(context: RetentionContext) {
    this.#context = context;
  }

  /** Segments may have become free. */
  check(): void {
    this.#running ??= this.#truncate().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when nothing is being deleted. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Failing to costs space and nothing else; the next check tries again. */
  async #truncate(): Promise<void> {
    const { options, wal } = this.#context;
    await options.clock.nextTurn();
    try {
      for (let upTo = this.#passedLsn(), done = -1n; upTo > done; upTo = this.#passedLsn()) {
        await wal.truncate(upTo);
        done = upTo;
        await this.#park();
      }
      await this.#forgetParked();
    } catch (error) {
      options.metrics.count('wal_truncations_failed');
      options.onProblem?.(`could not truncate the write-ahead log: ${String((error as Error).message)}`, null);
    }
  }

  /** Every table and the catalog have in storage what the log holds up to here, and who follows the log has seen it. */
  #passedLsn(): bigint {
    const { states, parked, visibleLsn, catalogPending, followedLsn } = this.#context;
    const needed = [...states.values()].map(({ memory, table }) =>
      memory.firstLsnAfter(parked.parkedLsn(table.tableId)),
    );
    const followed = followedLsn();
    needed.push(catalogPending(), followed === null ? null : followed + 1n);
    return needed.reduce<bigint>(
      (lowest, lsn) => (lsn !== null && lsn - 1n < lowest ? lsn - 1n : lowest),
      visibleLsn(),
    );
  }

  /** Tables that cannot be flushed have their rows copied beside the log, once that would free segments, so that they hold up nobody. */
  async #park(): Promise<void> {
    const { options, wal, parked, states, visibleLsn } = this.#context;
    // Which era a number belongs to is known from the segments: with more than one, they stay.
    if (parked.hasFailed || wal.segments.length <= PARK_SEGMENTS_MIN || wal.eras.length > 1) return;
    for (const { table, memory, aside, failures } of states.values()) {
      if (aside === null && failures < (options.settings.parkAfterFailures ?? PARK_FAILURES_MIN)) continue;
      const after = parked.parkedLsn(table.tableId);
      const held = memory.hold(after, visibleLsn());
      try {
        if (held.rowCount === 0) continue;
        const records = memory.recordsAfter(after);
        // What is beside the log must not be ahead of it.
        if (wal.durableLsn < wal.lastLsn) await wal.sync();
        await parked.park(table, records);
        options.metrics.count('tables_parked');
      } finally {
        held.release();
      }
    }
  }

  /** Removes parked rows that are in storage now, or whose table was dropped. */
  async #forgetParked(): Promise<void> {
    const { parked, states } = this.#context;
    for (const tableId of parked.tableIds) {
      const first = states.get(tableId)?.memory.firstLsn ?? null;
      if (first === null || first > parked.parkedLsn(tableId)) await parked.forget(tableId);
    }
  }
}
