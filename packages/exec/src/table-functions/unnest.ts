import { failure, type RecordBatch, type Value } from '@millrace/core';
import type { TableFunctionCall } from './definition.ts';
import { batchesOfRows } from './value-batches.ts';

/** unnest(array [, ...]): row i holds the i-th item of every array, NULL where an array is shorter; a NULL array has no items. */
export function unnest(call: TableFunctionCall): Iterable<RecordBatch> {
  const arrays = call.args.map((arg) => (arg ?? []) as readonly Value[]);
  return batchesOfRows(call, zip(arrays));
}

function* zip(arrays: readonly (readonly Value[])[]): Generator<readonly Value[], void, void> {
  const length = Math.max(0, ...arrays.map((array) => array.length));
  for (let i = 0; i < length; i++) yield arrays.map((array) => array[i] ?? null);
}

/** generate_subscripts(array, dimension): 1 to the number of items; no rows for other dimensions than 1 and for an empty array. */
export function generateSubscripts(call: TableFunctionCall): Iterable<RecordBatch> {
  const [array, dimension] = call.args as [readonly Value[], number];
  if (!Array.isArray(array)) throw failure('internal', { message: 'generate_subscripts takes an array' });
  return batchesOfRows(call, dimension === 1 ? array.map((_, i) => [i + 1]) : []);
}
