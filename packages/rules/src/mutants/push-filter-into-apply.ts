import { type Expr, isVolatile } from '@millrace/core';
import { columnsOf, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { pushFilterIntoApply } from '../push-filter-into-apply.ts';
import { filterStack, splitPredicates } from '../shared/move-predicates.ts';

/** Wrong: a lateral LEFT JOIN fills with NULLs where the subquery, filtered first, has no row left. */
export const filterOnNullableSubquery: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterIntoApply,
  name: 'push-filter-into-apply (into the nullable subquery)',
  rewrite(filter, context) {
    const { predicates, input: apply } = filterStack(filter);
    if (apply.kind !== 'apply' || apply.mode.kind !== 'left') return pushFilterIntoApply.rewrite(filter, context);
    const subqueries = columnsOf(apply.subquery);
    const { moved, rest } = splitPredicates(
      predicates,
      (predicate) => readsOnly(predicate, subqueries) && !readsOnly(predicate, []),
    );
    if (moved.length === 0) return filter;
    return filtered({ ...apply, subquery: filtered(apply.subquery, moved) }, rest);
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: a lateral join may drop the row that a predicate fails for, and so may a predicate before it. */
export const fallibleBelow: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterIntoApply,
  name: 'push-filter-into-apply (whatever may fail)',
  rewrite(filter) {
    const { predicates, input: apply } = filterStack(filter);
    if (apply.kind !== 'apply') return filter;
    const inputs = columnsOf(apply.input);
    const isMoved = (predicate: Expr): boolean => readsOnly(predicate, inputs) && !isVolatile(predicate);
    const moved = predicates.filter(isMoved);
    if (moved.length === 0) return filter;
    const rest = predicates.filter((predicate) => !isMoved(predicate));
    return filtered({ ...apply, input: filtered(apply.input, moved) }, rest);
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: what reads the answer of the subquery is forgotten. */
export const filterWithoutRest: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterIntoApply,
  name: 'push-filter-into-apply (without the rest)',
  rewrite(filter, context) {
    const result = pushFilterIntoApply.rewrite(filter, context);
    return result.kind === 'filter' && result !== filter ? result.input : result;
  },
} satisfies OptimizerRule<'filter'>);
