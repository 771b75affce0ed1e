import { type ColumnId, type Expr, isVolatile, operandsOf, replaceColumns } from '@millrace/core';
import type { PlanOf } from '@millrace/planner';

/** Whether an expression costs nothing to evaluate twice: a column, a literal, a parameter. */
function isTrivial(expr: Expr): boolean {
  return expr.kind === 'column' || expr.kind === 'literal' || expr.kind === 'parameter';
}

/** How often expressions read each column. */
export function countReads(exprs: readonly Expr[]): ReadonlyMap<ColumnId, number> {
  const counts = new Map<ColumnId, number>();
  const visit = (expr: Expr): void => {
    if (expr.kind === 'column') counts.set(expr.id, (counts.get(expr.id) ?? 0) + 1);
    for (const operand of operandsOf(expr)) visit(operand);
  };
  for (const expr of exprs) visit(expr);
  return counts;
}

/**
 * Whether expressions over a Project can be written over its input: what they read more than once is trivial, so that nothing grows (a tower of
 * `x + x` would double with every storey), and nothing volatile is read.
 */
export function canInline(exprs: readonly Expr[], project: PlanOf<'project'>): boolean {
  const reads = countReads(exprs);
  return project.assignments.every(({ column, expr }) => {
    const count = reads.get(column.id) ?? 0;
    return count === 0 || isTrivial(expr) || (count === 1 && !isVolatile(expr));
  });
}

/** An expression over a Project, over its input: each of its columns replaced by what it is. */
export function inlined(expr: Expr, project: PlanOf<'project'>): Expr {
  const sources = new Map(project.assignments.map((assignment) => [assignment.column.id, assignment.expr]));
  return replaceColumns(expr, (id) => sources.get(id));
}
