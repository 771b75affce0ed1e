/**
 * push-filter-through-sort: sorts fewer rows.
 *
 *   Filter x > 1       =>   Sort k
 *     Sort k                  Filter x > 1
 *       Scan a                  Scan a
 *
 * A sort hands on every row it gets, so each predicate is evaluated for the same rows, and may fail as before.
 *
 * Why not more: a sort with a range keeps the first rows of all, not of those that pass the filter. What is volatile stays, since the order of
 * its evaluations would change; what reads an outer row stays on top, where decorrelation looks for it.
 */
import { columnsOf, defineRule, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterThroughSort: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-through-sort',
  summary: 'Filters before sorting.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['sort'],
  order: 'down',
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'an ordered subquery',
      sql: 'SELECT * FROM (SELECT k, x FROM a ORDER BY x) s WHERE 10 / k > 1',
      before: 'Project k, x\n  Filter (10 / k) > 1\n    Sort x\n      Project k, x\n        Scan a [k, x]',
      after: 'Project k, x\n  Sort x\n    Filter (10 / k) > 1\n      Project k, x\n        Scan a [k, x]',
    },
    {
      title: 'the first rows of all are not the first that pass',
      sql: 'SELECT * FROM (SELECT k, x FROM a ORDER BY x LIMIT 3) s WHERE k > 1',
      before: 'Project k, x\n  Filter k > 1\n    Limit 3\n      Sort x\n        Project k, x\n          Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const { predicates, input: sort } = filterStack(filter);
    if (sort.kind !== 'sort') return filter;
    if (sort.range !== null) {
      context.note('the sort has a range: a filter above a limit stays above it');
      return filter;
    }
    const produced = columnsOf(sort);
    const { moved, rest } = splitPredicates(predicates, (predicate) => readsOnly(predicate, produced));
    if (moved.length === 0) return filter;
    return filtered({ ...sort, input: filtered(sort.input, moved) }, rest);
  },
});
