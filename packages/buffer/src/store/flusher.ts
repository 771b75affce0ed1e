import {
  asMillraceError,
  type Clock,
  failure,
  type MemoryBudget,
  type MillraceError,
  type StoredTable,
} from '@millrace/core';
import { type FlushContext, flushTable } from './flush-table.ts';
import { unlessAborted } from './lsn-waiters.ts';
import type { TableState } from './table-state.ts';

/** When rows go to storage by themselves. */
export interface FlushSettings {
  /** Age of the oldest buffered row of a table. */
  readonly flushAfterMs: number;
  /** Buffered bytes of a table. */
  readonly flushBytes: number;
  /** Tables that flush at the same time; default 2. */
  readonly flushTablesMax?: number;
  /** Failed flushes in a row after which a table's rows are parked beside the log, so that its segments can go; default 3. */
  readonly parkAfterFailures?: number;
}

const FLUSH_TABLES_MAX = 2;
/** Above this part of the memory budget the largest table is flushed. */
const PRESSURE_RATIO = 0.7;
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 60_000;
const TICK_MS_MIN = 10;
const TICK_MS_MAX = 1_000;

/** What the flusher watches, and whom it tells. */
export interface FlusherOptions {
  readonly clock: Clock;
  readonly memory: MemoryBudget;
  readonly settings: FlushSettings;
  readonly context: FlushContext;
  readonly states: ReadonlyMap<string, TableState>;
  /** After rows were published. */
  readonly onPublished: () => void;
  /** A flush failed; it is tried again. */
  readonly onProblem: (table: StoredTable, error: MillraceError) => void;
}

/**
 * Decides which tables flush when. Tables flush side by side, each one flush at a time. One that fails is parked and tried again after a pause
 * that doubles; its rows stay where they are, and nobody waits for it but who asked for it by name.
 */
export class Flusher {
  readonly #options: FlusherOptions;
  readonly #stop: AbortController = new AbortController();
  readonly #slotWaiters: (() => void)[] = [];
  #slots: number;
  #isTicking = false;

  constructor(options: FlusherOptions) {
    this.#options = options;
    this.#slots = options.settings.flushTablesMax ?? FLUSH_TABLES_MAX;
  }

  /** Rows came to the table: starts what is due, and the clock. */
  buffered(state: TableState): void {
    const { clock, memory, settings } = this.#options;
    state.oldestMs ??= clock.monotonicMs();
    if (state.memory.byteCount >= (state.table.flushBytes ?? settings.flushBytes)) this.#start(state);
    else if (memory.usedBytes > PRESSURE_RATIO * memory.limitBytes) {
      const largest = this.#candidates()[0];
      if (largest !== undefined) this.#start(largest);
    }
    if (!this.#isTicking) {
      this.#isTicking = true;
      void this.#tick();
    }
  }

  /** Flushes until nothing at or below `lsn` is left in memory. Throws what made it fail. */
  async flushThrough(state: TableState, lsn: bigint): Promise<void> {
    for (;;) {
      const first = state.memory.firstLsn;
      if (state.detached.signal.aborted || first === null || first > lsn) return;
      await this.#flush(state);
    }
  }

  /** The same for as long as it takes: when a flush fails, once more after a pause. Rejects with the signal's reason, or with what set the table aside. */
  async whenFlushed(state: TableState, lsn: bigint, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const either = AbortSignal.any([signal, this.#stop.signal]);
    for (;;) {
      either.throwIfAborted();
      try {
        return await unlessAborted(this.flushThrough(state, lsn), either);
      } catch (error) {
        either.throwIfAborted();
        if (state.aside !== null) throw error;
        await clock.sleep(Math.max(RETRY_MS_MIN, state.retryAtMs - clock.monotonicMs()), either);
      }
    }
  }

  /** Frees memory by flushing the largest table that can; false if there was none. */
  async relieve(): Promise<boolean> {
    for (const state of this.#candidates()) {
      const before = state.memory.byteCount;
      try {
        await this.#flush(state);
      } catch {
        continue;
      }
      if (state.memory.byteCount < before) return true;
    }
    return false;
  }

  /** Stops starting flushes; resolves when those that run have ended. */
  async close(): Promise<void> {
    this.#stop.abort(failure('shuttingDown'));
    await Promise.allSettled([...this.#options.states.values()].map((state) => state.flushing));
  }

  /** Tables with rows that are not parked, largest first. */
  #candidates(): TableState[] {
    const now = this.#options.clock.monotonicMs();
    return [...this.#options.states.values()]
      .filter((state) => state.memory.rowCount > 0 && state.aside === null && state.retryAtMs <= now)
      .sort((a, b) => b.memory.byteCount - a.memory.byteCount);
  }

  #start(state: TableState): void {
    if (state.flushing !== null || this.#stop.signal.aborted || state.aside !== null) return;
    if (state.retryAtMs > this.#options.clock.monotonicMs()) return;
    // The failure is noted in the state and reported.
    this.#flush(state).catch(() => {});
  }

  #flush(state: TableState): Promise<void> {
    state.flushing ??= this.#flushInSlot(state).finally(() => {
      state.flushing = null;
    });
    return state.flushing;
  }

  async #flushInSlot(state: TableState): Promise<void> {
    while (this.#slots === 0) await new Promise<void>((resolve) => this.#slotWaiters.push(resolve));
    this.#slots--;
    try {
      await flushTable(state, this.#options.context);
      state.failures = 0;
      state.retryAtMs = 0;
      state.oldestMs = state.memory.rowCount === 0 ? null : this.#options.clock.monotonicMs();
    } catch (error) {
      this.#failed(state, error);
      throw error;
    } finally {
      this.#slots++;
      this.#slotWaiters.shift()?.();
      this.#options.onPublished();
    }
  }

  #failed(state: TableState, error: unknown): void {
    const pauseMs = Math.min(RETRY_MS_MIN * 2 ** state.failures, RETRY_MS_MAX);
    state.failures++;
    state.retryAtMs = this.#options.clock.monotonicMs() + pauseMs;
    if (state.detached.signal.aborted) return;
    this.#options.context.metrics.count('flush_failures');
    this.#options.onProblem(state.table, asMillraceError(error));
  }

  /** Starts flushes by age while there are rows; ends when there are none, so that an idle server has no timer. */
  async #tick(): Promise<void> {
    const { clock, settings, states } = this.#options;
    while (!this.#stop.signal.aborted) {
      const waiting = [...states.values()].filter((state) => state.memory.rowCount > 0 && state.aside === null);
      if (waiting.length === 0) break;
      const now = clock.monotonicMs();
      const ages = waiting.map((state) => state.table.flushAfterMs ?? settings.flushAfterMs);
      waiting.forEach((state, index) => {
        if (now - (state.oldestMs ?? now) >= ages[index]!) this.#start(state);
      });
      const tickMs = Math.min(Math.max(Math.min(...ages) / 4, TICK_MS_MIN), TICK_MS_MAX);
      await clock.sleep(tickMs, this.#stop.signal).catch(() => {});
    }
    this.#isTicking = false;
  }
}
