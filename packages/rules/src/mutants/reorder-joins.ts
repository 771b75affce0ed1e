import type { LogicalPlan, OptimizerRule } from '@millrace/planner';
import { reorderJoins } from '../reorder-joins.ts';
import { chainOf, orderChain } from '../shared/join-chain.ts';

function mutant(name: string, rewrite: OptimizerRule<'join'>['rewrite']): OptimizerRule<'join'> {
  return Object.freeze({ ...reorderJoins, name: `reorder-joins (${name})`, rewrite });
}

/** Wrong: the columns come in the order of the new tree. */
export const columnsMoved: OptimizerRule<'join'> = mutant('the columns move', (join, context) => {
  const result = reorderJoins.rewrite(join, context);
  return result.kind === 'project' ? result.input : result;
});

/** Wrong: only the predicates of the top join are kept. */
export const predicatesLost: OptimizerRule<'join'> = mutant(
  'predicates of the lower joins are lost',
  (join, context): LogicalPlan => {
    if (join.type !== 'inner') return join;
    const result = reorderJoins.rewrite(join, context);
    if (result.kind !== 'project' || chainOf(join).relations.length < 3) return result;
    const ordered = orderChain({ ...chainOf(join), predicates: join.on });
    return ordered === null ? result : { ...result, input: ordered };
  },
);

/** Wrong: outer joins are swapped like inner ones. */
export const outerToo: OptimizerRule<'join'> = mutant('left joins too', (join, context) => {
  if (join.type !== 'left') return reorderJoins.rewrite(join, context);
  const result = reorderJoins.rewrite({ ...join, type: 'inner' }, context);
  if (result.kind !== 'project' || result.input.kind !== 'join') return join;
  return { ...result, input: { ...result.input, type: 'left' } };
});
