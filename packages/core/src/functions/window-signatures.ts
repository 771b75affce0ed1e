import { types } from '../types/data-type.ts';
import { defineSignature } from './definition.ts';
import type { ArgumentType, FunctionSignature, ReturnType } from './signature.ts';

const window = (name: string, args: readonly ArgumentType[], returns: ReturnType, mayFail = false): FunctionSignature =>
  defineSignature('window', { name, args, returns, mayFail, strict: false });

/**
 * The functions that only a window has, by PostgreSQL's names and result types (manual, section 9.22); exec implements each by id. Aggregates
 * may stand there too. An argument is evaluated for the row that a function looks at, a count (of ntile, nth_value, lag, lead) for the current one.
 */
export const windowSignatures: readonly FunctionSignature[] = Object.freeze([
  window('row_number', [], types.int8),
  window('rank', [], types.int8),
  window('dense_rank', [], types.int8),
  window('percent_rank', [], types.float8),
  window('cume_dist', [], types.float8),
  window('ntile', ['int4'], types.int4, true),
  ...['lag', 'lead'].flatMap((name) => [
    window(name, ['anyelement'], 'anyelement'),
    window(name, ['anyelement', 'int4'], 'anyelement'),
    window(name, ['anycompatible', 'int4', 'anycompatible'], 'anycompatible'),
  ]),
  window('first_value', ['anyelement'], 'anyelement'),
  window('last_value', ['anyelement'], 'anyelement'),
  window('nth_value', ['anyelement', 'int4'], 'anyelement', true),
]);
