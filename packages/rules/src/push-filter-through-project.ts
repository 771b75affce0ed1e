/**
 * push-filter-through-project: filters before computing, and brings predicates nearer to the tables.
 *
 *   Filter u = 'x', n > 1                         Project lower(t) AS u, k AS n
 *     Project lower(t) AS u, k AS n       =>        Filter lower(t) = 'x', k > 1
 *       Scan c [k, t]                                 Scan c [k, t]
 *
 * A predicate may fail below exactly where the Project would have failed, so no error is new; rows that are dropped are no longer computed.
 * What a predicate reads is computed twice for the rows that stay: the price of reaching a scan, which may skip whole files for it.
 *
 * Why not more: a predicate stays if it
 * - is volatile, or reads a volatile assignment: each evaluation gives another value;
 * - reads a computed column more than once: predicates would double with every Project they pass;
 * - reads a column of an enclosing Apply: on top is where decorrelation looks for it;
 * - may fail and stands behind one that stays, which may guard it.
 */
import type { Expr } from '@millrace/core';
import { columnsOf, defineRule, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { canInline, inlined } from './shared/inline-assignments.ts';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterThroughProject: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-through-project',
  summary: 'Filters before computing the columns of a projection.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['project'],
  order: 'down',
  before: ['push-filter-into-join', 'push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a computed column',
      sql: "SELECT u FROM (SELECT k, lower(t) AS u FROM c) s WHERE u = 'x' AND k > 1",
      before: "Project u\n  Filter u = 'x'::text, k > 1\n    Project k, lower(t) AS u\n      Scan c [k, t]",
      after: "Project u\n  Project k, lower(t) AS u\n    Filter lower(t) = 'x'::text, k > 1\n      Scan c [k, t]",
    },
    {
      title: 'a computed column that is read twice',
      sql: 'SELECT z FROM (SELECT x + k AS z FROM a) s WHERE z > 1 AND z * z < 100',
      before: 'Project z\n  Filter z > 1, (z * z) < 100\n    Project x + k AS z\n      Scan a [k, x]',
      after:
        'Project z\n  Filter (z * z) < 100\n    Project x + k AS z\n      Filter (x + k) > 1\n        Scan a [k, x]',
    },
    {
      title: 'a volatile column',
      sql: 'SELECT r FROM (SELECT random() AS r FROM a) s WHERE r < 0.5',
      before:
        "Project r\n  Filter r < '0.5'::numeric::double precision\n    Project random() AS r\n      Scan a [k, x]",
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const { predicates, input: project } = filterStack(filter);
    if (project.kind !== 'project') return filter;
    const produced = columnsOf(project);
    const canMove = (predicate: Expr): boolean => readsOnly(predicate, produced) && canInline([predicate], project);
    const { moved, rest } = splitPredicates(predicates, canMove);
    if (moved.length === 0) {
      context.note('the predicates are volatile, read an outer row, or read a computed column twice');
      return filter;
    }
    const below = moved.map((predicate) => inlined(predicate, project));
    return filtered({ ...project, input: filtered(project.input, below) }, rest);
  },
});
