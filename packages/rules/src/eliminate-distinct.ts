/**
 * eliminate-distinct: does not look for duplicates where there are none, or where nobody counts them.
 *
 *   Distinct                                 Aggregate by k: count(*) AS n
 *     Aggregate by k: count(*) AS n    =>      Scan a
 *       Scan a
 *
 *   Join semi on a.k = b.k                   Join semi on a.k = b.k
 *     Scan a                           =>      Scan a
 *     Distinct                                 Scan b
 *       Scan b
 *
 * No two rows are alike: groups of an aggregate, rows that another Distinct kept, at most one row, and whatever hands the columns on in which such
 * rows differ (see keyOf). Nobody counts: the right side of a semi or anti join, EXISTS, ANY and ALL, another Distinct, min, max, bool_and, bool_or
 * and aggregates of DISTINCT values.
 *
 * Why not more: 0 and -0 are one value for Distinct, so expressions between it and the one who does not count must not tell them apart. sum and
 * count do count. A LIMIT below does, too. What tables hold is unknown: a scan has no key.
 */
import { defineRule, type LogicalPlan, type OptimizerRule, type PlanOf } from '@millrace/planner';
import { isBlindToRepetition, isRepeatable, keyOf, withRepetitions } from './shared/unique-rows.ts';

type Kind = 'distinct' | 'join' | 'apply' | 'aggregate';

export const eliminateDistinct: OptimizerRule<Kind> = defineRule({
  name: 'eliminate-distinct',
  summary: 'Removes DISTINCT where rows are unique, or where nobody counts them.',
  phase: 'pushdown',
  on: ['distinct', 'join', 'apply', 'aggregate'],
  needs: ['distinct'],
  order: 'up',
  examples: [
    {
      title: 'groups are unique',
      sql: 'SELECT DISTINCT k, count(*) AS n FROM a GROUP BY k',
      before: 'Distinct\n  Project k, count AS n\n    Aggregate by k: count(*) AS count\n      Scan a [k, x]',
      after: 'Project k, count AS n\n  Aggregate by k: count(*) AS count\n    Scan a [k, x]',
    },
    {
      title: 'nobody counts what EXISTS finds',
      sql: 'SELECT k FROM a WHERE EXISTS (SELECT DISTINCT y FROM b WHERE b.k = a.k)',
      before:
        'Project k\n  Filter exists\n    Apply exists AS exists\n      Scan a [k, x]\n      Distinct\n        Project y\n          Filter k = k\n            Scan b [k, y]',
      after:
        'Project k\n  Filter exists\n    Apply exists AS exists\n      Scan a [k, x]\n      Project y\n        Filter k = k\n          Scan b [k, y]',
    },
    {
      title: 'the count of different values is not the count of all',
      sql: 'SELECT count(*) AS n, max(k) AS m FROM (SELECT DISTINCT k, x FROM a) s',
      before:
        'Project count AS n, max AS m\n  Aggregate: count(*) AS count, max(k) AS max\n    Distinct\n      Project k, x\n        Scan a [k, x]',
      after: 'unchanged',
    },
    {
      title: 'groups are told apart by all their columns',
      sql: 'SELECT DISTINCT count(*) AS n FROM a GROUP BY k',
      before: 'Distinct\n  Project count AS n\n    Aggregate by k: count(*) AS count\n      Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(node, context) {
    switch (node.kind) {
      case 'distinct': {
        if (keyOf(node.input) !== null) return node.input;
        context.note('the rows may be alike');
        return withInput(node, withRepetitions(node.input));
      }
      case 'aggregate':
        return node.aggregations.every(isBlindToRepetition) ? withInput(node, withRepetitions(node.input)) : node;
      case 'join': {
        const isAsked = (node.type === 'semi' || node.type === 'anti') && node.on.every(isRepeatable);
        const right = isAsked ? withRepetitions(node.right) : node.right;
        return right === node.right ? node : { ...node, right };
      }
      case 'apply': {
        const isAsked = node.mode.kind === 'exists' || node.mode.kind === 'quantified';
        const subquery = isAsked ? withRepetitions(node.subquery) : node.subquery;
        return subquery === node.subquery ? node : { ...node, subquery };
      }
      default:
        return node satisfies never;
    }
  },
});

function withInput<P extends PlanOf<'distinct' | 'aggregate'>>(node: P, input: LogicalPlan): P {
  return input === node.input ? node : { ...node, input };
}
