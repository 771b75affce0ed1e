import { rewriteExprUp } from '@millrace/core';
import { mapExprs, type OptimizerRule } from '@millrace/planner';
import type { NodeWithExprs } from '../shared/bind-values.ts';
import { substituteParams } from '../substitute-params.ts';

/** Wrong: counts parameters from 0, so that $1 gets the value of $2 where there is one. */
export const substituteOffByOne: OptimizerRule<NodeWithExprs> = Object.freeze({
  ...substituteParams,
  name: 'substitute-params (off by one)',
  rewrite(node, context) {
    const count = context.binding?.parameters.length ?? 0;
    const shifted = mapExprs(node, (expr) =>
      rewriteExprUp(expr, (inner) =>
        inner.kind === 'parameter' && inner.index < count ? { ...inner, index: inner.index + 1 } : inner,
      ),
    );
    return shifted.kind === node.kind ? substituteParams.rewrite(shifted as typeof node, context) : node;
  },
} satisfies OptimizerRule<NodeWithExprs>);

/** Wrong: a NULL of type bool becomes FALSE. */
export const substituteFalseForNull: OptimizerRule<NodeWithExprs> = Object.freeze({
  ...substituteParams,
  name: 'substitute-params (false for NULL)',
  rewrite: (node, context) =>
    mapExprs(substituteParams.rewrite(node, context), (expr) =>
      rewriteExprUp(expr, (inner) =>
        inner.kind === 'literal' && inner.value === null && inner.type.kind === 'bool'
          ? { ...inner, value: false }
          : inner,
      ),
    ),
} satisfies OptimizerRule<NodeWithExprs>);
