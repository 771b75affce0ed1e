import { type DataType, types } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { defineScalarFunction, type FunctionDefinition, type ScalarFunctionOptions } from './definition.ts';
import type { ArgumentType, ReturnType } from './signature.ts';

/**
 * A row-wise function whose kernel takes its arguments one by one, as the JavaScript types that `A` names; the signature must agree.
 *
 *     simple<[string, number]>('left', ['text', 'int4'], types.text, (text, count) => ...)
 */
export function simple<A extends readonly (Value | undefined)[]>(
  name: string,
  args: readonly ArgumentType[],
  returns: ReturnType,
  kernel: (...args: A) => Value,
  options: Partial<ScalarFunctionOptions> = {},
): FunctionDefinition {
  const call = kernel as unknown as (...args: readonly Value[]) => Value;
  return defineScalarFunction({ name, args, returns, ...options, row: (values) => call(...values) });
}

/** As `simple`, for a kernel that cannot fail. */
export function safe<A extends readonly (Value | undefined)[]>(
  name: string,
  args: readonly ArgumentType[],
  returns: ReturnType,
  kernel: (...args: A) => Value,
  options: Partial<ScalarFunctionOptions> = {},
): FunctionDefinition {
  return simple<A>(name, args, returns, kernel, { mayFail: false, ...options });
}

/** text[] as an argument, and as a type. */
export const TEXT_ARRAY: { readonly array: 'text' } = Object.freeze({ array: 'text' });
export const TEXT_ARRAY_TYPE: DataType = Object.freeze({ kind: 'array', item: types.text });

/** Remembers the answer for the argument seen last: templates and patterns are nearly always the same for all rows. */
export function lastOf<T>(f: (text: string) => T): (text: string) => T {
  let known: { readonly text: string; readonly result: T } | null = null;
  return (text) => {
    if (known === null || known.text !== text) known = { text, result: f(text) };
    return known.result;
  };
}
