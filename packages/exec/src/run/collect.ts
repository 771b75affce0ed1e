import { type Column, concatBatches, type RecordBatch, vectorByteLength } from '@millrace/core';
import type { MemoryAccount } from './memory-account.ts';

/** The bytes that a batch's vectors hold. */
export function batchBytes(batch: RecordBatch): number {
  let bytes = 0;
  for (const vector of batch.vectors) bytes += vectorByteLength(vector);
  return bytes;
}

/**
 * All rows of an input as one batch. `memory` covers the collected batches while they come, the copy while it is made, and the one batch at
 * the end; the caller releases it.
 */
export async function collectBatch(
  columns: readonly Column[],
  batches: AsyncIterable<RecordBatch>,
  memory: MemoryAccount,
): Promise<RecordBatch> {
  const collected: RecordBatch[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    bytes += batchBytes(batch);
    memory.set(bytes);
    collected.push(batch);
  }
  const [only] = collected;
  if (only !== undefined && collected.length === 1) return only;
  memory.set(2 * bytes);
  const whole = concatBatches(
    columns.map((column) => column.type),
    collected,
  );
  memory.set(batchBytes(whole));
  return whole;
}
