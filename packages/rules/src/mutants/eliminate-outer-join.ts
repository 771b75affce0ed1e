import type { LogicalPlan, OptimizerRule } from '@millrace/planner';
import { eliminateOuterJoin } from '../eliminate-outer-join.ts';

type Kinds = 'filter' | 'join';

function mutant(name: string, rewrite: OptimizerRule<Kinds>['rewrite']): OptimizerRule<Kinds> {
  return Object.freeze({ ...eliminateOuterJoin, name: `eliminate-outer-join (${name})`, rewrite });
}

/** Wrong: the sides of a full join are mixed up. */
export const otherSide: OptimizerRule<Kinds> = mutant('the other side of a full join', (node, context) => {
  const result = eliminateOuterJoin.rewrite(node, context);
  if (result === node || result.kind !== 'filter' || node.kind !== 'filter' || result.input.kind !== 'join')
    return result;
  const { type } = result.input;
  const wasFull = node.input.kind === 'join' && node.input.type === 'full';
  if (!wasFull || type === 'inner') return result;
  return { ...result, input: { ...result.input, type: type === 'left' ? 'right' : 'left' } };
});

/** Wrong: any predicate on the optional side drops its NULLs, also `IS NULL` and `IS DISTINCT FROM`. */
export const anyPredicate: OptimizerRule<Kinds> = mutant('any predicate', (node, context): LogicalPlan => {
  if (node.kind !== 'filter' || node.input.kind !== 'join') return eliminateOuterJoin.rewrite(node, context);
  const { input } = node;
  return input.type === 'left'
    ? { ...node, input: { ...input, type: 'inner' } }
    : eliminateOuterJoin.rewrite(node, context);
});

/** Wrong: the predicates of a left join drop rows of its left side, which it keeps. */
export const keptSide: OptimizerRule<Kinds> = mutant('the side that is kept', (node, context) => {
  if (node.kind !== 'join' || node.type !== 'left') return eliminateOuterJoin.rewrite(node, context);
  const result = eliminateOuterJoin.rewrite({ ...node, type: 'inner' }, context);
  return result.kind === 'join' && (result.left !== node.left || result.right !== node.right)
    ? { ...result, type: 'left' }
    : node;
});
