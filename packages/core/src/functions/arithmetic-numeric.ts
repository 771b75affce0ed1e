import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import {
  absNumeric,
  addNumeric,
  divideNumeric,
  formatNumeric,
  moduloNumeric,
  multiplyNumeric,
  type Numeric,
  negateNumeric,
  parseNumeric,
  subtractNumeric,
} from '../types/numeric.ts';
import type { Value } from '../types/value.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';

/** Reads a numeric argument. */
export const numericOf = (value: Value | undefined): Numeric => parseNumeric(value as string);

/** A function of one numeric. */
export function numericUnary(name: string, f: (x: Numeric) => Numeric, mayFail = true): FunctionDefinition {
  return defineScalarFunction({
    name,
    args: ['numeric'],
    returns: types.numeric,
    mayFail,
    row: ([x]) => formatNumeric(f(numericOf(x))),
  });
}

/** A function of two numerics. */
export function numericBinary(name: string, f: (x: Numeric, y: Numeric) => Numeric): FunctionDefinition {
  return defineScalarFunction({
    name,
    args: ['numeric', 'numeric'],
    returns: types.numeric,
    row: ([x, y]) => formatNumeric(f(numericOf(x), numericOf(y))),
  });
}

/** 22012 unless the divisor is something. */
export function checkDivisor(x: Numeric, y: Numeric): void {
  if (y.special === null && y.coefficient === 0n && x.special !== 'NaN') throw failure('divisionByZero');
}

/** Exact numeric arithmetic with PostgreSQL's result scales; division by zero is 22012. */
export const numericArithmetic: readonly FunctionDefinition[] = [
  numericBinary('+', addNumeric),
  numericBinary('-', subtractNumeric),
  numericBinary('*', multiplyNumeric),
  numericBinary('/', divideNumeric),
  numericBinary('%', moduloNumeric),
  numericBinary('mod', moduloNumeric),
  numericUnary('+', (x) => x, false),
  numericUnary('-', negateNumeric, false),
  numericUnary('@', absNumeric, false),
  numericUnary('abs', absNumeric, false),
];
