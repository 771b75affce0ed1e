/**
 * push-limit-into-scan: stops reading when there are rows enough.
 *
 *   Limit 10 offset 5      =>   Project k
 *     Project k                   Scan a [k] limit 10 offset 5
 *       Scan a [k]
 *
 * The scan takes the range over as it is, skip and fetch, so they are evaluated once and need no sum that could overflow. A Project in
 * between works row by row; it only sees fewer rows.
 *
 * Why not more: through anything that drops, adds or orders rows (Filter, Join, Sort, Distinct) the first rows are others. A scan that has a
 * range keeps it. A range that reads a column of an enclosing Apply stays: a scan knows no outer row.
 * A volatile Project would draw its values for fewer rows, which nobody can tell; which rows a limit without order keeps is free.
 */
import { columnsRead } from '@millrace/core';
import { defineRule, type LogicalPlan, type OptimizerRule, type RowRange } from '@millrace/planner';

export const pushLimitIntoScan: OptimizerRule<'limit'> = defineRule({
  name: 'push-limit-into-scan',
  summary: 'Gives a limit without order to the scan, which stops reading early.',
  phase: 'pushdown',
  on: ['limit'],
  needs: ['scan'],
  order: 'up',
  contract: { rows: 'any-valid-limit' },
  examples: [
    {
      title: 'through a projection',
      sql: 'SELECT k FROM a LIMIT 10 OFFSET 5',
      before: 'Limit 10 offset 5\n  Project k\n    Scan a [k, x]',
      after: 'Project k\n  Scan a [k, x] limit 10 offset 5',
    },
    {
      title: 'not through an order',
      sql: 'SELECT k FROM a ORDER BY k LIMIT 10',
      before: 'Limit 10\n  Sort k\n    Project k\n      Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(limit, context) {
    for (const expr of [limit.range.skip, limit.range.fetch]) {
      if (expr !== null && columnsRead(expr).size > 0) return limit;
    }
    const input = withRange(limit.input, limit.range);
    if (input === null) context.note(`no scan right below, but ${limit.input.kind}`);
    return input ?? limit;
  },
});

function withRange(plan: LogicalPlan, range: RowRange): LogicalPlan | null {
  if (plan.kind === 'scan') return plan.range === null ? { ...plan, range } : null;
  if (plan.kind !== 'project') return null;
  const input = withRange(plan.input, range);
  return input === null ? null : { ...plan, input };
}
