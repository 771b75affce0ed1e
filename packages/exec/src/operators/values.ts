import {
  type CompiledExpr,
  compileExpr,
  type DataType,
  type Expr,
  type RecordBatch,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { rowInput } from '../expressions/inputs.ts';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';

type Cell = { readonly value: Value } | CompiledExpr;

/** Rows of expressions, evaluated row by row from left to right; literals are taken as they are. */
export function compileValues(plan: PhysicalOf<'values'>): Operator {
  const rows = plan.rows.map((row) => row.map(compileCell));
  const types = plan.columns.map((column) => column.type);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const pacer = new Pacer(task);
      for (let start = 0; start < rows.length; start += task.batchRows) {
        if (pacer.step()) await pacer.turn();
        yield buildBatch(rows.slice(start, start + task.batchRows), types, task);
      }
    },
  };
}

function compileCell(expr: Expr): Cell {
  return expr.kind === 'literal' ? { value: expr.value } : compileExpr(expr);
}

function buildBatch(rows: readonly (readonly Cell[])[], types: readonly DataType[], task: TaskContext): RecordBatch {
  const columns: Value[][] = types.map(() => []);
  const input = rowInput(task.outer);
  for (const row of rows) {
    for (let j = 0; j < columns.length; j++) {
      const cell = row[j] as Cell;
      columns[j]?.push(typeof cell === 'function' ? valueAt(cell(input, task.evaluation), 0) : cell.value);
    }
  }
  return {
    rowCount: rows.length,
    vectors: types.map((type, j) => vectorFromValues(type, columns[j] as Value[])),
  };
}
