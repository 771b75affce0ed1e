import { AssertionError, assert, failure, MillraceError, type WorkerReply } from '@millrace/core';
import { wasmMemory } from 'parquet-wasm';
import { decodeCheckpoint } from './checkpoint/decode-checkpoint.ts';
import { encodeCheckpoint } from './checkpoint/encode-checkpoint.ts';
import { encodeFiles } from './parquet/encode-files.ts';
import type { ParquetEnvelope, ParquetReply, ParquetTask, ReadEvent } from './parquet/messages.ts';
import { ReadJob } from './parquet/read-job.ts';
import { transferable } from './parquet/transferable.ts';

const JOBS = new Map<number, ReadJob>();

/** The Parquet thread: every task of `ParquetTask`. Also loaded in the main thread by simulated Workers. */
export async function handle(message: unknown): Promise<WorkerReply> {
  const reply = await explained(() => run(message as ParquetTask));
  const value: ParquetEnvelope = { reply, wasmBytes: wasmMemory().buffer.byteLength };
  return { value, transfer: transferable(reply) };
}

/**
 * What the Parquet library throws about a file is XX001. A trap of WebAssembly stays what it is: the thread is not to be trusted after it,
 * and its owner replaces it.
 */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MillraceError || error instanceof AssertionError) throw error;
    if (error instanceof Error && error.name === 'RuntimeError') throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw failure('dataCorrupted', { message: `invalid Parquet: ${message}` }, { cause: error });
  }
}

async function run(task: ParquetTask): Promise<ParquetReply> {
  switch (task.task) {
    case 'encode':
      return { files: await encodeFiles(task) };
    case 'open':
      JOBS.set(task.job, new ReadJob(task));
      return { done: true };
    case 'next':
      return { event: await nextEvent(task.job, task.provided) };
    case 'close':
      JOBS.get(task.job)?.close();
      JOBS.delete(task.job);
      return { done: true };
    case 'decode-checkpoint':
      return { actions: decodeCheckpoint(task.bytes) };
    case 'encode-checkpoint':
      return { bytes: await encodeCheckpoint(task.content) };
    default:
      return task satisfies never;
  }
}

async function nextEvent(id: number, provided: readonly Uint8Array[]): Promise<ReadEvent> {
  const job = JOBS.get(id);
  assert(job !== undefined, `there is no Parquet job ${id}`);
  return await job.next(provided);
}
