import { type Expr, isVolatile, mayFail } from '@millrace/core';
import type { LogicalPlan, PlanOf } from '@millrace/planner';

/** Predicates of a list that go below a node, and those that stay above it. */
export interface SplitPredicates {
  readonly moved: readonly Expr[];
  readonly rest: readonly Expr[];
}

/**
 * Splits a Filter's list: what `canMove` moves, but nothing volatile, and nothing that may fail past a predicate that stays, which may guard it.
 * `canMove` answers for the rest: whether the predicate may be evaluated for the rows below, also those that never come up.
 */
export function splitPredicates(predicates: readonly Expr[], canMove: (predicate: Expr) => boolean): SplitPredicates {
  const moved: Expr[] = [];
  const rest: Expr[] = [];
  for (const predicate of predicates) {
    const isGuarded = rest.length > 0 && mayFail(predicate);
    (!isGuarded && !isVolatile(predicate) && canMove(predicate) ? moved : rest).push(predicate);
  }
  return { moved, rest };
}

/** Filters right above each other as one list over what is below them all: the lower ones' predicates first, as they are evaluated. */
export function filterStack(filter: PlanOf<'filter'>): {
  readonly predicates: readonly Expr[];
  readonly input: LogicalPlan;
} {
  let { predicates, input } = filter;
  while (input.kind === 'filter') {
    predicates = [...input.predicates, ...predicates];
    input = input.input;
  }
  return { predicates, input };
}
