/**
 * push-filter-into-apply: runs a subquery for fewer rows.
 *
 *   Filter a.x > 1, s > 2              Filter s > 2
 *     Apply scalar s             =>      Apply scalar s
 *       Scan a                             Filter a.x > 1
 *       Aggregate ...                        Scan a
 *                                          Aggregate ...
 *
 * Every mode but `cross` hands on each row of its input at least once, so a predicate on the input's columns may fail below exactly as above. A
 * lateral join (`cross`) drops rows without a match, so there only a predicate that cannot fail moves into the input; one that reads only the
 * subquery's columns moves on top of the subquery, where it is asked about the same rows.
 *
 * Why not more: the subquery's columns of `left` are NULL where it has no row, and dropping its rows would make more of those. A predicate on
 * what the subquery says has to wait for it. What reads both sides of a lateral join stays, so that no correlation is added.
 */
import { columnsRead, type Expr, mayFail } from '@millrace/core';
import { columnsOf, defineRule, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterIntoApply: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-into-apply',
  summary: 'Filters the rows that a subquery is run for.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['apply'],
  order: 'down',
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a subquery that may have no row',
      sql: 'SELECT * FROM a LEFT JOIN LATERAL (SELECT b.y FROM b WHERE b.k = a.k) s ON true WHERE 10 / a.x > 1 AND s.y IS NULL',
      before:
        'Project k, x, y\n  Filter (10 / x) > 1, y IS NULL\n    Apply left\n      Scan a [k, x]\n      Filter true\n        Project y\n          Filter k = k\n            Scan b [k, y]',
      after:
        'Project k, x, y\n  Filter y IS NULL\n    Apply left\n      Filter (10 / x) > 1\n        Scan a [k, x]\n      Filter true\n        Project y\n          Filter k = k\n            Scan b [k, y]',
    },
    {
      title: 'both sides of a lateral join',
      sql: 'SELECT * FROM a, LATERAL (SELECT b.y FROM b WHERE b.k = a.k) s WHERE a.x > 1 AND s.y > 2',
      before:
        'Project k, x, y\n  Filter x > 1, y > 2\n    Apply cross\n      Scan a [k, x]\n      Project y\n        Filter k = k\n          Scan b [k, y]',
      after:
        'Project k, x, y\n  Apply cross\n    Filter x > 1\n      Scan a [k, x]\n    Filter y > 2\n      Project y\n        Filter k = k\n          Scan b [k, y]',
    },
    {
      title: 'what the subquery says',
      sql: 'SELECT k FROM a WHERE x > (SELECT max(y) FROM b)',
      before:
        'Project k\n  Filter x > max\n    Apply scalar AS max\n      Scan a [k, x]\n      Project max\n        Aggregate: max(y) AS max\n          Scan b [k, y]',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const { predicates, input: apply } = filterStack(filter);
    if (apply.kind !== 'apply') return filter;
    const isJoin = apply.mode.kind === 'cross';
    const [inputs, subqueries] = [columnsOf(apply.input), columnsOf(apply.subquery)];
    const first = splitPredicates(
      predicates,
      (predicate: Expr) => readsOnly(predicate, inputs) && !(isJoin && mayFail(predicate)),
    );
    const second = splitPredicates(
      first.rest,
      (predicate) => isJoin && columnsRead(predicate).size > 0 && readsOnly(predicate, subqueries),
    );
    if (second.rest.length === predicates.length) {
      context.note('no predicate on the input only');
      return filter;
    }
    const input = filtered(apply.input, first.moved);
    return filtered({ ...apply, input, subquery: filtered(apply.subquery, second.moved) }, second.rest);
  },
});
