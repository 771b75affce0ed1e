import { type Expr, isVolatile } from '@millrace/core';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { AstExpr } from '../sql/ast.ts';
import { bindExpr } from './bind-expr.ts';
import type { ExprContext, PendingApply } from './expr-context.ts';

/**
 * Binds a part of CASE or COALESCE that is evaluated only where all `conditions` are TRUE. Its subqueries become Apply nodes, which run for every
 * row; so they are put behind the conditions, and a subquery that would fail for a row that does not need it is not run:
 *
 *     Apply scalar(input, Apply cross(Filter conditions(one row), subquery))
 *
 * The conditions are asked for only if there is a subquery: a CASE of thousands of branches has as many of them for each branch.
 */
export function bindLazily(context: ExprContext, part: AstExpr, conditions: () => readonly Expr[]): Expr {
  if (context.applies === null) return bindExpr(context, part);
  const own: PendingApply[] = [];
  const bound = bindExpr({ ...context, applies: own }, part);
  if (own.length === 0) return bound;
  const predicates = conditions();
  const isAlways = predicates.length === 0 || predicates.some(isVolatile);
  const guard = (subquery: LogicalPlan): LogicalPlan => (isAlways ? subquery : onlyWhere(subquery, predicates));
  context.applies.push(...own.map(({ subquery, mode }) => ({ subquery: guard(subquery), mode })));
  return bound;
}

function onlyWhere(subquery: LogicalPlan, predicates: readonly Expr[]): LogicalPlan {
  const input: LogicalPlan = { kind: 'filter', input: { kind: 'values', columns: [], rows: [[]] }, predicates };
  return { kind: 'apply', input, subquery, mode: { kind: 'cross' } };
}
