import { type Expr, rewriteExprUp } from '@millrace/core';
import { mapExprs, type OptimizerRule } from '@millrace/planner';
import { decorrelateScalar } from '../decorrelate-scalar.ts';

function mutant(name: string, rewrite: OptimizerRule<'apply'>['rewrite']): OptimizerRule<'apply'> {
  return Object.freeze({ ...decorrelateScalar, name: `decorrelate-scalar (${name})`, rewrite });
}

/** Wrong: a count over no rows is NULL, like the other aggregates. */
export const countIsNull: OptimizerRule<'apply'> = mutant('the count bug', (apply, context) => {
  const result = decorrelateScalar.rewrite(apply, context);
  if (result === apply) return apply;
  return mapExprs(result, (expr) =>
    rewriteExprUp(expr, (node) =>
      node.kind === 'coalesce' && node.args.length === 2 && isZero(node.args[1]) ? (node.args[0] as Expr) : node,
    ),
  );
});

function isZero(expr: Expr | undefined): boolean {
  return expr?.kind === 'literal' && expr.value === 0n;
}

/** Wrong: rows without a group are dropped. */
export const innerJoin: OptimizerRule<'apply'> = mutant('an inner join', (apply, context) => {
  const result = decorrelateScalar.rewrite(apply, context);
  if (result.kind !== 'project' || result.input.kind !== 'join') return result;
  return { ...result, input: { ...result.input, type: 'inner' } };
});

/** Wrong: a row whose key is NULL meets the group of NULL. */
export const nullsMeet: OptimizerRule<'apply'> = mutant('NULL keys are equal', (apply, context) => {
  const result = decorrelateScalar.rewrite(apply, context);
  if (result.kind !== 'project' || result.input.kind !== 'join') return result;
  const input = mapExprs(result.input, (expr) =>
    expr.kind === 'compare' && expr.op === '=' ? { ...expr, op: 'is-not-distinct' } : expr,
  );
  return { ...result, input };
});
