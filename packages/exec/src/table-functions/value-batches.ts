import { type RecordBatch, type Value, vectorFromValues } from '@millrace/core';
import type { TableFunctionCall } from './definition.ts';

/** Rows as batches of the call's columns. */
export function* batchesOfRows(
  call: TableFunctionCall,
  rows: Iterable<readonly Value[]>,
): Generator<RecordBatch, void, void> {
  let pending: (readonly Value[])[] = [];
  for (const row of rows) {
    pending.push(row);
    if (pending.length < call.batchRows) continue;
    yield batchOf(call, pending);
    pending = [];
  }
  if (pending.length > 0) yield batchOf(call, pending);
}

function batchOf(call: TableFunctionCall, rows: readonly (readonly Value[])[]): RecordBatch {
  const vectors = call.columns.map((column, j) =>
    vectorFromValues(
      column.type,
      rows.map((row) => row[j] ?? null),
    ),
  );
  return { rowCount: rows.length, vectors };
}
