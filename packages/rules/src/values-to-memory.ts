/**
 * values-to-memory: makes columns of rows of literals.
 *
 *   Values [a, b] (1, 'x'), (2, 'y')      =>   Memory [a, b] 2 rows
 *
 * Runs when values are known (phase bind), after parameters and casts became literals: a large INSERT or IN list is then one vector a column
 * instead of one expression a cell.
 *
 * Why not more: every cell must be a literal of exactly its column's type. One other cell (a function, a cast that fails) leaves all rows
 * as they are: cells are evaluated row by row, and an error must stay where it was. Rows without columns have nothing to gain.
 */
import { type Column, LIMITS, type RecordBatch, sameType, type Value, vectorFromValues } from '@millrace/core';
import { defineRule, type OptimizerRule, type PlanOf, somePlan } from '@millrace/planner';

export const valuesToMemory: OptimizerRule<'values'> = defineRule({
  name: 'values-to-memory',
  summary: 'Turns rows of literals into column vectors.',
  phase: 'bind',
  on: ['values'],
  order: 'up',
  contract: { errors: 'same' },
  examples: [
    {
      title: 'literals',
      sql: 'VALUES (1, 2), (3, NULL)',
      before: 'Values [column1, column2] (1, 2), (3, NULL)',
      after: 'Memory [column1, column2] 2 rows',
    },
    {
      title: 'a cell that is computed',
      sql: 'VALUES (1 + 1)',
      before: 'Values [column1] (1 + 1)',
      after: 'unchanged',
    },
  ],
  couldApply: (plan) => somePlan(plan, (node) => node.kind === 'values' && node.columns.length > 0),
  rewrite(values, context) {
    if (values.columns.length === 0 || values.rows.length === 0) return values;
    const rows = literalRows(values);
    if (rows === null) {
      context.note("a cell is not a literal of its column's type");
      return values;
    }
    const batches: RecordBatch[] = [];
    for (let start = 0; start < rows.length; start += LIMITS.batchRows) {
      batches.push(batchOf(values.columns, rows.slice(start, start + LIMITS.batchRows)));
    }
    return { kind: 'memory', columns: values.columns, batches };
  },
});

function literalRows({ columns, rows }: PlanOf<'values'>): readonly (readonly Value[])[] | null {
  const result: Value[][] = [];
  for (const row of rows) {
    const cells: Value[] = [];
    for (const [i, cell] of row.entries()) {
      const column = columns[i];
      if (column === undefined || cell.kind !== 'literal' || !sameType(cell.type, column.type)) return null;
      cells.push(cell.value);
    }
    result.push(cells);
  }
  return result;
}

function batchOf(columns: readonly Column[], rows: readonly (readonly Value[])[]): RecordBatch {
  const vectors = columns.map((column, i) =>
    vectorFromValues(
      column.type,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return { rowCount: rows.length, vectors };
}
