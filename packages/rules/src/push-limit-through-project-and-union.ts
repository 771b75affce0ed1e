/**
 * push-limit-through-project-and-union: computes and reads no more rows than the limit lets through.
 *
 *   Limit 10 offset 5      =>   Project lower(t) AS u
 *     Project lower(t) AS u       Limit 10 offset 5
 *       Scan c                      Scan c
 *
 *   Limit 10 offset 5      =>   Limit 10 offset 5
 *     Union all                   Union all
 *       Scan a                      Limit 15
 *       Scan b                        Scan a
 *                                   Limit 15
 *                                     Scan b
 *
 * A projection works row by row: it only sees fewer rows, and fails for fewer. Of each input of a UNION ALL the limit can see the first
 * fetch + offset rows at most; the limit itself stays above. The sum is guarded: it neither overflows nor fails for a negative number, which stays
 * the outer limit's error; a NULL is no limit below either.
 *
 * Why not more: an input that is limited by itself (by a LIMIT, a top-k, a range in its scan), or gives one row only, is left alone: the limit would
 * come again and again. An OFFSET alone limits nothing. A range that reads an outer row or is volatile is evaluated once, above.
 * A volatile projection draws its values for fewer rows, which nobody can tell.
 */
import { defineRule, type LogicalPlan, type OptimizerRule, type PlanOf } from '@millrace/planner';
import { isLimited, rowsSeenBy } from './shared/row-range.ts';

export const pushLimitThroughProjectAndUnion: OptimizerRule<'limit'> = defineRule({
  name: 'push-limit-through-project-and-union',
  summary: 'Limits the rows before computing columns, and in each input of a UNION ALL.',
  phase: 'pushdown',
  on: ['limit'],
  needs: ['project', 'union'],
  order: 'down',
  before: ['push-limit-into-scan'],
  contract: { rows: 'any-valid-limit', errors: 'may-remove' },
  examples: [
    {
      title: 'before computing',
      sql: 'SELECT lower(t) AS u FROM c LIMIT 10 OFFSET 5',
      before: 'Limit 10 offset 5\n  Project lower(t) AS u\n    Scan c [k, t]',
      after: 'Project lower(t) AS u\n  Limit 10 offset 5\n    Scan c [k, t]',
    },
    {
      title: 'in each input',
      sql: 'SELECT k FROM a UNION ALL SELECT k FROM b LIMIT 10 OFFSET 5',
      before:
        'Limit 10 offset 5\n  Project k\n    Union all [k]\n      Project k\n        Scan a [k, x]\n      Project k\n        Scan b [k, y]',
      after:
        'Project k\n  Limit 10 offset 5\n    Union all [k]\n      Project k\n        Limit 15\n          Scan a [k, x]\n      Project k\n        Limit 15\n          Scan b [k, y]',
    },
    {
      title: 'numbers that only the execution knows',
      sql: 'SELECT k FROM a UNION ALL SELECT k FROM b LIMIT $1 OFFSET $2',
      before:
        'Limit $1 offset $2\n  Project k\n    Union all [k]\n      Project k\n        Scan a [k, x]\n      Project k\n        Scan b [k, y]',
      after:
        "Project k\n  Limit $1 offset $2\n    Union all [k]\n      Project k\n        Limit CASE WHEN ($2 >= '0'::bigint) AND ($1 <= ('9223372036854775807'::bigint - $2)) THEN $1 + $2 ELSE NULL END\n          Scan a [k, x]\n      Project k\n        Limit CASE WHEN ($2 >= '0'::bigint) AND ($1 <= ('9223372036854775807'::bigint - $2)) THEN $1 + $2 ELSE NULL END\n          Scan b [k, y]",
    },
    {
      title: 'the first rows of all in an order are not the first of one input',
      sql: 'SELECT k FROM a UNION ALL SELECT k FROM b ORDER BY k LIMIT 10',
      before:
        'Limit 10\n  Sort k\n    Project k\n      Union all [k]\n        Project k\n          Scan a [k, x]\n        Project k\n          Scan b [k, y]',
      after: 'unchanged',
    },
  ],
  rewrite(limit, context) {
    const lifted = liftProject(limit);
    if (lifted !== null) return lifted;
    const union = limit.input;
    if (union.kind !== 'union' || union.inputs.every(isLimited)) return limit;
    const fetch = rowsSeenBy(limit.range, context.functions);
    if (fetch === null) {
      context.note('no number of rows that is sure to be enough');
      return limit;
    }
    const limited = (input: LogicalPlan): LogicalPlan =>
      isLimited(input) ? input : { kind: 'limit', input, range: { skip: null, fetch } };
    return { ...limit, input: { ...union, inputs: union.inputs.map(limited) } };
  },
});

/** The projection below a limit, or below several, above them. */
function liftProject(limit: PlanOf<'limit'>): PlanOf<'project'> | null {
  const { input } = limit;
  const project = input.kind === 'limit' ? liftProject(input) : input;
  return project?.kind === 'project' ? { ...project, input: { ...limit, input: project.input } } : null;
}
