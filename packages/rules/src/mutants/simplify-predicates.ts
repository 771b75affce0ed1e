import { type Expr, rewriteExprUp, sameExpr } from '@millrace/core';
import { mapExprs, type OptimizerRule, type PlanKind } from '@millrace/planner';
import { isTruth, truth } from '../shared/simplify-boolean.ts';
import { simplifyPredicates } from '../simplify-predicates.ts';

type Simplified = 'filter' | 'join' | 'project' | 'aggregate' | 'apply';

function mutant(what: string, wrong: (expr: Expr) => Expr): OptimizerRule<Simplified> {
  return Object.freeze({
    ...simplifyPredicates,
    name: `simplify-predicates (${what})`,
    rewrite: (node: Extract<Parameters<typeof mapExprs>[0], { kind: PlanKind }>) =>
      mapExprs(node, (expr) => rewriteExprUp(expr, wrong)),
  });
}

/** Wrong: `p AND NULL` is FALSE where p is, else NULL; in WHERE nobody can tell, in SELECT everybody can. */
export const nullIsFalse: OptimizerRule<Simplified> = mutant('p AND NULL is FALSE', (expr) =>
  expr.kind === 'and' && expr.operands.some((operand) => isTruth(operand, null)) ? truth(false) : expr,
);

/** Wrong: `p OR NOT p` is NULL where p is NULL. */
export const excludedMiddle: OptimizerRule<Simplified> = mutant('p OR NOT p is TRUE', (expr) => {
  if (expr.kind !== 'or') return expr;
  const { operands } = expr;
  const isDecided = operands.some(
    (operand) => operand.kind === 'not' && operands.some((other) => sameExpr(other, operand.operand)),
  );
  return isDecided ? truth(true) : expr;
});

/** Wrong: `x = x` is NULL where x is NULL. */
export const sameIsEqual: OptimizerRule<Simplified> = mutant('x = x is TRUE', (expr) =>
  expr.kind === 'compare' && expr.op === '=' && sameExpr(expr.left, expr.right) ? truth(true) : expr,
);

/** Wrong: the operand that guards the other one is evaluated second, and the other one fails. */
export const swappedOperands: OptimizerRule<Simplified> = mutant('operands of AND swapped', (expr) => {
  if (expr.kind !== 'and') return expr;
  const [first, second] = expr.operands;
  if (first === undefined || second === undefined || second.kind !== 'compare' || second.left.kind !== 'call')
    return expr;
  return first.kind === 'compare' && first.left.kind === 'call'
    ? expr
    : { ...expr, operands: [...expr.operands].reverse() };
});
