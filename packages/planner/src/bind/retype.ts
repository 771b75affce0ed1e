import type { Column, ColumnId, Expr } from '@millrace/core';
import { sameType, typeOf } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { BindState } from './bind-state.ts';

/**
 * Gives an output column that is still unknown its type, by rewriting the literal, NULL or parameter where it was projected: below Sort, Limit
 * and Distinct, which only pass it on.
 */
export function retypeColumn(plan: LogicalPlan, id: ColumnId, coerce: (expr: Expr) => Expr): LogicalPlan {
  switch (plan.kind) {
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'filter':
      return { ...plan, input: retypeColumn(plan.input, id, coerce) };
    case 'project': {
      const assignment = plan.assignments.find(({ column }) => column.id === id);
      if (assignment === undefined) return plan;
      const passes = assignment.expr.kind === 'column' ? assignment.expr.id : null;
      const input = passes === null ? plan.input : retypeColumn(plan.input, passes, coerce);
      const source = passes === null ? null : columnsOf(input).find((column) => column.id === passes);
      const expr = source ? columnExpr(source) : coerce(assignment.expr);
      const column: Column = { ...assignment.column, type: typeOf(expr) };
      const assignments = plan.assignments.map((each) => (each === assignment ? { column, expr } : each));
      return { ...plan, input, assignments };
    }
    default:
      return plan;
  }
}

/** Casts a plan's columns to `to`, in a Project on top; the same plan if they have these types. */
export function castOutputs(
  state: BindState,
  plan: LogicalPlan,
  cast: (expr: Expr, index: number) => Expr,
): LogicalPlan {
  const columns = columnsOf(plan);
  const exprs = columns.map((column, i) => cast(columnExpr(column), i));
  if (exprs.every((expr, i) => expr.kind === 'column' && sameType(expr.type, columns[i]!.type))) return plan;
  const assignments = exprs.map((expr, i) => {
    const { name, nullable } = columns[i]!;
    return { column: state.newColumn(name, typeOf(expr), nullable), expr };
  });
  return { kind: 'project', input: plan, assignments };
}
