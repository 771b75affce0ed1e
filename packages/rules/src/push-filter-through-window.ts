/**
 * push-filter-through-window: computes windows only for the partitions that are wanted.
 *
 *   Filter k = 1, r < 3                              Filter r < 3
 *     Project k, rank AS r                             Project k, rank AS r
 *       Window partition by k order by x: rank()  =>     Window partition by k order by x: rank()
 *         Scan a [k, x]                                    Filter k = 1
 *                                                            Scan a [k, x]
 *
 * The rows of a partition pass or fail a predicate on its columns together, and a window gives one row for each row: below, the predicate is
 * evaluated for the same rows. A Project in between is passed in the same step, as SQL always puts one there.
 *
 * Why not more: a predicate on another column, also one of the order, takes rows out of partitions, whose other rows would count and rank
 * differently. Partition columns of types whose equal values differ (0 and -0) may only be compared, see push-filter-through-distinct. What is
 * volatile or reads an outer row stays; what may fail does not pass a predicate that stays.
 */
import type { Expr } from '@millrace/core';
import {
  columnsOf,
  defineRule,
  filtered,
  type LogicalPlan,
  type OptimizerRule,
  type PlanOf,
  readsOnly,
} from '@millrace/planner';
import { answersAlike } from './shared/equal-rows.ts';
import { canInline, inlined } from './shared/inline-assignments.ts';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterThroughWindow: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-through-window',
  summary: 'Filters by partition columns before computing window functions.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['window'],
  order: 'up',
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'the first rows of one partition',
      sql: 'SELECT * FROM (SELECT k, rank() OVER (PARTITION BY k ORDER BY x) AS r FROM a) s WHERE k = 1 AND r < 3',
      before:
        'Project k, r\n  Filter k = 1, r < 3::bigint\n    Project k, rank AS r\n      Window partition by k order by x: rank() AS rank\n        Scan a [k, x]',
      after:
        'Project k, r\n  Filter r < 3::bigint\n    Project k, rank AS r\n      Window partition by k order by x: rank() AS rank\n        Filter k = 1\n          Scan a [k, x]',
    },
    {
      title: 'a predicate on the order',
      sql: 'SELECT * FROM (SELECT x, rank() OVER (PARTITION BY k ORDER BY x) AS r FROM a) s WHERE x > 1',
      before:
        'Project x, r\n  Filter x > 1\n    Project x, rank AS r\n      Window partition by k order by x: rank() AS rank\n        Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const pushed = push(filter);
    if (pushed === null) context.note('no predicate on partition columns only');
    return pushed ?? filter;
  },
});

/** Through as many windows as there are; null if nothing moves. */
function push(filter: PlanOf<'filter'>): LogicalPlan | null {
  const { predicates, input } = filterStack(filter);
  const project = input.kind === 'project' ? input : null;
  const window = project === null ? input : project.input;
  if (window.kind !== 'window') return null;
  const partition = columnsOf(window.input).filter((column) => window.partitionBy.includes(column.id));
  const { moved, rest } = splitPredicates(predicates, (predicate) => {
    const below = project === null ? predicate : belowProject(predicate, project);
    return below !== null && readsOnly(below, partition) && answersAlike(below);
  });
  if (moved.length === 0) return null;
  const below = project === null ? moved : moved.map((predicate) => inlined(predicate, project));
  const lower = filtered(window.input, below);
  const fewer = { ...window, input: (lower.kind === 'filter' ? push(lower) : null) ?? lower };
  return filtered(project === null ? fewer : { ...project, input: fewer }, rest);
}

function belowProject(predicate: Expr, project: PlanOf<'project'>): Expr | null {
  if (!readsOnly(predicate, columnsOf(project)) || !canInline([predicate], project)) return null;
  return inlined(predicate, project);
}
