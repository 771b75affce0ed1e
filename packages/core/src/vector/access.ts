import { asciiToString, utf8ToString } from '../codec/utf8.ts';
import type { DataType } from '../types/data-type.ts';
import { formatDecimal } from '../types/numeric.ts';
import type { Value } from '../types/value.ts';
import { getBit } from './bitmap.ts';
import type { ColumnVector } from './column-vector.ts';
import { readDecimal128 } from './decimal128.ts';
import { readInterval, readUuid } from './fixed16.ts';

/** Whether value i is NULL. */
export function isNullAt(vector: ColumnVector, i: number): boolean {
  if (vector.kind === 'constant') return vector.value === null;
  return vector.validity !== null && (vector.validity[i >> 3]! & (1 << (i & 7))) === 0;
}

/**
 * Value i as a JavaScript value (see Value), null for NULL. For edges, literals and row-wise kernels; loops over many values read the
 * typed arrays themselves.
 */
export function valueAt(vector: ColumnVector, i: number): Value {
  switch (vector.kind) {
    case 'constant':
      return vector.value;
    case 'dictionary':
      return isNullAt(vector, i)
        ? null
        : bytesValue(vector.type, vector.dictionary.data, vector.dictionary.offsets, vector.codes[i]!);
    case 'fixed':
      return isNullAt(vector, i) ? null : vector.values[i]!;
    case 'bits':
      return isNullAt(vector, i) ? null : getBit(vector.values, i);
    case 'fixed16':
      return isNullAt(vector, i) ? null : fixed16Value(vector.type, vector.values, i);
    case 'bytes':
      return isNullAt(vector, i) ? null : bytesValue(vector.type, vector.data, vector.offsets, i);
    case 'list': {
      if (isNullAt(vector, i)) return null;
      const items: Value[] = [];
      for (let k = vector.offsets[i]!; k < vector.offsets[i + 1]!; k += 1) items.push(valueAt(vector.child, k));
      return items;
    }
    default:
      return vector satisfies never;
  }
}

function fixed16Value(type: DataType, values: Uint8Array, i: number): Value {
  if (type.kind === 'uuid') return readUuid(values, i);
  if (type.kind === 'interval') return readInterval(values, i);
  return formatDecimal(readDecimal128(values, i), type.kind === 'numeric' ? (type.scale ?? 0) : 0);
}

function bytesValue(type: DataType, data: Uint8Array, offsets: Int32Array, i: number): Value {
  const start = offsets[i]!;
  const end = offsets[i + 1]!;
  if (type.kind === 'bytea') return data.slice(start, end);
  return type.kind === 'numeric' ? asciiToString(data, start, end) : utf8ToString(data, start, end);
}

/** All values of a vector, for tests and small results. */
export function valuesOf(vector: ColumnVector): Value[] {
  return Array.from({ length: vector.length }, (_, i) => valueAt(vector, i));
}

/** A value repeated `length` times without storing it more than once. */
export function constantVector(type: DataType, value: Value, length: number): ColumnVector {
  return { kind: 'constant', type, length, value };
}
