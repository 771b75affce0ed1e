import type { OptimizerRule } from '@millrace/planner';
import { mergeFilters } from '../merge-filters.ts';
import { filterStack } from '../shared/move-predicates.ts';

/** Wrong: the upper filter's predicates come first, ahead of those that guard them. */
export const upperFirst: OptimizerRule<'filter'> = Object.freeze({
  ...mergeFilters,
  name: 'merge-filters (the upper one first)',
  rewrite(filter) {
    const lower = filter.input;
    if (lower.kind !== 'filter') return filter;
    return { ...lower, predicates: [...filter.predicates, ...lower.predicates] };
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: AND evaluates what stands behind a NULL, a filter above a filter does not. */
export const mergedByAnd: OptimizerRule<'filter'> = Object.freeze({
  ...mergeFilters,
  name: 'merge-filters (by AND)',
  rewrite(filter) {
    if (filter.input.kind !== 'filter') return filter;
    const { predicates, input } = filterStack(filter);
    return { kind: 'filter', input, predicates: [{ kind: 'and', operands: predicates }] };
  },
} satisfies OptimizerRule<'filter'>);
