import { type DataType, failure, formatType } from '@millrace/core';
import { withoutModifiers } from './type-facts.ts';

const nameOf = (type: DataType): string => formatType(withoutModifiers(type));

/** `integer + text`, or `- text` for a prefix operator. */
function describe(op: string, left: DataType | null, right: DataType): string {
  return left === null ? `${op} ${nameOf(right)}` : `${nameOf(left)} ${op} ${nameOf(right)}`;
}

/** 42883 `operator does not exist: text + integer`. */
export function operatorMissing(
  op: string,
  left: DataType | null,
  right: DataType,
  position: number | undefined,
): Error {
  return failure(
    left === null ? 'undefinedPrefixOperator' : 'undefinedOperator',
    { what: describe(op, left, right) },
    { position },
  );
}

/** 42725 `operator is not unique: unknown + unknown`. */
export function operatorAmbiguous(
  op: string,
  left: DataType | null,
  right: DataType,
  position: number | undefined,
): Error {
  return failure('ambiguousOperator', { what: describe(op, left, right) }, { position });
}

/** `lower(integer, text)`, for messages about functions. */
export function describeCall(name: string, args: readonly DataType[]): string {
  return `${name}(${args.map(nameOf).join(', ')})`;
}
