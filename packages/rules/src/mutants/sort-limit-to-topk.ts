import type { OptimizerRule } from '@millrace/planner';
import { sortLimitToTopk } from '../sort-limit-to-topk.ts';

/** Wrong: keeps `fetch` rows from the start, whatever OFFSET says. */
export const topkWithoutSkip: OptimizerRule<'limit'> = Object.freeze({
  ...sortLimitToTopk,
  name: 'sort-limit-to-topk (without the skip)',
  rewrite(limit, context) {
    const { fetch } = limit.range;
    if (sortLimitToTopk.rewrite(limit, context) === limit) return limit;
    return sortLimitToTopk.rewrite({ ...limit, range: { skip: null, fetch } }, context);
  },
} satisfies OptimizerRule<'limit'>);

/** Wrong: a filter between limit and sort drops rows that the sort kept, and others would have come up. */
export const topkThroughFilter: OptimizerRule<'limit'> = Object.freeze({
  ...sortLimitToTopk,
  name: 'sort-limit-to-topk (through a filter)',
  rewrite(limit, context) {
    const filter = limit.input;
    if (filter.kind !== 'filter') return sortLimitToTopk.rewrite(limit, context);
    const below = { ...limit, input: filter.input };
    const input = sortLimitToTopk.rewrite(below, context);
    return input === below ? limit : { ...filter, input };
  },
} satisfies OptimizerRule<'limit'>);
