import { assert, type ColumnId, type Value } from '@millrace/core';

/** One row: values by column id, with the rows of enclosing Apply nodes behind it. */
export interface Row {
  readonly values: ReadonlyMap<ColumnId, Value>;
  readonly outer: Row | null;
}

/** The value of a column here or in an enclosing row. */
export function lookup(row: Row, id: ColumnId): Value {
  for (let scope: Row | null = row; scope !== null; scope = scope.outer) {
    const value = scope.values.get(id);
    if (value !== undefined) return value;
  }
  assert(false, `the plan reads column #${id}, which nothing below it produces`);
}

/** A row of the given columns in front of an enclosing one. */
export function rowOf(entries: Iterable<readonly [ColumnId, Value]>, outer: Row | null): Row {
  return { values: new Map(entries), outer };
}
