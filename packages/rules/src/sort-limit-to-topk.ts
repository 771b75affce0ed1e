/**
 * sort-limit-to-topk: keeps only the rows that a limit wants while sorting.
 *
 *   Limit 10 offset 5      =>   Project k
 *     Project k                   Sort x desc limit 10 offset 5
 *       Sort x desc                 Scan a [k, x]
 *         Scan a [k, x]
 *
 * The sort takes the range over as it is: it keeps skip + fetch rows and gives out those behind the skipped ones. A Project in between
 * works row by row and keeps the order.
 *
 * Why not more: not through Filter, Distinct or Join, which change which rows are the first. A sort that has a range keeps it (a limit above a
 * top-k stays a limit). With an offset alone nothing is saved, so that stays too.
 */
import { defineRule, type LogicalPlan, type OptimizerRule, type RowRange } from '@millrace/planner';

export const sortLimitToTopk: OptimizerRule<'limit'> = defineRule({
  name: 'sort-limit-to-topk',
  summary: 'Turns a sort below a limit into a top-k.',
  phase: 'finish',
  on: ['limit'],
  needs: ['sort'],
  order: 'up',
  examples: [
    {
      title: 'limit and offset',
      sql: 'SELECT k, x FROM a ORDER BY x DESC LIMIT 10 OFFSET 5',
      before: 'Limit 10 offset 5\n  Sort x desc\n    Project k, x\n      Scan a [k, x]',
      after: 'Sort x desc limit 10 offset 5\n  Project k, x\n    Scan a [k, x]',
    },
    {
      title: 'an offset alone',
      sql: 'SELECT k, x FROM a ORDER BY x OFFSET 5',
      before: 'Limit offset 5\n  Sort x\n    Project k, x\n      Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(limit, context) {
    if (limit.range.fetch === null) {
      context.note('an offset alone keeps nearly all rows');
      return limit;
    }
    return withRange(limit.input, limit.range) ?? limit;
  },
});

function withRange(plan: LogicalPlan, range: RowRange): LogicalPlan | null {
  if (plan.kind === 'sort') return plan.range === null ? { ...plan, range } : null;
  if (plan.kind !== 'project') return null;
  const input = withRange(plan.input, range);
  return input === null ? null : { ...plan, input };
}
