import type { Value } from '../types/value.ts';
import { compareValues } from '../vector/compare.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';

/** GREATEST and LEAST: NULLs do not count; NULL only if all are. The arguments are of one type. */
export const extremeFunctions: readonly FunctionDefinition[] = (
  [
    ['greatest', 1],
    ['least', -1],
  ] as const
).map(([name, wanted]) =>
  defineScalarFunction({
    name,
    args: ['anyelement'],
    variadic: true,
    returns: 'anyelement',
    strict: false,
    mayFail: false,
    row: (values, _context, { returns }) => {
      let best: Value = null;
      for (const value of values) {
        if (value !== null && (best === null || compareValues(returns, value, best) === wanted)) best = value;
      }
      return best;
    },
  }),
);
