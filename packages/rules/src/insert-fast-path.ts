/**
 * insert-fast-path: lets the bytes of parameters become columns without expressions in between.
 *
 *   Insert into events (ts, name, attrs)          =>   Direct Insert into events (ts, name, attrs) ($1, $2, '{}')
 *     Project $1 AS ts, $2 AS name, '{}' AS attrs
 *       Values
 *
 * Runs at prepare, so a prepared INSERT is planned once for all executions. NOT NULL, CHECK and hooks are in the write funnel, which every
 * insert goes through; lengths and scales (varchar(n), numeric(p,s)) are enforced by the builders as an assignment cast does.
 *
 * Casts of literals that depend on no setting ('p1'::text) become literals.
 *
 * Why not more: each cell must be a parameter of the field's type, a literal, or an expression without columns, evaluated once per execution;
 * volatile ones (random(), gen_random_uuid()) need one evaluation per row and take the general plan. So does INSERT ... SELECT, and a
 * projection that would drop a cell which may fail or repeat one that is volatile.
 */
import { type Column, columnsRead, type DataType, type Expr, isVolatile, sameType, typeOf } from '@millrace/core';
import {
  type DirectCell,
  definePhysicalRule,
  type PhysicalOf,
  type PhysicalPlan,
  type PhysicalRule,
} from '@millrace/planner';
import { foldConstantCast } from './shared/constant-cast.ts';
import { projectRows } from './shared/project-rows.ts';

export const insertFastPath: PhysicalRule = definePhysicalRule({
  name: 'insert-fast-path',
  summary: 'Inserts VALUES from parameter bytes, without evaluating expressions.',
  contract: { errors: 'same' },
  examples: [
    {
      title: 'parameters and literals',
      sql: 'INSERT INTO a (k, x) VALUES ($1, 2)',
      before: 'Insert into a (k, x)\n  ->  Values [k, x] ($1, 2)',
      after: 'Direct Insert into a (k, x) ($1, 2)',
    },
    {
      title: 'rows of a query',
      sql: 'INSERT INTO a (k, x) SELECT k, y FROM b',
      before:
        'Insert into a (k, x)\n  ->  Project k, y AS x\n        ->  Project k, y\n              ->  Table Scan on b [k, y]',
      after: 'unchanged',
    },
  ],
  rewritePhysical(node, context) {
    if (node.op !== 'insert') return node;
    const source = rowsOf(node.input);
    if (source === null) {
      context.note('the rows come from a query');
      return node;
    }
    const fields = node.fields.map(({ field, nullable, source: id }) => {
      const position = source.columns.findIndex((column) => column.id === id);
      return { field, nullable, position, type: source.columns[position]?.type ?? { kind: 'unknown' as const } };
    });
    const rows = source.rows.map((row) => fields.map(({ position, type }) => cellOf(row[position], type)));
    if (!rows.every((row): row is DirectCell[] => row.every((cell) => cell !== null))) {
      context.note('a cell is volatile or reads a column');
      return node;
    }
    const direct = fields.map(({ field, nullable, type }) => ({ field, nullable, type }));
    return { op: 'direct-insert', table: node.table, fields: direct, rows, columns: node.columns };
  },
});

interface Rows {
  readonly columns: readonly Column[];
  readonly rows: PhysicalOf<'values'>['rows'];
}

/** The rows of Values, or of one projection above it, as expressions. */
function rowsOf(plan: PhysicalPlan): Rows | null {
  if (plan.op === 'values') return plan;
  if (plan.op !== 'project' || plan.input.op !== 'values') return null;
  return projectRows(plan, plan.input);
}

function cellOf(cell: Expr | undefined, type: DataType): DirectCell | null {
  if (cell === undefined || !sameType(typeOf(cell), type)) return null;
  const expr = foldConstantCast(cell);
  if (expr.kind === 'literal') return { kind: 'literal', value: expr.value };
  const parameter = expr.kind === 'cast' && expr.context !== 'explicit' ? expr.operand : expr;
  if (parameter.kind === 'parameter' && isSameBase(parameter.type, type)) {
    return { kind: 'parameter', index: parameter.index };
  }
  return columnsRead(expr).size > 0 || isVolatile(expr) ? null : { kind: 'expr', expr };
}

/** The same type but for lengths and scales. */
function isSameBase(a: DataType, b: DataType): boolean {
  return a.kind === 'array' && b.kind === 'array' ? isSameBase(a.item, b.item) : a.kind === b.kind;
}
