import { columnsRead, type Expr, isVolatile, mayFail } from '@millrace/core';
import { columnsOf, type JoinType, type PlanOf, readsOnly } from '@millrace/planner';

/** Which sides of a join may be asked. */
export interface Sides {
  readonly left: boolean;
  readonly right: boolean;
}
/** Sides whose rows come up unchanged or not at all: a filter above may be asked below. */
export const FILTERED_ABOVE: Readonly<Record<JoinType, Sides>> = {
  inner: { left: true, right: true },
  left: { left: true, right: false },
  right: { left: false, right: true },
  full: { left: false, right: false },
  semi: { left: true, right: false },
  anti: { left: true, right: false },
};
/** Sides of which a row that fails `on` with every partner leaves no trace. */
export const FILTERED_BY_ON: Readonly<Record<JoinType, Sides>> = {
  inner: { left: true, right: true },
  left: { left: false, right: true },
  right: { left: true, right: false },
  full: { left: false, right: false },
  semi: { left: true, right: true },
  anti: { left: false, right: true },
};

/** Predicates of a join, by where they go. */
export interface PredicatesBySide {
  readonly left: readonly Expr[];
  readonly right: readonly Expr[];
  readonly rest: readonly Expr[];
}

/** Predicates that read one of these sides only, cannot fail and are not volatile, and the others, in their order. */
export function bySide(predicates: readonly Expr[], join: PlanOf<'join'>, sides: Sides): PredicatesBySide {
  const [lefts, rights] = [columnsOf(join.left), columnsOf(join.right)];
  const left: Expr[] = [];
  const right: Expr[] = [];
  const rest: Expr[] = [];
  for (const predicate of predicates) {
    const isMovable = columnsRead(predicate).size > 0 && !mayFail(predicate) && !isVolatile(predicate);
    if (isMovable && sides.left && readsOnly(predicate, lefts)) left.push(predicate);
    else if (isMovable && sides.right && readsOnly(predicate, rights)) right.push(predicate);
    else rest.push(predicate);
  }
  return { left, right, rest };
}
