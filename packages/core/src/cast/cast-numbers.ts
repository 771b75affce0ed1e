import type { DataType } from '../types/data-type.ts';
import { roundHalfEven } from '../types/interval.ts';
import { makeNumeric, pow10 } from '../types/numeric.ts';
import { coefficientFor } from '../types/numeric-convert.ts';
import type { ColumnVector, Fixed16Vector, FixedVector } from '../vector/column-vector.ts';
import { readDecimal128, readDecimal128Safe, writeDecimal128 } from '../vector/decimal128.ts';
import { castNumber, narrowFloat, outOfRange } from './cast-number.ts';

/** Loops over typed arrays for the common casts between numbers; what they do not cover gives null and goes value by value. */

type SmallInts = Int16Array | Int32Array;
type Plain = Int16Array | Int32Array | Float32Array | Float64Array;

function isValid(validity: Uint8Array | null, i: number): boolean {
  return validity === null || (validity[i >> 3]! & (1 << (i & 7))) !== 0;
}

const RANGES = { int2: [-32_768, 32_767], int4: [-2_147_483_648, 2_147_483_647] } as const;

/** Numbers to int2 or int4, floats rounded half to even; `outOfRange` unless NULL. */
function toSmallInts(vector: FixedVector, to: 'int2' | 'int4', target: SmallInts): void {
  const [min, max] = RANGES[to];
  const source = vector.values;
  const rounds = source instanceof Float32Array || source instanceof Float64Array;
  const { validity, length } = vector;
  for (let i = 0; i < length; i += 1) {
    const raw = Number(source[i]!);
    const value = rounds ? roundHalfEven(raw) : raw;
    if (value >= min && value <= max) target[i] = value;
    else if (isValid(validity, i)) throw outOfRange({ kind: to });
  }
}

function toInt64(vector: FixedVector): BigInt64Array {
  const { values: source, validity, length } = vector;
  const target = new BigInt64Array(length);
  const halves = new Int32Array(target.buffer);
  const isInteger = source instanceof Int16Array || source instanceof Int32Array;
  for (let i = 0; i < length; i += 1) {
    const value = isInteger ? (source[i] as number) : roundHalfEven(source[i] as number);
    if (Number.isSafeInteger(value)) {
      const high = Math.floor(value / 0x1_0000_0000);
      halves[2 * i] = value - high * 0x1_0000_0000;
      halves[2 * i + 1] = high;
    } else if (isValid(validity, i)) {
      if (!(value >= -(2 ** 63) && value < 2 ** 63)) throw outOfRange({ kind: 'int8' });
      target[i] = BigInt(value);
    }
  }
  return target;
}

function toFloats(vector: FixedVector, target: Float32Array | Float64Array): void {
  const { values: source, length, validity } = vector;
  if (target instanceof Float32Array && source instanceof Float64Array) {
    for (let i = 0; i < length; i += 1) if (isValid(validity, i)) target[i] = narrowFloat(source[i]!);
  } else if (source instanceof BigInt64Array) {
    for (let i = 0; i < length; i += 1) target[i] = Number(source[i]!);
  } else target.set(source as Plain);
}

/** Integers as decimals: shifted by the scale, checked against the precision. */
function toDecimals(vector: FixedVector, precision: number, scale: number): Uint8Array {
  const target = new Uint8Array(vector.length * 16);
  const unit = pow10(scale);
  const limit = pow10(precision);
  for (let i = 0; i < vector.length; i += 1) {
    if (!isValid(vector.validity, i)) continue;
    const coefficient = BigInt(vector.values[i]!) * unit;
    if (coefficient >= limit || coefficient <= -limit)
      coefficientFor(makeNumeric(coefficient, scale), precision, scale);
    writeDecimal128(target, i, coefficient);
  }
  return target;
}

function rescaleDecimals(vector: Fixed16Vector, scale: number, to: { precision: number; scale: number }): Uint8Array {
  const target = new Uint8Array(vector.length * 16);
  for (let i = 0; i < vector.length; i += 1) {
    if (!isValid(vector.validity, i)) continue;
    const value = makeNumeric(readDecimal128(vector.values, i), scale);
    writeDecimal128(target, i, coefficientFor(value, to.precision, to.scale));
  }
  return target;
}

/** Exact while the coefficient is a safe integer and the scale at most 22: one correctly rounded division. */
function decimalsToFloat8(vector: Fixed16Vector, scale: number): Float64Array | null {
  if (scale > 22) return null;
  const target = new Float64Array(vector.length);
  const unit = Number(`1e${scale}`);
  for (let i = 0; i < vector.length; i += 1) {
    const coefficient = readDecimal128Safe(vector.values, i);
    if (!Number.isNaN(coefficient)) target[i] = coefficient / unit;
    else if (isValid(vector.validity, i)) {
      const text = castNumber(
        vectorText(vector, i, scale),
        { kind: 'numeric', precision: null, scale: null },
        { kind: 'float8' },
      );
      target[i] = text as number;
    }
  }
  return target;
}

function vectorText(vector: Fixed16Vector, i: number, scale: number): string {
  return `${readDecimal128(vector.values, i)}e-${scale}`;
}

/** Casts a plain vector of numbers; null when there is no loop for this pair. */
export function castNumbers(vector: FixedVector | Fixed16Vector, to: DataType): ColumnVector | null {
  const { type: from, length, validity } = vector;
  if (vector.kind === 'fixed16') return castDecimals(vector, to);
  if (!['int2', 'int4', 'int8', 'float4', 'float8'].includes(from.kind)) return null;
  switch (to.kind) {
    case 'int2':
    case 'int4': {
      const values = to.kind === 'int2' ? new Int16Array(length) : new Int32Array(length);
      toSmallInts(vector, to.kind, values);
      return { kind: 'fixed', type: to, length, validity, values };
    }
    case 'int8':
      return { kind: 'fixed', type: to, length, validity, values: toInt64(vector) };
    case 'float4':
    case 'float8': {
      const values = to.kind === 'float4' ? new Float32Array(length) : new Float64Array(length);
      toFloats(vector, values);
      return { kind: 'fixed', type: to, length, validity, values };
    }
    case 'numeric':
      if (to.precision === null || from.kind === 'float4' || from.kind === 'float8') return null;
      return { kind: 'fixed16', type: to, length, validity, values: toDecimals(vector, to.precision, to.scale ?? 0) };
    default:
      return null;
  }
}

function castDecimals(vector: Fixed16Vector, to: DataType): ColumnVector | null {
  const { type: from, length, validity } = vector;
  if (from.kind !== 'numeric' || from.precision === null) return null;
  const scale = from.scale ?? 0;
  if (to.kind === 'float8') {
    const values = decimalsToFloat8(vector, scale);
    return values === null ? null : { kind: 'fixed', type: to, length, validity, values };
  }
  if (to.kind !== 'numeric' || to.precision === null) return null;
  const values = rescaleDecimals(vector, scale, { precision: to.precision, scale: to.scale ?? 0 });
  return { kind: 'fixed16', type: to, length, validity, values };
}
