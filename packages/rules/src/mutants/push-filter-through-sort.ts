import { filtered, type OptimizerRule } from '@millrace/planner';
import { pushFilterThroughSort } from '../push-filter-through-sort.ts';
import { filterStack } from '../shared/move-predicates.ts';

/** Wrong: a sort that keeps the first rows would keep the first that pass instead. */
export const filterBelowLimit: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughSort,
  name: 'push-filter-through-sort (through its limit)',
  rewrite(filter, context) {
    const { predicates, input } = filterStack(filter);
    if (input.kind !== 'limit' && input.kind !== 'sort') return filter;
    if (input.kind === 'sort' && input.range === null) return pushFilterThroughSort.rewrite(filter, context);
    const sort = input.input;
    if (input.kind === 'sort' || sort.kind !== 'sort') return { ...input, input: filtered(input.input, predicates) };
    return { ...input, input: { ...sort, input: filtered(sort.input, predicates) } };
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: of several predicates the first moves and the others are forgotten. */
export const firstPredicateOnly: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughSort,
  name: 'push-filter-through-sort (the first predicate only)',
  rewrite(filter, context) {
    const { predicates, input } = filterStack(filter);
    if (input.kind !== 'sort' || input.range !== null) return filter;
    return pushFilterThroughSort.rewrite({ kind: 'filter', input, predicates: predicates.slice(0, 1) }, context);
  },
} satisfies OptimizerRule<'filter'>);
