import type { OptimizerRule, PlanKind } from '@millrace/planner';
import { eliminateEmpty } from '../eliminate-empty.ts';
import { emptyLike, isEmpty } from '../shared/empty-plan.ts';

type Node = Parameters<typeof eliminateEmpty.rewrite>[0];
type Rule = OptimizerRule<Node['kind'] & PlanKind>;

function wrong(why: string, rewrite: Rule['rewrite']): Rule {
  return Object.freeze({ ...eliminateEmpty, name: `eliminate-empty (${why})`, rewrite } satisfies Rule);
}

/** Wrong: an aggregate without groups has a row also over nothing. */
export const emptyScalarAggregate: Rule = wrong('an aggregate without groups, too', (node, context) =>
  node.kind === 'aggregate' && isEmpty(node.input) ? emptyLike(node) : eliminateEmpty.rewrite(node, context),
);

/** Wrong: a left join keeps its left rows when there is nothing on the right. */
export const emptyOuterJoin: Rule = wrong('outer joins as inner ones', (node, context) =>
  node.kind === 'join' && (isEmpty(node.left) || isEmpty(node.right)) && node.type !== 'anti'
    ? emptyLike(node)
    : eliminateEmpty.rewrite(node, context),
);

/** Wrong: an anti join keeps every left row when there is nothing on the right. */
export const emptyAntiJoin: Rule = wrong('anti joins as semi joins', (node, context) =>
  node.kind === 'join' && node.type === 'anti' && isEmpty(node.right)
    ? emptyLike(node)
    : eliminateEmpty.rewrite(node, context),
);

/** Wrong: ALL holds for nothing. */
export const allOfNothing: Rule = wrong('ALL of nothing is FALSE', (node, context) => {
  if (node.kind !== 'apply' || node.mode.kind !== 'quantified') return eliminateEmpty.rewrite(node, context);
  return eliminateEmpty.rewrite({ ...node, mode: { ...node.mode, quantifier: 'any' } }, context);
});

/** Wrong: one empty input does not empty the others. */
export const emptyUnion: Rule = wrong('a union with an empty input', (node, context) =>
  node.kind === 'union' && node.inputs.some(isEmpty) ? emptyLike(node) : eliminateEmpty.rewrite(node, context),
);
