import {
  type ColumnVector,
  createVectorBuilder,
  type DataType,
  failure,
  type RecordBatch,
  type Value,
} from '@millrace/core';
import type { TableFunctionCall } from './definition.ts';
import { batchesOfRows } from './value-batches.ts';

/**
 * unnest(array [, ...]): row i holds the i-th item of every array, NULL where an array is shorter; a NULL array has no items. Each array becomes a
 * column as it is: no rows in between, since this is how clients send thousands of rows in a few parameters.
 */
export function* unnest({ args, columns, batchRows }: TableFunctionCall): Generator<RecordBatch, void, void> {
  const arrays = args.map((arg) => (arg ?? []) as readonly Value[]);
  const length = arrays.reduce((most, array) => Math.max(most, array.length), 0);
  for (let start = 0; start < length; start += batchRows) {
    const rowCount = Math.min(batchRows, length - start);
    yield { rowCount, vectors: columns.map(({ type }, i) => itemsOf(arrays[i] ?? [], type, start, rowCount)) };
  }
}

function itemsOf(array: readonly Value[], type: DataType, start: number, rowCount: number): ColumnVector {
  const builder = createVectorBuilder(type, { capacityRows: rowCount });
  for (let i = start; i < start + rowCount; i++) builder.appendValue(array[i] ?? null);
  return builder.finish();
}

/** generate_subscripts(array, dimension): 1 to the number of items; no rows for other dimensions than 1 and for an empty array. */
export function generateSubscripts(call: TableFunctionCall): Iterable<RecordBatch> {
  const [array, dimension] = call.args as [readonly Value[], number];
  if (!Array.isArray(array)) throw failure('internal', { message: 'generate_subscripts takes an array' });
  return batchesOfRows(call, dimension === 1 ? array.map((_, i) => [i + 1]) : []);
}
