import { type Column, type ColumnId, type Expr, mayFail, replaceColumns } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';

/**
 * The rows of a projection over Values as expressions without columns: each column replaced by its cell. null if a cell that may fail would
 * no longer be evaluated for sure: only a column that is projected as it is, or cast, certainly is.
 */
export function projectRows(
  project: PhysicalOf<'project'>,
  values: PhysicalOf<'values'>,
): { readonly columns: readonly Column[]; readonly rows: readonly (readonly Expr[])[] } | null {
  const evaluated = new Set(project.assignments.flatMap(({ expr }) => projectedColumn(expr) ?? []));
  const mayVanish = values.columns.map((column) => !evaluated.has(column.id));
  if (values.rows.some((row) => row.some((cell, i) => mayVanish[i] === true && mayFail(cell)))) return null;
  const position = new Map(values.columns.map((column, i) => [column.id, i]));
  const rows = values.rows.map((row) =>
    project.assignments.map(({ expr }) => replaceColumns(expr, (id) => row[position.get(id) ?? -1])),
  );
  return { columns: project.columns, rows };
}

function projectedColumn(expr: Expr): ColumnId | null {
  if (expr.kind === 'cast') return projectedColumn(expr.operand);
  return expr.kind === 'column' ? expr.id : null;
}
