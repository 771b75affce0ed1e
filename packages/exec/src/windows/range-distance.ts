import {
  addNumeric,
  assert,
  type ColumnVector,
  compareNumeric,
  compareValues,
  type DataType,
  type EvaluationContext,
  failure,
  flattenVector,
  type Numeric,
  parseNumeric,
  subtractNumeric,
  types,
  type Value,
  valueAt,
} from '@millrace/core';
import { rowFunction } from '../aggregates/row-function.ts';

/** Compares the key of row j with that of row i plus or minus an offset, neither NULL: negative, 0 or positive. */
export type RangeDistance = (j: number, i: number) => number;

/** A RANGE offset: what is added to the sort key, or taken from it. */
export interface RangeOffset {
  readonly value: Value;
  readonly isSubtracted: boolean;
}

/**
 * How far rows are from a RANGE bound, as PostgreSQL's in_range functions decide: sums of integers do not overflow, what is infinitely far from
 * an infinite key on its other side is everywhere but at NaN. Throws 22013 for a negative offset (and NaN).
 */
export function rangeDistance(key: ColumnVector, offset: RangeOffset, evaluation: EvaluationContext): RangeDistance {
  const keys = flattenVector(key);
  const { kind } = keys.type;
  switch (kind) {
    case 'int2':
    case 'int4':
      return numberDistance(keys, Number(offset.value), offset.isSubtracted);
    case 'float4':
    case 'float8':
      return numberDistance(keys, offset.value as number, offset.isSubtracted);
    case 'int8':
      return int64Distance(keys, BigInt(offset.value as bigint), offset.isSubtracted);
    case 'numeric':
      return numericDistance(keys, parseNumeric(String(offset.value)), offset.isSubtracted);
    default:
      return timeDistance(keys, offset, evaluation);
  }
}

function refuse(isNegative: boolean): void {
  if (isNegative) throw failure('invalidFrameSize');
}

/** Offsets beyond 2^53 are rounded, and still beyond every int4. */
function numberDistance(keys: ColumnVector, offset: number, isSubtracted: boolean): RangeDistance {
  assert(keys.kind === 'fixed' && !(keys.values instanceof BigInt64Array), 'numbers have a fixed width');
  refuse(!(offset >= 0));
  const { values } = keys;
  const step = isSubtracted ? -offset : offset;
  return (j, i) => {
    const key = values[j] as number;
    const base = values[i] as number;
    const sum = base + step;
    if (key < sum) return -1;
    if (key > sum) return 1;
    if (key === sum) return 0;
    if (Number.isNaN(sum) && !Number.isNaN(base)) return Number.isNaN(key) ? 1 : 0;
    return Number(Number.isNaN(key)) - Number(Number.isNaN(sum));
  };
}

function int64Distance(keys: ColumnVector, offset: bigint, isSubtracted: boolean): RangeDistance {
  assert(keys.kind === 'fixed' && keys.values instanceof BigInt64Array, 'an int64 has 64 bits');
  refuse(offset < 0n);
  const { values } = keys;
  const step = isSubtracted ? -offset : offset;
  return (j, i) => {
    const key = values[j] as bigint;
    const sum = (values[i] as bigint) + step;
    return key < sum ? -1 : key > sum ? 1 : 0;
  };
}

function numericDistance(keys: ColumnVector, offset: Numeric, isSubtracted: boolean): RangeDistance {
  refuse(offset.special === 'NaN' || offset.special === '-Infinity' || offset.coefficient < 0n);
  const cached = lastSum((i) => {
    const base = parseNumeric(valueAt(keys, i) as string);
    const sum = isSubtracted ? subtractNumeric(base, offset) : addNumeric(base, offset);
    return sum.special === 'NaN' && base.special !== 'NaN' ? null : sum;
  });
  return (j, i) => {
    const sum = cached(i);
    const value = parseNumeric(valueAt(keys, j) as string);
    if (sum === null) return value.special === 'NaN' ? 1 : 0;
    return compareNumeric(value, sum);
  };
}

/** Dates are compared as timestamps; sums that are out of range fail, as in PostgreSQL. */
function timeDistance(keys: ColumnVector, offset: RangeOffset, evaluation: EvaluationContext): RangeDistance {
  const zero: Value = { months: 0, days: 0, micros: 0n };
  refuse(compareValues(types.interval, offset.value, zero) < 0);
  const { type } = keys;
  const sumType: DataType = type.kind === 'date' ? types.timestamp : type;
  const call = (name: string): ((args: readonly Value[]) => Value) =>
    rowFunction(evaluation, `${name}(${type.kind},interval)`, { args: [type, types.interval], returns: sumType });
  const move = call(offset.isSubtracted ? '-' : '+');
  const lift = type.kind === 'date' ? call('+') : null;
  const cached = lastSum((i) => move([valueAt(keys, i), offset.value]));
  return (j, i) => {
    const value = valueAt(keys, j);
    return compareValues(sumType, lift === null ? value : lift([value, zero]), cached(i));
  };
}

/** The sum of the row that was asked for last is kept: a search compares one row with many. */
function lastSum<T>(sumOf: (i: number) => T): (i: number) => T {
  let known: { readonly row: number; readonly sum: T } | null = null;
  return (i) => {
    if (known?.row !== i) known = { row: i, sum: sumOf(i) };
    return known.sum;
  };
}
