/**
 * eliminate-empty: does not run what cannot have rows.
 *
 *   Join left a.k = b.k             Project a.*, NULL AS y
 *     Scan a                  =>      Scan a
 *     Filter FALSE
 *       Scan b
 *
 * A filter with a literal FALSE or NULL, LIMIT 0 and Values without rows are empty, and so is what needs a row of an empty input. Outer joins keep
 * the rows of the side they preserve, UNION ALL its other inputs; EXISTS over nothing is FALSE, ALL is TRUE, a scalar subquery is NULL. What is
 * no longer run raises no more errors; but a LIMIT or OFFSET that is negative or unknown stays, and a window whose frame has offsets, with theirs.
 *
 * Why not more: an aggregate without GROUP BY gives one row even for no input. An INSERT of nothing is still an INSERT.
 */
import type { Expr } from '@millrace/core';
import { defineRule, frameOffsets, type OptimizerRule, type RowRange } from '@millrace/planner';
import { emptyLike, isEmpty, withoutEmptyInputs, withoutEmptySide, withoutEmptySubquery } from './shared/empty-plan.ts';
import { knownRange } from './shared/row-range.ts';
import { isTruth } from './shared/simplify-boolean.ts';

type Kind = 'filter' | 'project' | 'join' | 'aggregate' | 'window' | 'distinct' | 'sort' | 'limit' | 'union' | 'apply';

export const eliminateEmpty: OptimizerRule<Kind> = defineRule({
  name: 'eliminate-empty',
  summary: 'Removes what cannot have rows.',
  phase: 'pushdown',
  on: ['filter', 'project', 'join', 'aggregate', 'window', 'distinct', 'sort', 'limit', 'union', 'apply'],
  order: 'up',
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a filter that keeps nothing, through a join',
      sql: 'SELECT a.k, s.y FROM a LEFT JOIN (SELECT k, y FROM b WHERE NULL) s ON a.k = s.k',
      before:
        'Project k, y\n  Join left on k = k\n    Scan a [k, x]\n    Project k, y\n      Filter NULL\n        Scan b [k, y]',
      after: 'Project k, y\n  Project k, x, NULL AS k, NULL AS y\n    Scan a [k, x]',
    },
    {
      title: 'one input of a UNION ALL',
      sql: 'SELECT k FROM a UNION ALL (SELECT k FROM b LIMIT 0)',
      before: 'Union all [k]\n  Project k\n    Scan a [k, x]\n  Limit 0\n    Project k\n      Scan b [k, y]',
      after: 'Project k\n  Project k\n    Scan a [k, x]',
    },
    {
      title: 'one row even for no input',
      sql: 'SELECT count(*) AS n FROM a WHERE false',
      before: 'Project count AS n\n  Aggregate: count(*) AS count\n    Filter false\n      Scan a [k, x]',
      after: 'Project count AS n\n  Aggregate: count(*) AS count\n    Values [k, x]',
    },
    {
      title: 'a limit that only the execution knows',
      sql: 'SELECT k FROM a LIMIT $1',
      before: 'Limit $1\n  Project k\n    Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(node) {
    switch (node.kind) {
      case 'filter':
        return isEmpty(node.input) || node.predicates.some(isNeverTrue) ? emptyLike(node) : node;
      case 'limit':
      case 'sort':
        return keepsNothing(node.range, isEmpty(node.input)) ? emptyLike(node) : node;
      case 'window':
        return isEmpty(node.input) && frameOffsets(node.frame).length === 0 ? emptyLike(node) : node;
      case 'project':
      case 'distinct':
        return isEmpty(node.input) ? emptyLike(node) : node;
      case 'aggregate':
        return isEmpty(node.input) && node.groupBy.length > 0 ? emptyLike(node) : node;
      case 'join':
        return withoutEmptySide(node);
      case 'union':
        return withoutEmptyInputs(node);
      case 'apply':
        return withoutEmptySubquery(node);
      default:
        return node satisfies never;
    }
  },
});

function isNeverTrue(predicate: Expr): boolean {
  return isTruth(predicate, false) || isTruth(predicate, null);
}

/** LIMIT 0, or any range over nothing; but not one that may raise an error. */
function keepsNothing(range: RowRange | null, isOverNothing: boolean): boolean {
  if (range === null) return isOverNothing;
  const known = knownRange(range);
  return known !== null && (isOverNothing || known.fetch === 0n);
}
