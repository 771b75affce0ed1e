import {
  type Clock,
  decodeBatch,
  failure,
  type LogEvent,
  type LogEventTable,
  type LogFollower,
  type MemoryBudget,
  type Metrics,
} from '@millrace/core';
import { LogTail } from '../wal/log-tail.ts';
import type { SegmentedWal } from '../wal/segmented-wal.ts';
import type { FollowerCursor } from './follower-cursor.ts';
import type { LsnEras } from './lsn-eras.ts';
import { decodeTransaction } from './transaction-record.ts';
import type { TransactionStoreOptions } from './transaction-store-options.ts';

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 60_000;
/** Its position is saved at most so often: what came since is delivered again after a crash. */
const SAVE_MS = 1_000;
/** How long a delivery under way may take to finish when the store closes. */
const FINISH_MS = 5_000;

/** What a pump works with. */
export interface PumpContext {
  readonly options: Pick<TransactionStoreOptions, 'fileSystem' | 'onProblem'> & {
    readonly clock: Clock;
    readonly memory: MemoryBudget;
    readonly metrics: Metrics;
  };
  readonly wal: SegmentedWal;
  readonly eras: LsnEras;
  /** The newest record that is visible and on disk. */
  readonly newestLsn: () => bigint;
  /** A position was saved. */
  readonly onSaved: () => void;
}

/** Brings one follower what becomes durable. Nobody waits for it: it reads the log behind those who write it. */
export class FollowerPump {
  readonly #follower: LogFollower;
  readonly #cursor: FollowerCursor;
  readonly #context: PumpContext;
  readonly #tail: LogTail;
  readonly #stop: AbortController = new AbortController();
  /** Aborted when a delivery under way is not waited for any longer. */
  readonly #abandon: AbortController = new AbortController();
  #seenLsn: bigint;
  #savedLsn: bigint;
  #savedMs: number;
  #wake: () => void = () => {};
  #running: Promise<void> | null = null;
  #isDelivering = false;

  constructor(follower: LogFollower, cursor: FollowerCursor, startLsn: bigint, context: PumpContext) {
    this.#follower = follower;
    this.#cursor = cursor;
    this.#context = context;
    this.#seenLsn = startLsn;
    this.#savedLsn = startLsn;
    this.#savedMs = context.options.clock.monotonicMs();
    this.#tail = new LogTail(context.options.fileSystem, context.wal, startLsn);
  }

  /** The log may forget what is at or below: it was seen, and that is on disk; or the follower is beyond its limit and loses it. */
  get claimedLsn(): bigint {
    const { lagRecordsMax, lagBytesMax } = this.#follower;
    const beyondRecords = this.#context.newestLsn() - BigInt(lagRecordsMax);
    let claimed = beyondRecords > this.#savedLsn ? beyondRecords : this.#savedLsn;
    let bytes = 0;
    for (const segment of this.#context.wal.segments.toReversed()) {
      bytes += segment.sizeBytes;
      if (bytes <= lagBytesMax) continue;
      if (segment.lastLsn > claimed) claimed = segment.lastLsn;
      break;
    }
    return claimed;
  }

  start(): void {
    this.#running = this.#run().catch((error: unknown) => this.#report('stopped', error));
  }

  /** There may be something new. */
  wake(): void {
    const { metrics } = this.#context.options;
    metrics.gauge(`hook_lag_records.${this.#follower.name}`, Number(this.#context.newestLsn() - this.#seenLsn));
    this.#wake();
  }

  /** Stops after the delivery under way, which gets a bounded time. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const patience = new AbortController();
    if (this.#isDelivering) {
      const late = this.#context.options.clock.sleep(FINISH_MS, patience.signal).catch(() => {});
      await Promise.race([this.#running, late]);
    } else await this.#running;
    patience.abort();
    this.#abandon.abort(failure('shuttingDown'));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const hadNews = await this.#retried('could not be given what it is to see', () => this.#step());
      if (this.#isSaveDue()) await this.#retried('could not keep its position', () => this.#save());
      if (hadNews !== true && !signal.aborted) await this.#untilNews();
    }
    await this.#tail.close();
    if (!this.#abandon.signal.aborted) await this.#save();
  }

  /** Delivers the next event; false if there is none. */
  async #step(): Promise<boolean> {
    const step = await this.#tail.next(this.#context.newestLsn());
    if (step === null) return false;
    if (step.kind === 'gap') {
      this.#context.options.metrics.count('hook_gaps');
      await this.#deliver({ kind: 'gap', after: this.#seenLsn, lsn: step.lsn });
      return true;
    }
    const { lsn, payload } = step.record;
    const bytes = 2 * payload.byteLength;
    const { memory } = this.#context.options;
    await this.#retried('has no memory for what it is to see', async () => {
      const reservation = memory.reserve(bytes);
      try {
        const tables = decodeTransaction(payload.slice(), lsn).tables.map((part): LogEventTable => {
          const types = this.#follower.typesOf(part.tableId);
          const batches = types === null ? null : part.batches.map((batch) => decodeBatch(batch, types));
          return { tableId: part.tableId, batches };
        });
        if (tables.length > 0) await this.#deliver({ kind: 'commit', lsn, tables });
        else this.#seenLsn = lsn;
      } finally {
        reservation.release();
      }
    });
    return true;
  }

  async #deliver(event: LogEvent): Promise<void> {
    await this.#retried('failed', async () => {
      this.#isDelivering = true;
      try {
        await this.#follower.deliver(event, this.#abandon.signal);
      } finally {
        this.#isDelivering = false;
      }
      this.#seenLsn = event.lsn;
      this.#context.options.metrics.count('hook_events');
      this.wake();
    });
  }

  /** Until it succeeds, with pauses that double; undefined if the pump stopped before. */
  async #retried<T>(what: string, attempt: () => Promise<T>): Promise<T | undefined> {
    for (let pauseMs = RETRY_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, RETRY_MS_MAX)) {
      if (this.#stop.signal.aborted) return undefined;
      try {
        return await attempt();
      } catch (error) {
        this.#report(what, error);
        await this.#context.options.clock.sleep(pauseMs, this.#stop.signal).catch(() => {});
      }
    }
  }

  #report(what: string, error: unknown): void {
    const { metrics, onProblem } = this.#context.options;
    metrics.count('hook_failures');
    onProblem?.(`ingest hook "${this.#follower.name}" ${what}: ${String((error as Error).message)}`, null);
  }

  #isSaveDue(): boolean {
    const { clock } = this.#context.options;
    return this.#seenLsn > this.#savedLsn && clock.monotonicMs() - this.#savedMs >= SAVE_MS;
  }

  async #save(): Promise<void> {
    const lsn = this.#seenLsn;
    if (lsn === this.#savedLsn) return;
    await this.#cursor.save({ walId: this.#context.eras.of(lsn).walId, lsn });
    this.#savedLsn = lsn;
    this.#savedMs = this.#context.options.clock.monotonicMs();
    this.#context.onSaved();
  }

  /** Until `wake`, the end, or, with a position to save, the time for it. */
  async #untilNews(): Promise<void> {
    const timer = new AbortController();
    const { clock } = this.#context.options;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      const { signal } = this.#stop;
      signal.addEventListener('abort', () => resolve(), { signal: timer.signal, once: true });
      if (signal.aborted || this.#context.newestLsn() > this.#seenLsn) resolve();
      if (this.#seenLsn === this.#savedLsn) return;
      const dueMs = SAVE_MS - (clock.monotonicMs() - this.#savedMs);
      clock.sleep(dueMs, timer.signal).then(resolve, () => {});
    });
    this.#wake = () => {};
    timer.abort();
  }
}
