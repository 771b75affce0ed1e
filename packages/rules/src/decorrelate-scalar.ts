/**
 * decorrelate-scalar: computes an aggregate that a subquery asks for row by row once, for all rows, and joins it.
 *
 *   Apply scalar AS n                        =>   Project k, x, coalesce(n, 0) AS n
 *     Scan a [k, x]                                 Join left on b.k = a.k
 *     Aggregate: count(*) AS n                        Scan a [k, x]
 *       Filter b.k = a.k                              Aggregate by b.k: count(*) AS n
 *         Scan b [k]                                    Scan b [k]
 *
 * A left join finds at most one group per row, and where there is none the aggregates are what they are over no rows: NULL, but 0 for count. What
 * the subquery computes from them is computed above the join, for each row as before. A subquery that is not tied to the row is one row, so it is joined as it is.
 *
 * Why not more: only an aggregate without GROUP BY is one row, whatever happens; anything else may be more than one, which is an error (21000) that
 * the Apply raises. The ties to the row must be equations, since they become groups. Groups are computed that no row asks for, so nothing below the
 * join may fail or be volatile: a sum of floats may overflow.
 */
import { defineRule, type LogicalPlan, type OptimizerRule } from '@millrace/planner';
import { joinAggregate, scalarAggregate } from './shared/aggregate-join.ts';
import { isSafeEarly } from './shared/is-safe-early.ts';

export const decorrelateScalar: OptimizerRule<'apply'> = defineRule({
  name: 'decorrelate-scalar',
  summary: 'Turns scalar subqueries that aggregate into joins with the aggregate, by group.',
  phase: 'pushdown',
  on: ['apply'],
  order: 'up',
  examples: [
    {
      title: 'a count per row, 0 for no rows',
      sql: 'SELECT k, (SELECT count(*) FROM b WHERE b.k = a.k) AS n FROM a',
      before:
        'Project k, count AS n\n  Apply scalar AS count\n    Scan a [k, x]\n    Project count\n      Aggregate: count(*) AS count\n        Filter k = k\n          Scan b [k, y]',
      after:
        "Project k, count AS n\n  Project k, x, COALESCE(count, '0'::bigint) AS count\n    Join left on k = k\n      Scan a [k, x]\n      Aggregate by k: count(*) AS count\n        Scan b [k, y]",
    },
    {
      title: 'the same for every row',
      sql: 'SELECT k FROM a WHERE x = (SELECT max(y) FROM b)',
      before:
        'Project k\n  Filter x = max\n    Apply scalar AS max\n      Scan a [k, x]\n      Project max\n        Aggregate: max(y) AS max\n          Scan b [k, y]',
      after:
        'Project k\n  Filter x = max\n    Project k, x, max\n      Join inner\n        Scan a [k, x]\n        Aggregate: max(y) AS max\n          Scan b [k, y]',
    },
    {
      title: 'more than one row is an error',
      sql: 'SELECT k, (SELECT y FROM b WHERE b.k = a.k) AS y FROM a',
      before:
        'Project k, y\n  Apply scalar AS y\n    Scan a [k, x]\n    Project y\n      Filter k = k\n        Scan b [k, y]',
      after: 'unchanged',
    },
  ],
  rewrite(apply, context): LogicalPlan {
    if (apply.mode.kind !== 'scalar') return apply;
    const scalar = scalarAggregate(apply);
    if (scalar === null) {
      context.note('the subquery is not an aggregate without GROUP BY: it may have more than one row');
      return apply;
    }
    if (!isSafeEarly(scalar.aggregate, context.functions)) {
      context.note('the aggregate may fail or is volatile: a join computes it for groups that nobody asks for');
      return apply;
    }
    const joined = joinAggregate(apply, scalar, context);
    if (joined === null) context.note('the subquery is tied to the row by more than equations');
    return joined ?? apply;
  },
});
