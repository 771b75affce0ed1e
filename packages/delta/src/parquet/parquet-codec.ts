import type { Field, RecordBatch, Workers } from '@millrace/core';
import type { Action } from '../log/actions.ts';
import type { ByteRange, CheckpointContent, EncodedFile, EncodeTask, ParquetReply } from './messages.ts';
import { type HeldThread, ParquetThreads } from './parquet-threads.ts';

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
/** A file to read: how its bytes are fetched, and which columns are wanted. */
export interface ParquetReadRequest {
  readonly byteCount: number;
  readonly columns: readonly Field[];
  readonly fetch: (range: ByteRange) => Promise<Uint8Array>;
  readonly signal?: AbortSignal;
}
/** What `createParquetCodec` is told. */
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
const WASM_BYTES_MAX = 1024 * 1024 * 1024;

/** The codec over a pool of threads. */
export function createParquetCodec(options: ParquetCodecOptions): ParquetCodec {
  const threads = new ParquetThreads(options.workers, options.threads ?? 2, options.wasmBytesMax ?? WASM_BYTES_MAX);
  let lastJob = 0;
  return {
    async encode(task, signal) {
      signal?.throwIfAborted();
      return replyOf(await threads.run({ task: 'encode', ...task }), 'files');
    },
    async *read(request) {
      const thread = threads.hold();
      const job = ++lastJob;
      try {
        yield* readJob(request, thread, job);
      } finally {
        await thread.call({ task: 'close', job }).catch(() => undefined);
        thread.release();
      }
    },
    async encodeCheckpoint(content) {
      return replyOf(await threads.run({ task: 'encode-checkpoint', content }), 'bytes');
    },
    async decodeCheckpoint(bytes) {
      return replyOf(await threads.run({ task: 'decode-checkpoint', bytes }), 'actions');
    },
    close: () => threads.close(),
  };
}

/** The part of a reply that the task it answers always has. */
function replyOf<K extends PropertyKey>(reply: ParquetReply, key: K): Extract<ParquetReply, Record<K, unknown>>[K] {
  return (reply as Extract<ParquetReply, Record<K, unknown>>)[key];
}

async function* readJob(
  request: ParquetReadRequest,
  thread: HeldThread,
  job: number,
): AsyncGenerator<RecordBatch, void, void> {
  const { byteCount, columns } = request;
  const start = byteCount <= SMALL_FILE_BYTES ? 0 : byteCount - TAIL_BYTES;
  const tail = await request.fetch({ start, end: byteCount });
  await thread.call({ task: 'open', job, byteCount, tail, columns });
  let provided: Uint8Array[] = [];
  for (;;) {
    request.signal?.throwIfAborted();
    const event = replyOf(await thread.call({ task: 'next', job, provided }), 'event');
    provided = [];
    if (event.kind === 'end') return;
    if (event.kind === 'need') provided = await Promise.all(event.ranges.map((range) => request.fetch(range)));
    else yield* event.batches;
  }
}
