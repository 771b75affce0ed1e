import { types } from '../types/data-type.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';

/** random() in [0, 1) and gen_random_uuid(), both from the context's port and evaluated per row. setseed is not there: the port owns the seed. */
export const randomFunctions: readonly FunctionDefinition[] = [
  defineScalarFunction({
    name: 'random',
    args: [],
    returns: types.float8,
    volatility: 'volatile',
    mayFail: false,
    row: (_, context) => context.random(),
  }),
  defineScalarFunction({
    name: 'gen_random_uuid',
    args: [],
    returns: types.uuid,
    volatility: 'volatile',
    mayFail: false,
    row: (_, context) => context.uuid(),
  }),
];
