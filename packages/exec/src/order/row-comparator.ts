import {
  type BytesVector,
  type ColumnVector,
  compareBytes,
  compareValues,
  flattenVector,
  getBit,
  isNullAt,
  isTextLike,
  valueAt,
} from '@millrace/core';

/** Compares value i of one vector with value j of another of the same type, neither NULL: negative, 0 or positive. */
export type ValueComparator = (i: number, j: number) => number;

/** PostgreSQL's order of the type on the vectors' memory: no value is boxed but for numerics, intervals, jsonb and arrays. */
export function valueComparator(left: ColumnVector, right: ColumnVector): ValueComparator {
  const a = flattenVector(left);
  const b = flattenVector(right);
  if (a.kind === 'fixed' && b.kind === 'fixed') return fixedComparator(a.values, b.values);
  if (a.kind === 'bits' && b.kind === 'bits') {
    return (i, j) => Number(getBit(a.values, i)) - Number(getBit(b.values, j));
  }
  if (a.kind === 'bytes' && b.kind === 'bytes' && hasByteOrder(a)) {
    return (i, j) =>
      compareBytes(
        a.data,
        a.offsets[i] as number,
        a.offsets[i + 1] as number,
        b.data,
        b.offsets[j] as number,
        b.offsets[j + 1] as number,
      );
  }
  return (i, j) => compareValues(a.type, valueAt(a, i), valueAt(b, j));
}

function hasByteOrder(vector: BytesVector): boolean {
  const { type } = vector;
  return (isTextLike(type) && type.kind !== 'bpchar') || type.kind === 'bytea' || type.kind === 'unknown';
}

type Numbers = Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array | BigInt64Array;

function fixedComparator(x: Numbers, y: Numbers): ValueComparator {
  if (x instanceof BigInt64Array && y instanceof BigInt64Array) return int64Comparator(x, y);
  if (x instanceof Float64Array || x instanceof Float32Array) {
    return (i, j) => compareNumbers(x[i] as number, y[j] as number);
  }
  return (i, j) => (x[i] as number) - (y[j] as number);
}

/** NaN equals NaN and is greatest; -0 equals 0. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** By halves, so that no bigint is made. */
function int64Comparator(x: BigInt64Array, y: BigInt64Array): ValueComparator {
  const a = new Int32Array(x.buffer, x.byteOffset, x.length * 2);
  const b = new Int32Array(y.buffer, y.byteOffset, y.length * 2);
  return (i, j) => {
    const high = (a[i * 2 + 1] as number) - (b[j * 2 + 1] as number);
    return high !== 0 ? high : ((a[i * 2] as number) >>> 0) - ((b[j * 2] as number) >>> 0);
  };
}

/** One key of an order. */
export interface OrderKey {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Compares row i of `left` with row j of `right` by all keys; 0 when every key is equal (NULL = NULL). */
export function rowComparator(
  keys: readonly OrderKey[],
  left: readonly ColumnVector[],
  right: readonly ColumnVector[],
): ValueComparator {
  const comparators = keys.map((key, k) => keyComparator(key, left[k] as ColumnVector, right[k] as ColumnVector));
  const [first, second] = comparators;
  if (first === undefined) return () => 0;
  if (second === undefined) return first;
  return (i, j) => {
    for (const compare of comparators) {
      const sign = compare(i, j);
      if (sign !== 0) return sign;
    }
    return 0;
  };
}

function keyComparator(key: OrderKey, left: ColumnVector, right: ColumnVector): ValueComparator {
  const ascending = valueComparator(left, right);
  const compare: ValueComparator = key.descending ? (i, j) => -ascending(i, j) : ascending;
  if (!mayBeNull(left) && !mayBeNull(right)) return compare;
  const nullSign = key.nullsFirst ? -1 : 1;
  return (i, j) => {
    const isLeftNull = isNullAt(left, i);
    const isRightNull = isNullAt(right, j);
    if (isLeftNull || isRightNull) return isLeftNull === isRightNull ? 0 : isLeftNull ? nullSign : -nullSign;
    return compare(i, j);
  };
}

function mayBeNull(vector: ColumnVector): boolean {
  return vector.kind === 'constant' ? vector.value === null : vector.validity !== null;
}

/** The rows 0 .. rowCount - 1 in the order of the comparator; equal rows keep their order. */
export function sortedRows(rowCount: number, compare: ValueComparator): Int32Array {
  const rows = new Int32Array(rowCount);
  for (let i = 0; i < rowCount; i++) rows[i] = i;
  return rows.sort((i, j) => compare(i, j) || i - j);
}
