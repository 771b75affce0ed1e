/**
 * merge-projects: computes in one step what two projections compute in two.
 *
 *   Project z + 1 AS y           Project (x * 2) + 1 AS y
 *     Project x * 2 AS z    =>     Scan a
 *       Scan a
 *
 * A projection that hands on all columns of its input as they are, in their order and under their ids and names, is dropped.
 *
 * Why not more: what the lower one computes may be read once only, unless it is a column, a literal or a parameter: twice read is twice computed,
 * and a tower of `x + x` would double with every storey. A volatile one is merged only if it is the only one and handed on as it is. What nobody
 * above reads is no longer computed, and an expression in a branch only where the branch is taken: errors may vanish.
 */
import { type ColumnId, isVolatile } from '@millrace/core';
import { columnsOf, defineRule, type LogicalPlan, type OptimizerRule, type PlanOf } from '@millrace/planner';
import { canInline, countReads, inlined } from './shared/inline-assignments.ts';

export const mergeProjects: OptimizerRule<'project'> = defineRule({
  name: 'merge-projects',
  summary: 'Makes one projection of two, and none of one that changes nothing.',
  phase: 'pushdown',
  on: ['project'],
  order: 'up',
  after: ['push-filter-through-project'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a subquery that computes',
      sql: 'SELECT z + 1 AS y, k FROM (SELECT k, x * 2 AS z FROM a) s',
      before: 'Project z + 1 AS y, k\n  Project k, x * 2 AS z\n    Scan a [k, x]',
      after: 'Project (x * 2) + 1 AS y, k\n  Scan a [k, x]',
    },
    {
      title: 'a subquery that hands columns on',
      sql: 'SELECT * FROM (SELECT k, x FROM (SELECT * FROM a) r) s',
      before: 'Project k, x\n  Project k, x\n    Project k, x\n      Scan a [k, x]',
      after: 'Project k, x\n  Scan a [k, x]',
    },
    {
      title: 'what is read twice stays computed once',
      sql: 'SELECT z * z AS y FROM (SELECT x * 2 AS z FROM a) s',
      before: 'Project z * z AS y\n  Project x * 2 AS z\n    Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(node, context) {
    let project: LogicalPlan = node;
    while (project.kind === 'project') {
      const merged: LogicalPlan | null = isIdentity(project) ? project.input : mergedWithInput(project);
      if (merged === null) {
        if (project.input.kind === 'project')
          context.note('the lower projection computes what is volatile or read twice');
        return project;
      }
      project = merged;
    }
    return project;
  },
});

function isIdentity(project: PlanOf<'project'>): boolean {
  const below = columnsOf(project.input);
  if (below.length !== project.assignments.length) return false;
  return project.assignments.every(({ column, expr }, i) => {
    const source = below[i];
    if (source === undefined || expr.kind !== 'column' || expr.id !== source.id || column.id !== source.id)
      return false;
    return column.name === source.name && (column.nullable || !source.nullable);
  });
}

function mergedWithInput(project: PlanOf<'project'>): PlanOf<'project'> | null {
  const lower = project.input;
  if (lower.kind !== 'project') return null;
  const exprs = project.assignments.map(({ expr }) => expr);
  const reads = countReads(exprs);
  const isHandedOn = (id: ColumnId): boolean =>
    reads.get(id) === 1 && exprs.some((expr) => expr.kind === 'column' && expr.id === id);
  const volatile = lower.assignments.filter(({ expr }) => isVolatile(expr));
  // One that is not called any more, or two that change places, would give the others other values.
  if (volatile.length > 0 && exprs.some(isVolatile)) return null;
  if (volatile.length > 1 || volatile.some(({ column }) => !isHandedOn(column.id))) return null;
  const read = lower.assignments.filter((assignment) => !volatile.includes(assignment));
  if (!canInline(exprs, { ...lower, assignments: read })) return null;
  const assignments = project.assignments.map((assignment) => ({
    ...assignment,
    expr: inlined(assignment.expr, lower),
  }));
  return { ...project, input: lower.input, assignments };
}
