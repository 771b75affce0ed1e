import { type Expr, rewriteExprUp } from '@millrace/core';
import { mapExprs, type OptimizerRule, type PlanOf } from '@millrace/planner';
import { inferPredicates } from '../infer-predicates.ts';

type InferPredicates = typeof inferPredicates;

function mutant(name: string, rewrite: InferPredicates['rewrite']): InferPredicates {
  return Object.freeze({ ...inferPredicates, name: `infer-predicates (${name})`, rewrite } satisfies OptimizerRule<
    'scan' | 'filter' | 'join'
  >);
}

/** What the rule added, changed. */
function changed(change: (predicate: Expr) => Expr): InferPredicates['rewrite'] {
  return (node, context) => {
    const result = inferPredicates.rewrite(node, context);
    if (result === node) return node;
    const old = new Set<Expr>(node.kind === 'join' ? node.on : node.kind === 'filter' ? node.predicates : node.filters);
    return mapExprs(result, (expr) => (old.has(expr) ? expr : change(expr)));
  };
}

/** Wrong, off by one: rows of the day that a range ends in are lost. */
export const strictDays: InferPredicates = mutant(
  'strict',
  changed((predicate) =>
    rewriteExprUp(predicate, (part) => {
      if (part.kind !== 'compare') return part;
      return part.op === '<=' ? { ...part, op: '<' } : part.op === '>=' ? { ...part, op: '>' } : part;
    }),
  ),
);

/** Wrong: above an outer join its keys are taken for equal, and rows without a partner are dropped. */
export const keysOfOuterJoins: InferPredicates = mutant('keys of outer joins', (node, context) => {
  const input = node.kind === 'filter' ? node.input : null;
  if (node.kind !== 'filter' || input?.kind !== 'join' || !['left', 'right', 'full'].includes(input.type)) {
    return inferPredicates.rewrite(node, context);
  }
  const asInner: PlanOf<'filter'> = { ...node, input: { ...input, type: 'inner' } };
  const result = inferPredicates.rewrite(asInner, context);
  return result === asInner || result.kind !== 'filter' ? node : { ...result, input };
});

/** Wrong: also the opposite direction of an order is taken for implied. */
export const mirroredOrder: InferPredicates = mutant(
  'the wrong direction',
  changed((predicate) =>
    rewriteExprUp(predicate, (part) => {
      if (part.kind !== 'compare') return part;
      return part.op === '<=' ? { ...part, op: '>=' } : part.op === '>=' ? { ...part, op: '<=' } : part;
    }),
  ),
);
