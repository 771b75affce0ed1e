import { columnsOf, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { pushFilterThroughDistinct } from '../push-filter-through-distinct.ts';
import { filterStack, splitPredicates } from '../shared/move-predicates.ts';

/** Wrong: asks about values that Distinct takes for another and would have dropped. */
export const filterTellingApart: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughDistinct,
  name: 'push-filter-through-distinct (predicates that tell equal rows apart)',
  rewrite(filter) {
    const { predicates, input: distinct } = filterStack(filter);
    if (distinct.kind !== 'distinct') return filter;
    const produced = columnsOf(distinct);
    const { moved, rest } = splitPredicates(predicates, (predicate) => readsOnly(predicate, produced));
    if (moved.length === 0) return filter;
    return filtered({ ...distinct, input: filtered(distinct.input, moved) }, rest);
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: rows that passed the filter twice are still there twice. */
export const filterInPlaceOfDistinct: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughDistinct,
  name: 'push-filter-through-distinct (in its place)',
  rewrite(filter, context) {
    const result = pushFilterThroughDistinct.rewrite(filter, context);
    return result.kind === 'distinct' ? result.input : result;
  },
} satisfies OptimizerRule<'filter'>);
