import { types } from '@millrace/core';
import { type LogicalPlan, literalExpr, type OptimizerRule } from '@millrace/planner';
import { pushLimitThroughProjectAndUnion } from '../push-limit-through-project-and-union.ts';

const { rewrite } = pushLimitThroughProjectAndUnion;
type Rule = OptimizerRule<'limit'>;

function wrong(why: string, version: Rule['rewrite']): Rule {
  const name = `push-limit-through-project-and-union (${why})`;
  return Object.freeze({ ...pushLimitThroughProjectAndUnion, name, rewrite: version } satisfies Rule);
}

/** Wrong: what OFFSET skips is missing in the inputs. */
export const offsetForgotten: Rule = wrong('without the offset', (limit, context) => {
  if (limit.input.kind !== 'union' || limit.range.skip === null || limit.range.fetch === null)
    return rewrite(limit, context);
  const result = rewrite({ ...limit, range: { skip: null, fetch: limit.range.fetch } }, context);
  return result.kind === 'limit' && result.input !== limit.input ? { ...result, range: limit.range } : limit;
});

/** Wrong: the inputs together give more rows than the limit lets through. */
export const outerLimitGone: Rule = wrong('in place of the limit', (limit, context) => {
  const result = rewrite(limit, context);
  return limit.input.kind === 'union' && result.kind === 'limit' ? result.input : result;
});

/** Wrong: the offset is skipped in every input. */
export const offsetInEveryInput: Rule = wrong('the offset in every input', (limit, context) => {
  const result = rewrite(limit, context);
  const union: LogicalPlan | null = result.kind === 'limit' && result !== limit ? result.input : null;
  if (union?.kind !== 'union') return result;
  const inputs = union.inputs.map((input) =>
    input.kind === 'limit' ? { ...input, range: { ...input.range, skip: limit.range.skip } } : input,
  );
  return { ...limit, input: { ...union, inputs } };
});

/** Wrong: the first different rows are not the different ones of the first rows. */
export const belowDistinct: Rule = wrong('through a distinct', (limit, context) => {
  const { input } = limit;
  if (input.kind !== 'distinct' || input.input.kind === 'limit') return rewrite(limit, context);
  return { ...input, input: { ...limit, input: input.input } };
});

/** Wrong: NULL is no limit, not none. */
export const nullAsZero: Rule = wrong('NULL as 0', (limit, context) => {
  const { fetch } = limit.range;
  if (fetch?.kind !== 'literal' || fetch.value !== null || limit.input.kind !== 'union') return rewrite(limit, context);
  const zero = { ...limit, range: { ...limit.range, fetch: literalExpr(0n, types.int8) } };
  const result = rewrite(zero, context);
  return result.kind === 'limit' && result !== zero ? { ...result, range: limit.range } : limit;
});
