import { type Expr, isVolatile, operandsOf, sameExpr } from '@millrace/core';
import { exprsOf, type OptimizerRule } from '@millrace/planner';
import { eliminateCommonSubexpressions } from '../eliminate-common-subexpressions.ts';
import { commonSubexpressions } from '../shared/common-subexpressions.ts';
import { type ComputingNode, overCommon } from '../shared/over-common.ts';

type Rule = typeof eliminateCommonSubexpressions;

/** The rule with another idea of what may come out. */
function mutant(name: string, commonIn: (node: ComputingNode) => readonly Expr[]): Rule {
  return Object.freeze({
    ...eliminateCommonSubexpressions,
    name: `eliminate-common-subexpressions (${name})`,
    rewrite(node, context) {
      const common = node.input.kind === 'values' ? [] : commonIn(node);
      return common.length === 0 ? node : overCommon(node, common, context);
    },
  } satisfies OptimizerRule<'project' | 'aggregate' | 'filter'>);
}

const unguarded = (expr: Expr): { readonly expr: Expr; readonly isGuarded: boolean } => ({ expr, isGuarded: false });

/** Wrong: what CASE, AND, OR or COALESCE guards comes out too, and fails for rows that never got there. */
export const pullsOutOfGuards: Rule = mutant('out of guards', (node) => {
  const parts = (expr: Expr): readonly Expr[] =>
    ['case', 'and', 'or', 'coalesce'].includes(expr.kind) ? operandsOf(expr).flatMap(parts) : [expr];
  return commonSubexpressions(exprsOf(node).flatMap(parts).map(unguarded));
});

/** Wrong: the predicates of a list are taken for an unordered set, an aggregate's FILTER for something that comes afterwards. */
export const forgetsOrderOfLists: Rule = mutant('the order of lists', (node) =>
  commonSubexpressions(exprsOf(node).map(unguarded)),
);

/** Wrong: two calls of random() that look alike become one. */
export const mergesVolatile: Rule = mutant('volatile as well', (node) => {
  const exprs = exprsOf(node).flatMap((expr) => [expr, ...operandsOf(expr)]);
  return exprs
    .filter((expr, i) => isVolatile(expr) && exprs.findIndex((other) => sameExpr(other, expr)) < i)
    .slice(0, 1);
});
