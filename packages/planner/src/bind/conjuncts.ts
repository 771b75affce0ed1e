import type { ColumnId, Expr } from '@millrace/core';
import { columnsRead } from '@millrace/core';
import { exprsOf } from '../plan/expressions.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { somePlan } from '../plan/rewrite.ts';
import type { AstExpr } from '../sql/ast.ts';
import { bindBool, conjunctsOf } from './bind-expr.ts';
import { applyAll, type ExprContext, type PendingApply } from './expr-context.ts';

/** One predicate of a condition and the subqueries it reads. */
export interface Conjunct {
  readonly expr: Expr;
  readonly applies: readonly PendingApply[];
}

/** The conjuncts of a condition, in the text's order. `construct` names it in errors. */
export function bindConjuncts(context: ExprContext, condition: AstExpr, construct: string): readonly Conjunct[] {
  return conjunctsOf(condition).flatMap((part): readonly Conjunct[] => {
    const applies: PendingApply[] = [];
    const expr = bindBool({ ...context, applies: context.applies === null ? null : applies }, part, construct);
    // BETWEEN and rows bring conjunctions of their own.
    return applies.length > 0 ? [{ expr, applies }] : flattenAnd(expr).map((each) => ({ expr: each, applies }));
  });
}

function flattenAnd(expr: Expr): readonly Expr[] {
  return expr.kind === 'and' ? expr.operands.flatMap(flattenAnd) : [expr];
}

/** Keeps the rows that satisfy all conjuncts: those without subqueries first, so that subqueries run for fewer rows. */
export function filterBy(plan: LogicalPlan, conjuncts: readonly Conjunct[]): LogicalPlan {
  const plain = conjuncts.filter((conjunct) => conjunct.applies.length === 0);
  const others = conjuncts.filter((conjunct) => conjunct.applies.length > 0);
  return others.reduce(
    (input, conjunct) => filter(applyAll(input, conjunct.applies), [conjunct.expr]),
    filter(
      plan,
      plain.map((conjunct) => conjunct.expr),
    ),
  );
}

function filter(input: LogicalPlan, predicates: readonly Expr[]): LogicalPlan {
  return predicates.length === 0 ? input : { kind: 'filter', input, predicates };
}

/** Whether anything in a plan reads one of these columns: whether it is correlated with whoever produces them. */
export function readsAny(plan: LogicalPlan, ids: ReadonlySet<ColumnId>): boolean {
  return somePlan(plan, (node) => exprsOf(node).some((expr) => [...columnsRead(expr)].some((id) => ids.has(id))));
}
