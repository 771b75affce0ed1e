import { type Expr, type ExprOf, rewriteExprUp, sameExpr, typeOf } from '@millrace/core';
import { mapExprs } from '@millrace/planner';
import { foldConstants } from '../fold-constants.ts';
import { constantOf } from '../shared/constant-value.ts';

type FoldConstants = typeof foldConstants;

/** The rule after a wrong step. */
function mutant(name: string, change: (expr: Expr) => Expr): FoldConstants {
  return Object.freeze({
    ...foldConstants,
    name: `fold-constants (${name})`,
    rewrite: (node, context) => {
      const changed = mapExprs(node, (expr) => rewriteExprUp(expr, change));
      return foldConstants.rewrite(changed as typeof node, context);
    },
  } satisfies FoldConstants);
}

/** Wrong: a cast that fails becomes NULL, and the error is gone although the row reaches it. */
export const failingCastIsNull: FoldConstants = mutant('a cast that fails is NULL', (expr) =>
  expr.kind === 'cast' && expr.operand.kind === 'literal' && constantOf(expr) === null
    ? { kind: 'literal', value: null, type: expr.type }
    : expr,
);

/** Wrong: now() is the time when the plan was made. */
export const nowIsConstant: FoldConstants = mutant('now() is a constant', (expr) =>
  expr.kind === 'call' && expr.fn.id === 'now()'
    ? { kind: 'literal', value: 1_000_000_000_000n, type: expr.type }
    : expr,
);

/** Wrong: COALESCE ends at its first argument that is not a literal, which may be NULL. */
export const coalesceEndsEarly: FoldConstants = mutant('COALESCE ends early', (expr) =>
  expr.kind === 'coalesce' && expr.args[0] !== undefined ? expr.args[0] : expr,
);

/** Wrong: the value is right and its type is not: a bigint constant of a number's size becomes an integer. */
export const smallestType: FoldConstants = mutant('typed by its size', (expr) => {
  if (expr.kind !== 'literal' || typeof expr.value !== 'bigint') return expr;
  const narrow: ExprOf<'literal'> = { kind: 'literal', value: Number(expr.value), type: { kind: 'int4' } };
  return typeOf(expr).kind === 'int8' && !sameExpr(narrow, expr) ? narrow : expr;
});
