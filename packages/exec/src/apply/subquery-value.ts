import { type ColumnVector, checkArraySize, failure, type RecordBatch, type Value, valueAt } from '@millrace/core';
import { MemoryAccount } from '../run/memory-account.ts';
import type { TaskContext } from '../run/task-context.ts';

type Batches = AsyncIterable<RecordBatch> | Iterable<RecordBatch>;

/** The one value of a scalar subquery: NULL for no row, 21000 for more than one. */
export async function scalarValue(batches: Batches): Promise<Value> {
  let value: Value | undefined;
  for await (const batch of batches) {
    if (value !== undefined || batch.rowCount > 1) throw failure('cardinality');
    value = valueAt(batch.vectors[0] as ColumnVector, 0);
  }
  return value ?? null;
}

/** Whether there is a row; stops at the first. */
export async function existsValue(batches: Batches): Promise<boolean> {
  for await (const _ of batches) return true;
  return false;
}

/** All values of the column, in order; 54000 for too many. */
export async function arrayValue(batches: Batches, task: TaskContext): Promise<Value> {
  const memory = new MemoryAccount(task.memory, 'array subquery');
  const items: Value[] = [];
  try {
    for await (const batch of batches) {
      const vector = batch.vectors[0] as ColumnVector;
      checkArraySize(items.length + batch.rowCount);
      for (let i = 0; i < batch.rowCount; i++) items.push(valueAt(vector, i));
      memory.set(items.length * 32);
    }
  } finally {
    memory.release();
  }
  return items;
}
