import {
  type Field,
  failure,
  MillraceError,
  type RecordBatch,
  type WorkerEntry,
  type Workers,
  type WorkerThread,
} from '@millrace/core';
import type { Action } from '../log/actions.ts';
import type {
  ByteRange,
  CheckpointContent,
  EncodedFile,
  EncodeTask,
  ParquetEnvelope,
  ParquetReply,
  ParquetTask,
} from './messages.ts';

/** Parquet off the event loop. One for a process, shared by its tables; the composition closes it. */
export interface ParquetCodec {
  /** One file a partition; the batches' buffers are copied (or shared), never moved. */
  encode(task: Omit<EncodeTask, 'task'>, signal?: AbortSignal): Promise<readonly EncodedFile[]>;
  /** The columns of a file, a batch at a time; `fetch` reads its bytes (footer and the wanted column chunks only). */
  read(request: ParquetReadRequest): AsyncGenerator<RecordBatch, void, void>;
  encodeCheckpoint(content: CheckpointContent): Promise<Uint8Array>;
  decodeCheckpoint(bytes: Uint8Array): Promise<readonly Action[]>;
  close(): Promise<void>;
}
export interface ParquetReadRequest {
  readonly byteCount: number;
  readonly columns: readonly Field[];
  readonly fetch: (range: ByteRange) => Promise<Uint8Array>;
  readonly signal?: AbortSignal;
}
export interface ParquetCodecOptions {
  readonly workers: Workers;
  /** Threads at most; started when wanted. Default 2: one may write while the other reads. */
  readonly threads?: number;
  /** A thread whose WebAssembly memory has grown to this is replaced, because it never shrinks. Default 1 GiB. */
  readonly wasmBytesMax?: number;
}

/** The end of a file that is read before anything is known of it; most footers fit. Smaller files are read whole. */
const TAIL_BYTES = 64 * 1024;
const SMALL_FILE_BYTES = 512 * 1024;

interface Slot {
  thread: WorkerThread | null;
  busy: number;
  isWorn: boolean;
}

/** Sources run as they are; in a published package the module beside this one is built. */
const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const ENTRY: WorkerEntry = {
  url: new URL(`../parquet-worker.${EXTENSION}`, import.meta.url).href,
  load: () => import('../parquet-worker.ts'),
};

/** The shared pool of Parquet threads. */
export function createParquetCodec(options: ParquetCodecOptions): ParquetCodec {
  const { workers, threads = 2, wasmBytesMax = 1024 * 1024 * 1024 } = options;
  const slots: Slot[] = Array.from({ length: Math.max(1, threads) }, () => ({ thread: null, busy: 0, isWorn: false }));
  let lastJob = 0;
  let isClosed = false;

  async function withSlot<T>(
    work: (call: (task: ParquetTask, transfer?: ArrayBuffer[]) => Promise<ParquetReply>) => Promise<T>,
  ): Promise<T> {
    const slot = acquire();
    try {
      return await work((task, transfer) => callSlot(slot, task, transfer));
    } finally {
      release(slot);
    }
  }

  function acquire(): Slot {
    if (isClosed) throw failure('shuttingDown');
    const slot = slots.reduce((best, candidate) => (load(candidate) < load(best) ? candidate : best));
    slot.thread ??= workers.spawn(ENTRY);
    slot.busy++;
    return slot;
  }

  async function callSlot(slot: Slot, task: ParquetTask, transfer: ArrayBuffer[] = []): Promise<ParquetReply> {
    try {
      const { reply, wasmBytes } = (await slot.thread!.call(task, { transfer })) as ParquetEnvelope;
      if (wasmBytes >= wasmBytesMax) slot.isWorn = true;
      return reply;
    } catch (error) {
      // A trap leaves WebAssembly in an unknown state; an error of ours does not.
      if (!(error instanceof MillraceError) || error.key === 'internal') slot.isWorn = true;
      throw error;
    }
  }

  function release(slot: Slot): void {
    slot.busy--;
    if (slot.busy > 0 || !slot.isWorn) return;
    const worn = slot.thread;
    slot.thread = null;
    slot.isWorn = false;
    void worn?.close().catch(() => undefined);
  }

  async function* read(request: ParquetReadRequest): AsyncGenerator<RecordBatch, void, void> {
    const slot = acquire();
    const job = ++lastJob;
    try {
      const { byteCount, columns } = request;
      const tail = await request.fetch({
        start: byteCount <= SMALL_FILE_BYTES ? 0 : byteCount - TAIL_BYTES,
        end: byteCount,
      });
      await callSlot(slot, { task: 'open', job, byteCount, tail, columns });
      yield* readEvents(request, (task, transfer) => callSlot(slot, task, transfer), job);
    } finally {
      await callSlot(slot, { task: 'close', job }).catch(() => undefined);
      release(slot);
    }
  }

  return {
    async encode(task, signal) {
      signal?.throwIfAborted();
      const reply = await withSlot((call) => call({ task: 'encode', ...task }));
      return (reply as { readonly files: readonly EncodedFile[] }).files;
    },
    read,
    async encodeCheckpoint(content) {
      const reply = await withSlot((call) => call({ task: 'encode-checkpoint', content }));
      return (reply as { readonly bytes: Uint8Array }).bytes;
    },
    async decodeCheckpoint(bytes) {
      const reply = await withSlot((call) => call({ task: 'decode-checkpoint', bytes }));
      return (reply as { readonly actions: readonly Action[] }).actions;
    },
    async close() {
      isClosed = true;
      await Promise.all(slots.map((slot) => slot.thread?.close()));
    },
  };
}

/** A worn thread gets no new work while another can take it. */
function load(slot: Slot): number {
  return slot.busy + (slot.isWorn ? 1_000 : 0);
}

async function* readEvents(
  request: ParquetReadRequest,
  call: (task: ParquetTask, transfer?: ArrayBuffer[]) => Promise<ParquetReply>,
  job: number,
): AsyncGenerator<RecordBatch, void, void> {
  let provided: Uint8Array[] = [];
  for (;;) {
    request.signal?.throwIfAborted();
    const reply = await call({ task: 'next', job, provided });
    const { event } = reply as Extract<ParquetReply, { event: unknown }>;
    provided = [];
    if (event.kind === 'end') return;
    if (event.kind === 'need') provided = await Promise.all(event.ranges.map((range) => request.fetch(range)));
    else yield* event.batches;
  }
}
