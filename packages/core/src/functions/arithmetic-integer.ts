import type { MillraceError } from '../errors/millrace-error.ts';
import { failure } from '../errors/table.ts';
import { type DataType, types } from '../types/data-type.ts';
import { int64Arithmetic } from './arithmetic-int64.ts';
import { defineScalarFunction, type FunctionDefinition, type VectorKernel } from './definition.ts';
import { commonValidity, isComputed, numbersOf } from './operands.ts';

/** The operators of int2, int4 and int8. */
export type IntegerOp = '+' | '-' | '*' | '/' | '%';
type IntegerKind = 'int2' | 'int4' | 'int8';

const NAMES: Readonly<Record<IntegerKind, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };

/** 22003 in PostgreSQL's words: `integer out of range`. */
export function integerOutOfRange(kind: IntegerKind): MillraceError {
  return failure('outOfRange', { what: NAMES[kind] });
}

interface Loop {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly out: Int16Array | Int32Array;
  readonly validity: Uint8Array | null;
  readonly kind: 'int2' | 'int4';
}

function add({ x, y, out, validity, kind }: Loop): void {
  for (let i = 0; i < out.length; i++) {
    const result = x[i]! + y[i]!;
    out[i] = result;
    if (out[i] !== result && isComputed(validity, i)) throw integerOutOfRange(kind);
  }
}

function subtract({ x, y, out, validity, kind }: Loop): void {
  for (let i = 0; i < out.length; i++) {
    const result = x[i]! - y[i]!;
    out[i] = result;
    if (out[i] !== result && isComputed(validity, i)) throw integerOutOfRange(kind);
  }
}

function multiply({ x, y, out, validity, kind }: Loop): void {
  for (let i = 0; i < out.length; i++) {
    const result = x[i]! * y[i]!;
    out[i] = result;
    if (out[i] !== result && isComputed(validity, i)) throw integerOutOfRange(kind);
  }
}

/** Truncates towards zero; the smallest value by -1 overflows. */
function divide({ x, y, out, validity, kind }: Loop): void {
  for (let i = 0; i < out.length; i++) {
    const divisor = y[i]!;
    if (divisor === 0) {
      if (isComputed(validity, i)) throw failure('divisionByZero');
      continue;
    }
    const result = Math.trunc(x[i]! / divisor);
    out[i] = result;
    if (out[i] !== result && isComputed(validity, i)) throw integerOutOfRange(kind);
  }
}

/** Takes the sign of the dividend. */
function modulo({ x, y, out, validity }: Loop): void {
  for (let i = 0; i < out.length; i++) {
    const divisor = y[i]!;
    if (divisor === 0) {
      if (isComputed(validity, i)) throw failure('divisionByZero');
      continue;
    }
    out[i] = x[i]! % divisor;
  }
}

const LOOPS: Readonly<Record<IntegerOp, (loop: Loop) => void>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': modulo,
};

function smallArithmetic(op: IntegerOp, kind: 'int2' | 'int4'): VectorKernel {
  const run = LOOPS[op];
  const type: DataType = types[kind];
  return (args, rowCount) => {
    const validity = commonValidity(args, rowCount);
    const out = kind === 'int2' ? new Int16Array(rowCount) : new Int32Array(rowCount);
    run({ x: numbersOf(args[0]!, rowCount), y: numbersOf(args[1]!, rowCount), out, validity, kind });
    return { kind: 'fixed', type, length: rowCount, validity, values: out };
  };
}

const WIDTH: Readonly<Record<IntegerKind, number>> = { int2: 2, int4: 4, int8: 8 };
const KINDS: readonly IntegerKind[] = ['int2', 'int4', 'int8'];

/** `+ - * /` over every pair of integer types (the wider one is the result's) and `%` over equal ones, as in PostgreSQL. */
function binaryOperators(): FunctionDefinition[] {
  const definitions: FunctionDefinition[] = [];
  for (const name of ['+', '-', '*', '/', '%'] as const) {
    for (const left of KINDS) {
      for (const right of KINDS) {
        if (name === '%' && left !== right) continue;
        const wider = WIDTH[left] >= WIDTH[right] ? left : right;
        const vector = wider === 'int8' ? int64Arithmetic(name) : smallArithmetic(name, wider);
        definitions.push(defineScalarFunction({ name, args: [left, right], returns: types[wider], vector }));
      }
    }
  }
  return definitions;
}

/** `- x` and `@ x` overflow for the smallest value only; `+ x` is `x`. */
function unaryOperators(): FunctionDefinition[] {
  return KINDS.flatMap((kind) => {
    const smallest = -(2n ** BigInt(WIDTH[kind] * 8 - 1));
    const checked = (value: number | bigint): number | bigint => {
      if (BigInt(value) === smallest) throw integerOutOfRange(kind);
      return value;
    };
    const negate = (value: number | bigint): number | bigint =>
      typeof value === 'bigint' ? -(checked(value) as bigint) : 0 - (checked(value) as number);
    const absolute = (value: number | bigint): number | bigint => (value < 0 ? negate(value) : value);
    const returns: DataType = types[kind];
    const args = [kind];
    return [
      defineScalarFunction({ name: '+', args, returns, mayFail: false, row: ([value]) => value as number }),
      defineScalarFunction({ name: '-', args, returns, row: ([value]) => negate(value as number | bigint) }),
      defineScalarFunction({ name: '@', args, returns, row: ([value]) => absolute(value as number | bigint) }),
      defineScalarFunction({ name: 'abs', args, returns, row: ([value]) => absolute(value as number | bigint) }),
      defineScalarFunction({
        name: 'mod',
        args: [kind, kind],
        returns,
        vector: kind === 'int8' ? int64Arithmetic('%') : smallArithmetic('%', kind),
      }),
    ];
  });
}

/** Integer arithmetic; overflow is 22003, division by zero 22012. */
export const integerArithmetic: readonly FunctionDefinition[] = [...binaryOperators(), ...unaryOperators()];
