/**
 * prune-partitions: tells the table which partitions a filter can need at all.
 *
 *   Filter half = 1 AND 10 / n > 1 OR half = 2        =>   Filter half = 1 AND 10 / n > 1 OR half = 2
 *     Scan e [n, half]                                       Scan e [n, half] filter half = 1 OR half = 2
 *
 * The filter stays as it is; the scan learns a weaker one that reads only partition columns, and opens no file of another partition. From an AND
 * any part may be left out; an OR says something only if each of its parts does. A join's filter, and what its `on` asks of a side, reaches the
 * tables on both sides, as a filter of one side alone would.
 *
 * Rules only derive predicates. Which files there are is known at execution, and asked by the scan itself.
 *
 * Why not more: what may move into the scan as a whole is left to push-filter-into-scan. What may fail stays out, because the scan evaluates it for
 * all rows. Not below a limit, an aggregate or a window, where fewer rows below are other rows above.
 */
import { columnsRead, type Expr, isVolatile, mayFail } from '@millrace/core';
import { defineRule, type LogicalPlan, type OptimizerRule, type PlanOf } from '@millrace/planner';
import { askBelow } from './shared/ask-below.ts';
import { isListed } from './shared/mirrored.ts';
import { weaken } from './shared/weaken.ts';

export const prunePartitions: OptimizerRule<'filter' | 'join'> = defineRule({
  name: 'prune-partitions',
  summary: 'Derives from any filter one that reads only partition columns, for the scan.',
  phase: 'pushdown',
  on: ['filter', 'join'],
  order: 'down',
  after: ['infer-predicates'],
  before: ['push-filter-into-join', 'push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'each part of an OR names a partition',
      sql: 'SELECT ts FROM e WHERE (half = 1 AND 10 / n > 1) OR half = 2',
      before: 'Project ts\n  Filter ((half = 1) AND ((10 / n) > 1)) OR (half = 2)\n    Scan e [ts, n, day, half]',
      after:
        'Project ts\n  Filter ((half = 1) AND ((10 / n) > 1)) OR (half = 2)\n    Scan e [ts, n, day, half] filter (half = 1) OR (half = 2)',
    },
    {
      title: 'both tables of a join',
      sql: 'SELECT p.n FROM e p, e q WHERE (p.half = 1 AND q.half = 2) OR (p.half = 3 AND q.half = 4 AND p.n < q.n)',
      before:
        'Project n\n  Filter ((half = 1) AND (half = 2)) OR ((half = 3) AND (half = 4) AND (n < n))\n    Join inner\n      Scan e [ts, n, day, half]\n      Scan e [ts, n, day, half]',
      after:
        'Project n\n  Filter ((half = 1) AND (half = 2)) OR ((half = 3) AND (half = 4) AND (n < n))\n    Join inner\n      Scan e [ts, n, day, half] filter (half = 1) OR (half = 3)\n      Scan e [ts, n, day, half] filter (half = 2) OR (half = 4)',
    },
    {
      title: 'a part that says nothing of partitions',
      sql: 'SELECT ts FROM e WHERE half = 1 OR n = 7',
      before: 'Project ts\n  Filter (half = 1) OR (n = 7)\n    Scan e [ts, n, day, half]',
      after: 'unchanged',
    },
  ],
  rewrite(node, context) {
    const predicates = node.kind === 'join' ? node.on : node.predicates;
    const pruned = askBelow(node, predicates, askScan);
    if (pruned === node) context.note('no predicate says more of partitions than the scan is told anyway');
    return pruned;
  },
});

/** The scan with what predicates over it say of its partition columns, unless they can move into it as they are. */
function askScan(scan: PlanOf<'scan'>, predicates: readonly Expr[]): LogicalPlan {
  const partition = new Set(
    [...scan.columns, ...scan.filterColumns].filter((column) => column.isPartition === true).map(({ id }) => id),
  );
  if (partition.size === 0 || scan.range !== null) return scan;
  const isOfPartitions = (part: Expr): boolean => {
    const read = columnsRead(part);
    return read.size > 0 && [...read].every((id) => partition.has(id)) && !mayFail(part) && !isVolatile(part);
  };
  const filters = [...scan.filters];
  for (const predicate of predicates) {
    const weaker = weaken(predicate, (part) => (isOfPartitions(part) ? part : null));
    if (weaker !== null && weaker !== predicate && !isListed(weaker, filters)) filters.push(weaker);
  }
  return filters.length === scan.filters.length ? scan : { ...scan, filters };
}
