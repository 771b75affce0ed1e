import { failure, MillraceError, type WorkerEntry, type Workers, type WorkerThread } from '@millrace/core';
import type { ParquetEnvelope, ParquetReply, ParquetTask } from './messages.ts';

interface Slot {
  thread: WorkerThread | null;
  busy: number;
  isWorn: boolean;
}

/** A thread while it is held: tasks of one reading job must meet the same one. */
export interface HeldThread {
  call(task: ParquetTask): Promise<ParquetReply>;
  release(): void;
}

/** Sources run as they are; in a published package the module beside this one is built. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const ENTRY: WorkerEntry = {
  url: new URL(`../parquet-worker.${EXTENSION}`, import.meta.url).href,
  load: () => import('../parquet-worker.ts'),
};

/**
 * The Parquet threads: started when wanted, the least busy one is given out. A thread whose WebAssembly memory (which never shrinks)
 * has grown to the limit, or that trapped, is replaced as soon as nobody holds it.
 */
export class ParquetThreads {
  readonly #workers: Workers;
  readonly #wasmBytesMax: number;
  readonly #slots: readonly Slot[];
  #isClosed = false;

  constructor(workers: Workers, threads: number, wasmBytesMax: number) {
    this.#workers = workers;
    this.#wasmBytesMax = wasmBytesMax;
    this.#slots = Array.from({ length: Math.max(1, threads) }, () => ({ thread: null, busy: 0, isWorn: false }));
  }

  /** Throws 57P03 after `close`. */
  hold(): HeldThread {
    if (this.#isClosed) throw failure('shuttingDown');
    const slot = this.#slots.reduce((best, candidate) => (load(candidate) < load(best) ? candidate : best));
    slot.thread ??= this.#workers.spawn(ENTRY);
    slot.busy++;
    return { call: (task) => this.#call(slot, task), release: () => release(slot) };
  }

  /** One task on one thread. */
  async run(task: ParquetTask): Promise<ParquetReply> {
    const thread = this.hold();
    try {
      return await thread.call(task);
    } finally {
      thread.release();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#slots.map((slot) => slot.thread?.close()));
  }

  async #call(slot: Slot, task: ParquetTask): Promise<ParquetReply> {
    try {
      const { reply, wasmBytes } = (await slot.thread!.call(task)) as ParquetEnvelope;
      if (wasmBytes >= this.#wasmBytesMax) slot.isWorn = true;
      return reply;
    } catch (error) {
      // A trap leaves WebAssembly in an unknown state; an error of ours does not.
      if (!(error instanceof MillraceError) || error.key === 'internal') slot.isWorn = true;
      throw error;
    }
  }
}

function release(slot: Slot): void {
  slot.busy--;
  if (slot.busy > 0 || !slot.isWorn) return;
  const worn = slot.thread;
  slot.thread = null;
  slot.isWorn = false;
  worn?.close().catch(() => undefined);
}

/** A worn thread gets no new work while another can take it. */
function load(slot: Slot): number {
  return slot.busy + (slot.isWorn ? 1_000 : 0);
}
