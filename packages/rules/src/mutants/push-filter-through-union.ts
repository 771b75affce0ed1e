import { filtered, type OptimizerRule } from '@millrace/planner';
import { pushFilterThroughUnion } from '../push-filter-through-union.ts';

/** Wrong: only the first input is filtered. */
export const filterOnFirstInput: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughUnion,
  name: 'push-filter-through-union (the first input only)',
  rewrite(filter, context) {
    const union = filter.input;
    const result = pushFilterThroughUnion.rewrite(filter, context);
    if (union.kind !== 'union' || result.kind !== 'union') return result;
    return { ...result, inputs: result.inputs.map((input, i) => (i === 0 ? input : (union.inputs[i] ?? input))) };
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: an input that has a limit is filtered below it. */
export const filterBelowLimit: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterThroughUnion,
  name: 'push-filter-through-union (below a limit)',
  rewrite(filter, context) {
    const result = pushFilterThroughUnion.rewrite(filter, context);
    if (result.kind !== 'union') return result;
    const inputs = result.inputs.map((input) => {
      if (input.kind !== 'filter' || input.input.kind !== 'limit') return input;
      return { ...input.input, input: filtered(input.input.input, input.predicates) };
    });
    return { ...result, inputs };
  },
} satisfies OptimizerRule<'filter'>);
