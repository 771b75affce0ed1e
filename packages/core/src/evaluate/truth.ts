import { assert } from '../errors/millrace-error.ts';
import { types } from '../types/data-type.ts';
import { bitmapBytes, getBit } from '../vector/bitmap.ts';
import type { ColumnVector } from '../vector/column-vector.ts';

/** Three-valued results, one byte a row: easier to combine than bitmaps. */
export type Truth = Uint8Array;
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

/** A bool vector as one byte a row. */
export function truthOf(vector: ColumnVector): Truth {
  const { length } = vector;
  if (vector.kind === 'constant') {
    return new Uint8Array(length).fill(vector.value === null ? UNKNOWN : vector.value === true ? TRUE : FALSE);
  }
  const truth = new Uint8Array(length);
  assert(vector.kind === 'bits', `a bool vector cannot be of kind ${vector.kind}`);
  const { values, validity } = vector;
  for (let i = 0; i < length; i++) truth[i] = (values[i >> 3]! >> (i & 7)) & 1;
  if (validity !== null) for (let i = 0; i < length; i++) if (!getBit(validity, i)) truth[i] = UNKNOWN;
  return truth;
}

/** The bool vector of a truth. */
export function vectorOfTruth(truth: Truth): ColumnVector {
  const length = truth.length;
  const values = new Uint8Array(bitmapBytes(length));
  let validity: Uint8Array | null = null;
  for (let i = 0; i < length; i++) {
    const value = truth[i]!;
    if (value === TRUE) values[i >> 3]! |= 1 << (i & 7);
    else if (value === UNKNOWN) validity ??= new Uint8Array(bitmapBytes(length));
  }
  if (validity !== null) {
    for (let i = 0; i < length; i++) if (truth[i] !== UNKNOWN) validity[i >> 3]! |= 1 << (i & 7);
  }
  return { kind: 'bits', type: types.bool, length, validity, values };
}

/** The rows whose truth is (or, negated, is not) `value`. */
export function rowsWhere(truth: Truth, value: number, negated = false): Int32Array {
  const rows = new Int32Array(truth.length);
  let count = 0;
  for (let i = 0; i < truth.length; i++) if ((truth[i] === value) !== negated) rows[count++] = i;
  return rows.subarray(0, count);
}
