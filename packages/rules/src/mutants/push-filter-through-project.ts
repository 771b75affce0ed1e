import { type Expr, isVolatile, sameType, someExpr, typeOf } from '@millrace/core';
import { columnsOf, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { pushFilterThroughProject } from '../push-filter-through-project.ts';
import { canInline, inlined } from '../shared/inline-assignments.ts';
import { filterStack } from '../shared/move-predicates.ts';

/** Wrong: predicates that cannot move yet are forgotten. */
export const filterWithoutRest: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughProject,
  name: 'push-filter-through-project (without the rest)',
  rewrite(filter, context) {
    const result = pushFilterThroughProject.rewrite(filter, context);
    return result.kind === 'filter' && result.input.kind === 'project' && result !== filter ? result.input : result;
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: what may fail moves past a predicate that stays, and that guards it. */
export const filterPastGuard: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughProject,
  name: 'push-filter-through-project (past its guard)',
  rewrite(filter) {
    const { predicates, input: project } = filterStack(filter);
    if (project.kind !== 'project') return filter;
    const isMoved = (predicate: Expr): boolean =>
      readsOnly(predicate, columnsOf(project)) && !isVolatile(predicate) && canInline([predicate], project);
    const moved = predicates.filter(isMoved).map((predicate) => inlined(predicate, project));
    if (moved.length === 0) return filter;
    const rest = predicates.filter((predicate) => !isMoved(predicate));
    return filtered({ ...project, input: filtered(project.input, moved) }, rest);
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: a computed column is taken for the column that it is computed from. */
export const filterBeforeComputing: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughProject,
  name: 'push-filter-through-project (before computing)',
  rewrite(filter, context) {
    const { predicates, input: project } = filterStack(filter);
    if (project.kind !== 'project') return filter;
    const assignments = project.assignments.map((one) => ({ ...one, expr: sourceOf(one.expr) }));
    const taken = { ...project, assignments };
    const result = pushFilterThroughProject.rewrite({ kind: 'filter', input: taken, predicates }, context);
    if (result.kind === 'project') return { ...result, assignments: project.assignments };
    if (result.kind !== 'filter' || result.input === taken || result.input.kind !== 'project') return filter;
    return { ...result, input: { ...result.input, assignments: project.assignments } };
  },
} satisfies OptimizerRule<'filter'>);

/** The first column of its type that an expression reads, or the expression. */
function sourceOf(expr: Expr): Expr {
  const sources: Expr[] = [];
  someExpr(expr, (node) => {
    if (node.kind === 'column' && sameType(node.type, typeOf(expr))) sources.push(node);
    return false;
  });
  return sources[0] ?? expr;
}
