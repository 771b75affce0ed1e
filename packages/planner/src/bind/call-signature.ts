import {
  type ArgumentType,
  arrayOf,
  type DataType,
  type Expr,
  type FunctionSignature,
  failure,
  typeOf,
  types,
} from '@millrace/core';
import type { BindState } from './bind-state.ts';
import { coerceTo, coerceToBase, resolveUnknown } from './coerce.ts';
import { type Candidate, elementTypeOf } from './overload-resolution.ts';
import { concreteArgument, withoutModifiers } from './type-facts.ts';

/** The overloads that can take `count` arguments, with their argument lists repeated or cut to that length. */
export function candidatesFor(
  overloads: readonly FunctionSignature[],
  count: number,
): readonly Candidate<FunctionSignature>[] {
  return overloads.flatMap((signature) => {
    const { args, variadic = false, optionalArgs = 0 } = signature;
    const least = args.length - optionalArgs - (variadic ? 1 : 0);
    if (count < least || (!variadic && count > args.length)) return [];
    const last = args[args.length - 1];
    const expanded = Array.from({ length: count }, (_, i): ArgumentType => args[i] ?? last ?? 'any');
    return [{ args: expanded, target: signature, isMixed: allowsMixedArrays(signature) }];
  });
}

/** The arguments as the chosen overload takes them: implicit casts in place, polymorphic types made concrete. */
export function coerceArguments(
  state: BindState,
  chosen: Candidate<FunctionSignature>,
  args: readonly Expr[],
): readonly Expr[] {
  const actual = args.map(typeOf);
  if (chosen.isMixed === true) {
    return args.map((arg) =>
      typeOf(arg).kind === 'unknown' ? coerceTo(state, arg, arrayOf(types.text), 'implicit') : arg,
    );
  }
  refuseUntyped(chosen.args, actual);
  const element = withoutModifiers(elementTypeOf(chosen.args, actual) ?? types.text);
  return args.map((arg, i) => {
    const declared = chosen.args[i]!;
    switch (declared) {
      case 'any':
        return resolveUnknown(state, arg);
      case 'anyelement':
      case 'anynonarray':
      case 'anycompatible':
        return coerceTo(state, arg, element, 'implicit');
      case 'anyarray':
        return coerceTo(state, arg, arrayOf(element), 'implicit');
      default:
        return coerceToBase(state, arg, concreteArgument(declared) ?? types.text);
    }
  });
}

const POLYMORPHIC: ReadonlySet<ArgumentType> = new Set<ArgumentType>(['anyelement', 'anynonarray', 'anyarray']);

/** 42804 if only literals without a type stand where any type may: nothing says which it is. */
function refuseUntyped(declared: readonly ArgumentType[], actual: readonly DataType[]): void {
  const given = actual.filter((_, i) => POLYMORPHIC.has(declared[i]!));
  if (given.length === 0 || given.some((type) => type.kind !== 'unknown')) return;
  const message = 'could not determine polymorphic type because input has type unknown';
  throw failure('typeMismatch', { message });
}

/** `unnest(a, b)`: each array has a type of its own. */
function allowsMixedArrays(signature: FunctionSignature): boolean {
  return signature.kind === 'table' && signature.variadic === true && signature.args.every((arg) => arg === 'anyarray');
}

/** The type of the result, given the coerced arguments. */
export function resultTypeOf(chosen: Candidate<FunctionSignature>, args: readonly Expr[]): DataType {
  const { returns } = chosen.target;
  const actual = args.map((arg) => withoutModifiers(typeOf(arg)));
  if (typeof returns === 'function') return returns(actual);
  if (returns === 'anyelement' || returns === 'anyarray' || returns === 'anycompatible') {
    const element = elementTypeOf(chosen.args, actual) ?? types.text;
    if (returns !== 'anyarray') return element;
    if (element.kind === 'array') throw failure('notSupported', { feature: 'a multidimensional array' });
    return arrayOf(element);
  }
  return returns;
}
