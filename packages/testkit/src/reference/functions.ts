import { assert, type DataType, failure, type Value } from '@millrace/core';
import { castReference, integerRange, toInteger } from './casts.ts';
import { decimalArithmetic, divideDecimals, parseDecimal, printDecimal } from './decimal.ts';
import { DATETIME_FUNCTIONS, datetimeArithmetic, negateInterval } from './functions-datetime.ts';
import { TEXT_FUNCTIONS } from './functions-text.ts';

/** One call: values that are not NULL unless the function says otherwise, with their types and the result's. */
export interface ReferenceCall {
  readonly args: readonly Value[];
  readonly types: readonly DataType[];
  readonly returns: DataType;
  /** For `random()`: every call gives another value, so plans that evaluate it more or less often differ. */
  random(): number;
  /** The start of the transaction. */
  readonly now: bigint;
}
/** What a function answers to a call. */
export type ReferenceFunction = (call: ReferenceCall) => Value;

/**
 * The functions that generated plans and rule examples use, by name. Strict unless listed in `NOT_STRICT`.
 */
export const REFERENCE_FUNCTIONS: ReadonlyMap<string, ReferenceFunction> = new Map<string, ReferenceFunction>([
  ...DATETIME_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ['+', (call) => (call.args.length === 1 ? (call.args[0] ?? null) : arithmetic('+', call))],
  ['-', (call) => (call.args.length === 1 ? negate(call) : arithmetic('-', call))],
  ['*', (call) => arithmetic('*', call)],
  ['/', divide],
  ['%', modulo],
  [
    '||',
    ({ args, types }) =>
      args.map((value, index) => castReference(value, types[index] ?? { kind: 'text' }, { kind: 'text' })).join(''),
  ],
  ['abs', absolute],
  ['lower', ({ args }) => String(args[0]).toLowerCase()],
  ['upper', ({ args }) => String(args[0]).toUpperCase()],
  ['length', ({ args }) => [...String(args[0])].length],
  ['random', ({ random }) => random()],
  ['~~', ({ args }) => like(String(args[0]), String(args[1]))],
  ['!~~', ({ args }) => !like(String(args[0]), String(args[1]))],
]);

function arithmetic(op: '+' | '-' | '*', { args, types, returns }: ReferenceCall): Value {
  const [a, b] = [args[0] ?? null, args[1] ?? null];
  const kinds = types.map((type) => type.kind);
  const moved = op === '*' ? undefined : datetimeArithmetic(op, args, kinds);
  if (moved !== undefined) return moved;
  if (integerRange(returns)) {
    const [x, y] = [BigInt(a as number | bigint), BigInt(b as number | bigint)];
    return toInteger(returns, op === '+' ? x + y : op === '-' ? x - y : x * y);
  }
  if (returns.kind === 'numeric') {
    return printDecimal(decimalArithmetic(op, parseDecimal(String(a)), parseDecimal(String(b))));
  }
  assert(
    returns.kind === 'float8' || returns.kind === 'float4',
    `the reference interpreter has no ${op} for ${types.map((type) => type.kind).join()}`,
  );
  const [x, y] = [Number(a), Number(b)];
  return checkFloat(op === '+' ? x + y : op === '-' ? x - y : x * y, {
    returns,
    inputs: [x, y],
    mayVanish: op === '*',
  });
}

function negate({ args, returns }: ReferenceCall): Value {
  const value = args[0] ?? null;
  if (returns.kind === 'interval') return negateInterval(value);
  if (integerRange(returns)) return toInteger(returns, -BigInt(value as number | bigint));
  if (returns.kind === 'numeric')
    return printDecimal(decimalArithmetic('*', parseDecimal('-1'), parseDecimal(String(value))));
  return -Number(value);
}

function absolute(call: ReferenceCall): Value {
  const value = call.args[0] ?? null;
  if (typeof value === 'string') return value.replace(/^-/, '');
  return (value as number | bigint) < 0 || Object.is(value, -0) ? negate(call) : value;
}

function divide({ args, returns }: ReferenceCall): Value {
  const [a, b] = [args[0] ?? null, args[1] ?? null];
  if (integerRange(returns)) {
    const [x, y] = [BigInt(a as number | bigint), BigInt(b as number | bigint)];
    if (y === 0n) throw failure('divisionByZero');
    return toInteger(returns, x / y);
  }
  if (returns.kind === 'numeric') return printDecimal(divideDecimals(parseDecimal(String(a)), parseDecimal(String(b))));
  assert(
    returns.kind === 'float8' || returns.kind === 'float4',
    `the reference interpreter has no / for ${returns.kind}`,
  );
  const [x, y] = [Number(a), Number(b)];
  if (y === 0 && !Number.isNaN(x)) throw failure('divisionByZero');
  return checkFloat(x / y, { returns, inputs: [x, y], mayVanish: true });
}

function modulo({ args, returns }: ReferenceCall): Value {
  const [x, y] = [BigInt(args[0] as number | bigint), BigInt(args[1] as number | bigint)];
  if (y === 0n) throw failure('divisionByZero');
  return toInteger(returns, x % y);
}

/** Overflow to infinity and, for products and quotients, underflow to zero are errors (22003). */
function checkFloat(
  result: number,
  context: { readonly returns: DataType; readonly inputs: readonly number[]; readonly mayVanish: boolean },
): number {
  const rounded = context.returns.kind === 'float4' ? Math.fround(result) : result;
  const finiteInputs = context.inputs.every((input) => Number.isFinite(input));
  if (!Number.isFinite(rounded) && finiteInputs) throw failure('outOfRange', { what: 'value' });
  if (rounded === 0 && context.mayVanish && finiteInputs && context.inputs.every((input) => input !== 0)) {
    throw failure('outOfRange', { what: 'value' });
  }
  return rounded;
}

/** LIKE by dynamic programming over characters: `%` any run, `_` one character, `\` escapes. */
function like(text: string, pattern: string): boolean {
  const characters = [...text];
  let states = new Set([0]);
  const source = [...pattern];
  for (let i = 0; i < source.length; i++) {
    const symbol = source[i];
    const next = new Set<number>();
    if (symbol === '%') {
      for (let at = Math.min(...states); at <= characters.length; at++) next.add(at);
    } else {
      const literal = symbol === '\\' ? source[++i] : symbol;
      if (literal === undefined) throw failure('invalidEscape');
      const isAny = symbol === '_';
      for (const at of states) if (at < characters.length && (isAny || characters[at] === literal)) next.add(at + 1);
    }
    if (next.size === 0) return false;
    states = next;
  }
  return states.has(characters.length);
}
