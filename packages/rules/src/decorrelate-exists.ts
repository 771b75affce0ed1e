/**
 * decorrelate-exists: runs a subquery that a filter asks for rows once, as the right side of a semi or anti join.
 *
 *   Filter e                                 =>   Project k, x, true AS e
 *     Apply exists AS e                             Join semi on b.k = a.k
 *       Scan a [k, x]                                 Scan a [k, x]
 *       Project y                                     Scan b [k, y]
 *         Filter b.k = a.k
 *           Scan b [k, y]
 *
 * NOT EXISTS becomes an anti join, x IN a semi join on x = y, x NOT IN (and x <> ALL) an anti join on `(x = y) IS NOT FALSE`: a NULL on either side
 * keeps the row out, as long as there is any row to compare with. The answer, known behind the join, stays available as a literal.
 *
 * Why not more: only where a predicate is the answer or its negation; an answer that is NULL or selected is computed row by row. A join runs the
 * subquery whole, so nothing in it may fail or be volatile. What ties it to the row must be predicates above everything that looks at more than
 * one row (aggregates, LIMIT, UNION): see pull-up. Other comparisons with ANY and ALL stay.
 */
import type { ColumnId, Expr } from '@millrace/core';
import { defineRule, filtered, type LogicalPlan, type OptimizerRule, type PlanOf } from '@millrace/planner';
import { answerOf, membershipJoin } from './shared/membership-join.ts';

export const decorrelateExists: OptimizerRule<'filter'> = defineRule({
  name: 'decorrelate-exists',
  summary: 'Turns EXISTS, IN and their negations in a filter into semi and anti joins.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['apply'],
  order: 'up',
  examples: [
    {
      title: 'EXISTS',
      sql: 'SELECT k FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.y > 1)',
      before:
        'Project k\n  Filter exists\n    Apply exists AS exists\n      Scan a [k, x]\n      Project 1 AS ?column?\n        Filter k = k, y > 1\n          Scan b [k, y]',
      after:
        'Project k\n  Project k, x, true AS exists\n    Join semi on k = k\n      Scan a [k, x]\n      Filter y > 1\n        Scan b [k, y]',
    },
    {
      title: 'NOT IN, with its NULLs',
      sql: 'SELECT k FROM a WHERE x NOT IN (SELECT y FROM b)',
      before:
        'Project k\n  Filter NOT ?column?\n    Apply (x) = any AS ?column?\n      Scan a [k, x]\n      Project y\n        Scan b [k, y]',
      after:
        'Project k\n  Project k, x, false AS ?column?\n    Join anti on (x = y) IS NOT FALSE\n      Scan a [k, x]\n      Project y\n        Scan b [k, y]',
    },
    {
      title: 'a subquery that may fail',
      sql: 'SELECT k FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND 10 / b.y > 1)',
      before:
        'Project k\n  Filter exists\n    Apply exists AS exists\n      Scan a [k, x]\n      Project 1 AS ?column?\n        Filter k = k, (10 / y) > 1\n          Scan b [k, y]',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    let { input } = filter;
    const rest: Expr[] = [];
    for (const predicate of filter.predicates) {
      const answer = answerOf(predicate);
      const join = (apply: PlanOf<'apply'>): LogicalPlan | null =>
        membershipJoin(apply, answer?.holds === true, context);
      const joined = answer === null ? null : replaceApply(input, answer.id, join);
      if (joined === null) rest.push(predicate);
      else input = joined;
    }
    return rest.length === filter.predicates.length ? filter : filtered(input, rest);
  },
});

/** Replaces the Apply that gives the answer, which may stand below others. */
function replaceApply(
  plan: LogicalPlan,
  id: ColumnId,
  replace: (apply: PlanOf<'apply'>) => LogicalPlan | null,
): LogicalPlan | null {
  if (plan.kind !== 'apply' || !('output' in plan.mode)) return null;
  if (plan.mode.output.id === id) return replace(plan);
  const input = replaceApply(plan.input, id, replace);
  return input === null ? null : { ...plan, input };
}
