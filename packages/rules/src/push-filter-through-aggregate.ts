/**
 * push-filter-through-aggregate: drops whole groups before they are built.
 *
 *   Filter k = 1, n > 2                 Filter n > 2
 *     Aggregate by k: count(*) AS n  =>   Aggregate by k: count(*) AS n
 *       Scan a                              Filter k = 1
 *                                             Scan a
 *
 * All rows of a group pass or fail a predicate on its group columns together.
 *
 * Why not more: without GROUP BY an aggregate gives one row even for no input: the filter would empty its input and keep the row. A predicate on
 * an aggregate's result has to wait for it. Group columns of types whose equal values differ (0 and -0) may only be compared, see
 * push-filter-through-distinct. What is volatile or reads an outer row stays.
 */
import { columnsOf, defineRule, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { answersAlike } from './shared/equal-rows.ts';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterThroughAggregate: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-through-aggregate',
  summary: 'Filters by group columns before grouping.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['aggregate'],
  order: 'down',
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'HAVING on a group column',
      sql: 'SELECT k, count(*) AS n FROM a GROUP BY k HAVING k = 1 AND count(*) > 2',
      before:
        'Project k, count AS n\n  Filter k = 1, count > 2::bigint\n    Aggregate by k: count(*) AS count\n      Scan a [k, x]',
      after:
        'Project k, count AS n\n  Filter count > 2::bigint\n    Aggregate by k: count(*) AS count\n      Filter k = 1\n        Scan a [k, x]',
    },
    {
      title: 'one row even for no input',
      sql: 'SELECT count(*) AS n FROM a HAVING 1 > 2',
      before: 'Project count AS n\n  Filter 1 > 2\n    Aggregate: count(*) AS count\n      Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const { predicates, input: aggregate } = filterStack(filter);
    if (aggregate.kind !== 'aggregate') return filter;
    if (aggregate.groupBy.length === 0) {
      context.note('without groups there is a row even for no input');
      return filter;
    }
    const groups = columnsOf(aggregate).slice(0, aggregate.groupBy.length);
    const { moved, rest } = splitPredicates(
      predicates,
      (predicate) => readsOnly(predicate, groups) && answersAlike(predicate),
    );
    if (moved.length === 0) {
      context.note('no predicate on group columns only');
      return filter;
    }
    return filtered({ ...aggregate, input: filtered(aggregate.input, moved) }, rest);
  },
});
