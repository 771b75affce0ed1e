import {
  assert,
  type ColumnId,
  type ColumnVector,
  constantVector,
  type EvaluationInput,
  gatherVector,
  type RecordBatch,
} from '@millrace/core';
import type { ColumnLayout } from '../run/column-layout.ts';
import type { OuterColumns } from '../run/outer-columns.ts';

function outerColumn(outer: OuterColumns | undefined, id: ColumnId, rowCount: number): ColumnVector {
  const found = outer?.lookup(id);
  assert(found !== undefined, `column ${id} is neither an input nor a column of an enclosing row`);
  return constantVector(found.type, found.value, rowCount);
}

/** The columns of a batch, and those of enclosing rows as constants. */
export function batchInput(layout: ColumnLayout, batch: RecordBatch, outer: OuterColumns | undefined): EvaluationInput {
  const { rowCount, vectors } = batch;
  return {
    rowCount,
    column(id: ColumnId): ColumnVector {
      const position = layout.positions.get(id);
      return position === undefined ? outerColumn(outer, id, rowCount) : (vectors[position] as ColumnVector);
    },
  };
}

/** One row without columns: what row expressions (VALUES, LIMIT, arguments of table functions) are evaluated over. */
export function rowInput(outer: OuterColumns | undefined): EvaluationInput {
  return { rowCount: 1, column: (id: ColumnId) => outerColumn(outer, id, 1) };
}

/** Some rows of another input, gathered column by column when first asked for. */
export function selectedInput(input: EvaluationInput, selection: Int32Array): EvaluationInput {
  const gathered = new Map<ColumnId, ColumnVector>();
  return {
    rowCount: selection.length,
    column(id: ColumnId): ColumnVector {
      let vector = gathered.get(id);
      if (vector === undefined) {
        vector = gatherVector(input.column(id), selection);
        gathered.set(id, vector);
      }
      return vector;
    },
  };
}

/** One side of a join: its batch and which of its rows take part in each pair (-1 = NULLs). */
export interface PairSide {
  readonly layout: ColumnLayout;
  readonly batch: RecordBatch;
  readonly rows: Int32Array;
}

/** Pairs of rows, gathered column by column when first asked for. */
export function pairInput(left: PairSide, right: PairSide, outer: OuterColumns | undefined): EvaluationInput {
  const rowCount = left.rows.length;
  const gathered = new Map<ColumnId, ColumnVector>();
  const gather = (id: ColumnId): ColumnVector => {
    for (const side of [left, right]) {
      const position = side.layout.positions.get(id);
      if (position !== undefined) return gatherVector(side.batch.vectors[position] as ColumnVector, side.rows);
    }
    return outerColumn(outer, id, rowCount);
  };
  return {
    rowCount,
    column(id: ColumnId): ColumnVector {
      let vector = gathered.get(id);
      if (vector === undefined) {
        vector = gather(id);
        gathered.set(id, vector);
      }
      return vector;
    },
  };
}
