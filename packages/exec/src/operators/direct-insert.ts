import {
  type ColumnVector,
  type CompiledExpr,
  compileExpr,
  constantVector,
  createVectorBuilder,
  type Expr,
  type RecordBatch,
  sameExpr,
  type Value,
  type VectorBuilder,
  valueAt,
} from '@millrace/core';
import { type DirectCell, type PhysicalOf, printExpr } from '@millrace/planner';
import { rowInput } from '../expressions/inputs.ts';
import {
  appendParameter,
  type DeclaredParameter,
  parameterSource,
  rejectBadParameter,
  withoutModifiers,
} from '../inserts/append-parameter.ts';
import { batchBytes } from '../run/collect.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import { type ParameterRows, type TaskContext, throwIfAborted } from '../run/task-context.ts';

/** A cell with its expression replaced by the number of a distinct one. */
type Cell =
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'expr'; readonly slot: number };

interface Cells {
  readonly rows: readonly (readonly Cell[])[];
  readonly exprs: readonly CompiledExpr[];
  readonly parameters: readonly DeclaredParameter[];
}

/**
 * INSERT ... VALUES without an intermediate row: each cell goes from the message's bytes into its column's builder, then one batch goes
 * to the write funnel. The rows, and the SQLSTATE of what is wrong with them, are those of the general plan. Counts `insert_fast_path` (statements)
 * and `insert_fast_path_rows` once the funnel took them.
 */
export function compileDirectInsert(plan: PhysicalOf<'direct-insert'>): Operator {
  const cells = prepareCells(plan);
  const { tableId, schemaId } = plan.table;
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'insert');
      let rowCount = 0;
      try {
        const batch =
          task.parameterRows === undefined
            ? buildBatch(plan, cells, task)
            : batchOfRows(plan, cells, { ...task, parameterRows: task.parameterRows });
        rowCount = batch.rowCount;
        memory.set(batchBytes(batch));
        throwIfAborted(task.signal);
        const admitted = await task.write(tableId, schemaId, batch);
        if (plan.columns.length > 0 && admitted.rowCount > 0) yield admitted;
      } finally {
        memory.release();
      }
      task.metrics.count('insert_fast_path');
      task.metrics.count('insert_fast_path_rows', rowCount);
    },
  };
}

function prepareCells(plan: PhysicalOf<'direct-insert'>): Cells {
  const distinct = new DistinctExprs();
  const declared = new Map<number, DeclaredParameter>();
  const prepare = (cell: DirectCell, column: number): Cell => {
    if (cell.kind === 'literal') return cell;
    if (cell.kind === 'parameter') {
      const field = plan.fields[column];
      if (field !== undefined) declared.set(cell.index, { index: cell.index, type: withoutModifiers(field.type) });
      return cell;
    }
    return { kind: 'expr', slot: distinct.slotOf(cell.expr) };
  };
  const rows = plan.rows.map((row) => row.map(prepare));
  const parameters = [...declared.values()].sort((a, b) => a.index - b.index);
  return { rows, exprs: distinct.list.map(compileExpr), parameters };
}

/** Expressions that are the same get the same slot; found by their text, then compared, so that thousands of them stay cheap. */
class DistinctExprs {
  readonly list: Expr[] = [];
  readonly #slots: Map<string, number[]> = new Map();

  slotOf(expr: Expr): number {
    const text = printExpr(expr);
    const slots = this.#slots.get(text) ?? [];
    const known = slots.find((slot) => sameExpr(this.list[slot] as Expr, expr));
    if (known !== undefined) return known;
    const slot = this.list.push(expr) - 1;
    this.#slots.set(text, [...slots, slot]);
    return slot;
  }
}

function buildBatch(plan: PhysicalOf<'direct-insert'>, cells: Cells, task: TaskContext): RecordBatch {
  const capacityRows = cells.rows.length;
  const builders = plan.fields.map((field) => createVectorBuilder(field.type, { capacityRows }));
  try {
    fill(builders, cells, task);
  } catch (error) {
    rejectBadParameter(cells.parameters, parameterSource(task.evaluation));
    throw error;
  }
  return { rowCount: capacityRows, vectors: builders.map((builder) => builder.finish()) };
}

function fill(builders: readonly VectorBuilder[], cells: Cells, task: TaskContext): void {
  const { evaluation } = task;
  const source = parameterSource(evaluation);
  const values: (Value | undefined)[] = cells.exprs.map(() => undefined);
  const width = builders.length;
  for (const row of cells.rows) {
    for (let column = 0; column < width; column++) {
      const builder = builders[column] as VectorBuilder;
      const cell = row[column] as Cell;
      if (cell.kind === 'parameter') {
        appendParameter(builder, cell.index, source);
      } else if (cell.kind === 'literal') {
        builder.appendValue(cell.value);
      } else {
        let value = values[cell.slot];
        if (value === undefined) {
          value = valueAt((cells.exprs[cell.slot] as CompiledExpr)(rowInput(task.outer), evaluation), 0);
          values[cell.slot] = value;
        }
        builder.appendValue(value);
      }
    }
  }
}

/** Rows that are columns already; what is not a parameter is the same in all of them. */
function batchOfRows(
  plan: PhysicalOf<'direct-insert'>,
  cells: Cells,
  task: TaskContext & { readonly parameterRows: ParameterRows },
): RecordBatch {
  const { rowCount, columns } = task.parameterRows;
  const [row = []] = cells.rows;
  const valueIn = (cell: Exclude<Cell, { kind: 'parameter' }>): Value =>
    cell.kind === 'literal'
      ? cell.value
      : valueAt((cells.exprs[cell.slot] as CompiledExpr)(rowInput(task.outer), task.evaluation), 0);
  const vectors = plan.fields.map(({ type }, column) => {
    const cell = row[column] as Cell;
    if (cell.kind === 'parameter') return columns[cell.index - 1] as ColumnVector;
    const builder = createVectorBuilder(type, { capacityRows: 1 });
    builder.appendValue(valueIn(cell));
    return constantVector(type, valueAt(builder.finish(), 0), rowCount);
  });
  return { rowCount, vectors };
}
