import { mayFail, rewriteExprUp } from '@millrace/core';
import { mapExprs, type OptimizerRule } from '@millrace/planner';
import { foldCastLiterals } from '../fold-cast-literals.ts';
import type { NodeWithExprs } from '../shared/bind-values.ts';

/** Wrong: a cast that fails becomes NULL, and its error is lost. */
export const failedCastIsNull: OptimizerRule<NodeWithExprs> = Object.freeze({
  ...foldCastLiterals,
  name: 'fold-cast-literals (a failed cast is NULL)',
  rewrite: (node, context) =>
    mapExprs(foldCastLiterals.rewrite(node, context), (expr) =>
      rewriteExprUp(expr, (inner) =>
        inner.kind === 'cast' && inner.operand.kind === 'literal' && mayFail(inner)
          ? { kind: 'literal', value: null, type: inner.type }
          : inner,
      ),
    ),
} satisfies OptimizerRule<NodeWithExprs>);

/** Wrong: keeps the value and changes its type; 1.5::int4 stays 1.5, '1'::int4 stays text. */
export const castWithoutConversion: OptimizerRule<NodeWithExprs> = Object.freeze({
  ...foldCastLiterals,
  name: 'fold-cast-literals (without conversion)',
  rewrite: (node) =>
    mapExprs(node, (expr) =>
      rewriteExprUp(expr, (inner) =>
        inner.kind === 'cast' && inner.operand.kind === 'literal' ? { ...inner.operand, type: inner.type } : inner,
      ),
    ),
} satisfies OptimizerRule<NodeWithExprs>);
