import type { ColumnId, ColumnVector, DataType, RecordBatch, Value } from '@millrace/core';
import { valueAt } from '@millrace/core';
import type { ColumnLayout } from './column-layout.ts';

/** A column of an enclosing row: the same value for everything that runs inside. */
export interface OuterValue {
  readonly type: DataType;
  readonly value: Value;
}

/** The rows of the enclosing Apply nodes, seen from inside a subquery. */
export interface OuterColumns {
  /** undefined if no enclosing row has this column. */
  lookup(id: ColumnId): OuterValue | undefined;
}

/** Row `row` of an Apply's input, before what encloses the Apply itself. */
export function outerRow(
  layout: ColumnLayout,
  batch: RecordBatch,
  row: number,
  enclosing: OuterColumns | undefined,
): OuterColumns {
  const known = new Map<ColumnId, OuterValue>();
  return {
    lookup(id: ColumnId): OuterValue | undefined {
      const found = known.get(id);
      if (found !== undefined) return found;
      const position = layout.positions.get(id);
      if (position === undefined) return enclosing?.lookup(id);
      const vector = batch.vectors[position] as ColumnVector;
      const value = { type: vector.type, value: valueAt(vector, row) };
      known.set(id, value);
      return value;
    },
  };
}
