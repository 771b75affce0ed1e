/**
 * merge-filters: one list instead of filters above each other.
 *
 *   Filter b, c              Filter a, b, c
 *     Filter a          =>     Scan t
 *       Scan t
 *
 * The lower predicates come first, as before: a Filter drops a row at the first predicate that is not TRUE, and evaluates no later one for it.
 * So guards go on guarding, volatile predicates are evaluated for the same rows, and errors are the same.
 *
 * Why not one predicate `a AND b AND c`: AND goes on behind a NULL, a list does not, and c may fail.
 */
import { defineRule, type OptimizerRule } from '@millrace/planner';
import { filterStack } from './shared/move-predicates.ts';

export const mergeFilters: OptimizerRule<'filter'> = defineRule({
  name: 'merge-filters',
  summary: 'Makes one filter of those right above each other.',
  phase: 'pushdown',
  on: ['filter'],
  order: 'up',
  before: ['push-filter-through-project', 'push-filter-into-scan'],
  contract: { errors: 'same' },
  examples: [
    {
      title: 'WHERE above a subquery in ON',
      sql: 'SELECT a.k FROM a JOIN b ON EXISTS (SELECT 1 FROM c WHERE c.k = a.k) WHERE a.x > 1',
      before:
        'Project k\n  Filter x > 1\n    Filter exists\n      Apply exists AS exists\n        Join inner\n          Scan a [k, x]\n          Scan b [k, y]\n        Project 1 AS ?column?\n          Filter k = k\n            Scan c [k, t]',
      after:
        'Project k\n  Filter exists, x > 1\n    Apply exists AS exists\n      Join inner\n        Scan a [k, x]\n        Scan b [k, y]\n      Project 1 AS ?column?\n        Filter k = k\n          Scan c [k, t]',
    },
    {
      title: 'a projection in between',
      sql: 'SELECT k FROM (SELECT k, x FROM a WHERE x > 0) s WHERE k > 1',
      before: 'Project k\n  Filter k > 1\n    Project k, x\n      Filter x > 0\n        Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(filter) {
    if (filter.input.kind !== 'filter') return filter;
    return { kind: 'filter', ...filterStack(filter) };
  },
});
