import { types } from '../types/data-type.ts';
import {
  absNumeric,
  addNumeric,
  divideNumeric,
  formatNumeric,
  makeNumeric,
  moduloNumeric,
  multiplyNumeric,
  type Numeric,
  negateNumeric,
  parseNumeric,
  subtractNumeric,
} from '../types/numeric.ts';
import type { Value } from '../types/value.ts';
import { isNullAt, valueAt } from '../vector/access.ts';
import { createVectorBuilder } from '../vector/builder.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { readDecimal128 } from '../vector/decimal128.ts';
import { defineScalarFunction, type FunctionDefinition, type VectorKernel } from './definition.ts';

/** Reads a numeric argument. */
export const numericOf = (value: Value | undefined): Numeric => parseNumeric(value as string);

/** Reads numerics out of a vector, decimal128 ones without going through text. */
function numericReader(vector: ColumnVector): (i: number) => Numeric {
  if (vector.kind === 'fixed16' && vector.type.kind === 'numeric') {
    const scale = vector.type.scale ?? 0;
    const { values } = vector;
    return (i) => makeNumeric(readDecimal128(values, i), scale);
  }
  if (vector.kind === 'constant') {
    const value = vector.value === null ? makeNumeric(0n, 0) : numericOf(vector.value);
    return () => value;
  }
  return (i) => numericOf(valueAt(vector, i));
}

/** A function of one numeric. */
export function numericUnary(name: string, f: (x: Numeric) => Numeric, mayFail = true): FunctionDefinition {
  const vector: VectorKernel = ([arg], rowCount) => {
    const read = numericReader(arg!);
    return numericVector([arg!], rowCount, (i) => f(read(i)));
  };
  return defineScalarFunction({ name, args: ['numeric'], returns: types.numeric, mayFail, vector });
}

/** A function of two numerics. */
export function numericBinary(name: string, f: (x: Numeric, y: Numeric) => Numeric): FunctionDefinition {
  const vector: VectorKernel = ([left, right], rowCount) => {
    const x = numericReader(left!);
    const y = numericReader(right!);
    return numericVector([left!, right!], rowCount, (i) => f(x(i), y(i)));
  };
  return defineScalarFunction({ name, args: ['numeric', 'numeric'], returns: types.numeric, vector });
}

function numericVector(args: readonly ColumnVector[], rowCount: number, compute: (i: number) => Numeric): ColumnVector {
  const builder = createVectorBuilder(types.numeric, { capacityRows: rowCount });
  for (let i = 0; i < rowCount; i++) {
    if (args.some((arg) => isNullAt(arg, i))) builder.appendNull();
    else builder.appendValue(formatNumeric(compute(i)));
  }
  return builder.finish();
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
