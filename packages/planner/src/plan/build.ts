import { type Column, type ColumnId, columnsRead, type DataType, type Expr, type Value } from '@millrace/core';
import type { LogicalPlan } from './logical-plan.ts';

/** An expression that reads a column. */
export function columnExpr(column: Pick<Column, 'id' | 'type'>): Expr {
  return { kind: 'column', id: column.id, type: column.type };
}

/** A literal of a type. */
export function literalExpr(value: Value, type: DataType): Expr {
  return { kind: 'literal', value, type };
}

/** The input with a Filter on it; the input itself if there is nothing to filter by. A Filter gets the predicates behind its own. */
export function filtered(input: LogicalPlan, predicates: readonly Expr[]): LogicalPlan {
  if (predicates.length === 0) return input;
  if (input.kind === 'filter') return { ...input, predicates: [...input.predicates, ...predicates] };
  return { kind: 'filter', input, predicates };
}

/** Whether every column that the expression reads is one of these; true also if it reads none. */
export function readsOnly(expr: Expr, columns: readonly Column[]): boolean {
  const ids = new Set<ColumnId>(columns.map((column) => column.id));
  return [...columnsRead(expr)].every((id) => ids.has(id));
}
