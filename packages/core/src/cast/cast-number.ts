import { parseFloatText } from '../codec/float-text.ts';
import { failure } from '../errors/table.ts';
import { type DataType, formatType } from '../types/data-type.ts';
import { roundHalfEven } from '../types/interval.ts';
import {
  formatDecimal,
  formatNumeric,
  makeNumeric,
  type Numeric,
  parseNumeric,
  roundNumeric,
} from '../types/numeric.ts';
import { coefficientFor, numericFromFloat } from '../types/numeric-convert.ts';
import type { Value } from '../types/value.ts';

type IntegerKind = 'int2' | 'int4' | 'int8';

const LIMITS_OF: Readonly<Record<IntegerKind, bigint>> = {
  int2: 0x8000n,
  int4: 0x8000_0000n,
  int8: 0x8000_0000_0000_0000n,
};

/** 22003 with PostgreSQL's words: `integer out of range`. */
export function outOfRange(type: DataType): Error {
  return failure('outOfRange', { what: type.kind === 'oid' ? 'OID' : formatType(type) });
}

/** An integer as the Value of an integer type; 22003. */
function integerValue(kind: IntegerKind, value: bigint): Value {
  const limit = LIMITS_OF[kind];
  if (value < -limit || value >= limit) throw outOfRange({ kind });
  return kind === 'int8' ? value : Number(value);
}

/** float -> integer: halves to even; NaN and infinities are out of range. */
function integerFromFloat(kind: IntegerKind, value: number): Value {
  if (!Number.isFinite(value)) throw outOfRange({ kind });
  return integerValue(kind, BigInt(roundHalfEven(value)));
}

/** numeric -> integer: halves away from zero; NaN and infinity have no integer (0A000). */
function integerFromNumeric(kind: IntegerKind, value: Numeric): Value {
  if (value.special !== null) {
    const what = value.special === 'NaN' ? 'NaN' : 'infinity';
    throw failure('cannotConvert', { what, type: formatType({ kind }) });
  }
  return integerValue(kind, roundNumeric(value, 0).coefficient);
}

/** A numeric as a value of numeric or numeric(p,s). */
function numericValue(type: DataType & { kind: 'numeric' }, value: Numeric): string {
  if (type.precision === null) return formatNumeric(value);
  const scale = type.scale ?? 0;
  return formatDecimal(coefficientFor(value, type.precision, scale), scale);
}

/** float8 -> float4; 22003 when it overflows or underflows. */
export function narrowFloat(value: number): number {
  const narrow = Math.fround(value);
  if (!Number.isFinite(narrow) && Number.isFinite(value)) throw failure('floatOutOfRange', { what: 'overflow' });
  if (narrow === 0 && value !== 0) throw failure('floatOutOfRange', { what: 'underflow' });
  return narrow;
}

/** Any number type to any other. */
export function castNumber(value: Value, from: DataType, to: DataType): Value {
  const isFloat = from.kind === 'float4' || from.kind === 'float8';
  switch (to.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
      if (isFloat) return integerFromFloat(to.kind, value as number);
      if (from.kind === 'numeric') return integerFromNumeric(to.kind, parseNumeric(value as string));
      return integerValue(to.kind, BigInt(value as number | bigint));
    case 'float4':
      if (from.kind === 'numeric') return parseFloatText(value as string, 'float4');
      return from.kind === 'float8' ? narrowFloat(value as number) : Math.fround(Number(value));
    case 'float8':
      return from.kind === 'numeric' ? parseFloatText(value as string, 'float8') : Number(value);
    case 'numeric':
      if (isFloat) return numericValue(to, numericFromFloat(value as number, from.kind === 'float4' ? 6 : 15));
      if (from.kind === 'numeric') return numericValue(to, parseNumeric(value as string));
      return numericValue(to, makeNumeric(BigInt(value as number | bigint), 0));
    default:
      throw outOfRange(to);
  }
}

/** Integers to oid and reg*: int4 keeps its bits, int8 must be 0..2^32-1. */
export function oidValue(value: Value, from: DataType): number {
  if (from.kind !== 'int8') return (value as number) >>> 0;
  const wide = value as bigint;
  if (wide < 0n || wide > 0xffff_ffffn) throw outOfRange({ kind: 'oid' });
  return Number(wide);
}
