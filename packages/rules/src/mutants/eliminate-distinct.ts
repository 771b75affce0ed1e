import type { LogicalPlan, OptimizerRule, PlanKind } from '@millrace/planner';
import { eliminateDistinct } from '../eliminate-distinct.ts';
import { keyOf, withRepetitions } from '../shared/unique-rows.ts';

type Node = Parameters<typeof eliminateDistinct.rewrite>[0];
type Rule = OptimizerRule<Node['kind'] & PlanKind>;

function wrong(why: string, rewrite: Rule['rewrite']): Rule {
  return Object.freeze({ ...eliminateDistinct, name: `eliminate-distinct (${why})`, rewrite } satisfies Rule);
}

/** Wrong: a projection that drops a column of the key makes rows alike. */
export const keyLostOnTheWay: Rule = wrong('keys survive every projection', (node, context) =>
  node.kind === 'distinct' && node.input.kind === 'project' && keyOf(node.input.input) !== null
    ? node.input
    : eliminateDistinct.rewrite(node, context),
);

/** Wrong: sum and count count. */
export const countedRepetitions: Rule = wrong('below every aggregate', (node, context) => {
  if (node.kind !== 'aggregate') return eliminateDistinct.rewrite(node, context);
  const input = withRepetitions(node.input);
  return input === node.input ? node : { ...node, input };
});

/** Wrong: an input of a join that has no duplicates makes none of the result. */
export const keyOfOneSide: Rule = wrong('one side of a join is enough', (node, context) => {
  const join = node.kind === 'distinct' ? node.input : null;
  return join?.kind === 'join' && keyOf(join.left) !== null ? join : eliminateDistinct.rewrite(node, context);
});

/** Wrong: a limit counts the rows below it. */
export const throughLimit: Rule = wrong('below a limit', (node, context) => {
  const limit: LogicalPlan | null = node.kind === 'distinct' ? node.input : null;
  if (limit?.kind !== 'limit') return eliminateDistinct.rewrite(node, context);
  const input = withRepetitions(limit.input);
  return input === limit.input
    ? eliminateDistinct.rewrite(node, context)
    : { kind: 'distinct', input: { ...limit, input } };
});
