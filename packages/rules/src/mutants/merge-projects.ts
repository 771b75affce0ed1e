import type { Expr } from '@millrace/core';
import { columnsOf, type OptimizerRule } from '@millrace/planner';
import { mergeProjects } from '../merge-projects.ts';
import { inlined } from '../shared/inline-assignments.ts';

/** Wrong: what is volatile is drawn again for each column that reads it. */
export const readTwice: OptimizerRule<'project'> = Object.freeze({
  ...mergeProjects,
  name: 'merge-projects (whatever is read how often)',
  rewrite(node) {
    let project = node;
    while (project.input.kind === 'project') {
      const lower = project.input;
      const assignments = project.assignments.map((one) => ({ ...one, expr: inlined(one.expr, lower) }));
      project = { ...project, input: lower.input, assignments };
    }
    return project;
  },
} satisfies OptimizerRule<'project'>);

/** Wrong: a projection as wide as its input need not hand on the same columns. */
export const identityByWidth: OptimizerRule<'project'> = Object.freeze({
  ...mergeProjects,
  name: 'merge-projects (the same width is the same columns)',
  rewrite(node, context) {
    const result = mergeProjects.rewrite(node, context);
    if (result.kind !== 'project') return result;
    const below = columnsOf(result.input);
    const assignments = result.assignments.map((one, i) => {
      const source = below[i];
      const isCopy = one.expr.kind === 'column' && source?.type.kind === one.column.type.kind;
      const expr: Expr | undefined = isCopy ? { kind: 'column', id: source.id, type: one.column.type } : undefined;
      return expr === undefined || printsAlike(expr, one.expr) ? one : { ...one, expr };
    });
    return assignments.every((one, i) => one === result.assignments[i]) ? result : { ...result, assignments };
  },
} satisfies OptimizerRule<'project'>);

function printsAlike(a: Expr, b: Expr): boolean {
  return a.kind === 'column' && b.kind === 'column' && a.id === b.id;
}
