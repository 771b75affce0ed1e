import { columnsOf, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { pushFilterThroughAggregate } from '../push-filter-through-aggregate.ts';
import { filterStack, splitPredicates } from '../shared/move-predicates.ts';

/** Wrong: an aggregate without groups gives its row also when the filter lets nothing through. */
export const filterBelowScalarAggregate: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughAggregate,
  name: 'push-filter-through-aggregate (without groups)',
  rewrite(filter, context) {
    const { predicates, input: aggregate } = filterStack(filter);
    if (aggregate.kind !== 'aggregate' || aggregate.groupBy.length > 0)
      return pushFilterThroughAggregate.rewrite(filter, context);
    const { moved, rest } = splitPredicates(predicates, (predicate) => readsOnly(predicate, []));
    if (moved.length === 0) return filter;
    return filtered({ ...aggregate, input: filtered(aggregate.input, moved) }, rest);
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: the group keeps one of its values that GROUP BY takes for equal; the others are asked, too. */
export const filterTellingGroupsApart: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughAggregate,
  name: 'push-filter-through-aggregate (predicates that tell equal values apart)',
  rewrite(filter) {
    const { predicates, input: aggregate } = filterStack(filter);
    if (aggregate.kind !== 'aggregate' || aggregate.groupBy.length === 0) return filter;
    const groups = columnsOf(aggregate).slice(0, aggregate.groupBy.length);
    const { moved, rest } = splitPredicates(predicates, (predicate) => readsOnly(predicate, groups));
    if (moved.length === 0) return filter;
    return filtered({ ...aggregate, input: filtered(aggregate.input, moved) }, rest);
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: a predicate on a count becomes one on its rows. */
export const havingForgotten: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughAggregate,
  name: 'push-filter-through-aggregate (without the rest)',
  rewrite(filter, context) {
    const result = pushFilterThroughAggregate.rewrite(filter, context);
    return result.kind === 'filter' && result !== filter ? result.input : result;
  },
} satisfies OptimizerRule<'filter'>);
