import { bitmapBytes, filledBitmap } from './bitmap.ts';
import type {
  BytesVector,
  ColumnVector,
  ConstantVector,
  FixedValues,
  FixedVector,
  ListVector,
  RecordBatch,
} from './column-vector.ts';
import { flattenVector } from './flatten.ts';

/** An uninitialized array of the same kind. */
export function sameKindArray(values: FixedValues, length: number): FixedValues {
  return new (values.constructor as new (length: number) => FixedValues)(length);
}

/** Validity of the gathered rows; null when all are valid. */
function gatherValidity(validity: Uint8Array | null, indices: Int32Array, count: number): Uint8Array | null {
  let result: Uint8Array | null = null;
  for (let k = 0; k < count; k += 1) {
    const i = indices[k]!;
    if (i >= 0 && (validity === null || (validity[i >> 3]! & (1 << (i & 7))) !== 0)) continue;
    result ??= filledBitmap(count);
    result[k >> 3]! &= ~(1 << (k & 7));
  }
  return result;
}

function gatherFixed(vector: FixedVector, indices: Int32Array, count: number): FixedValues {
  const source = vector.values;
  if (source instanceof BigInt64Array) return gatherInt64(source, indices, count);
  const result = sameKindArray(source, count) as Float64Array;
  const values = source as Float64Array;
  for (let k = 0; k < count; k += 1) {
    const i = indices[k]!;
    if (i >= 0) result[k] = values[i]!;
  }
  return result;
}

/** Copies int64 by halves: no bigint is made. */
function gatherInt64(source: BigInt64Array, indices: Int32Array, count: number): BigInt64Array {
  const result = new BigInt64Array(count);
  const from = new Int32Array(source.buffer, source.byteOffset, source.length * 2);
  const to = new Int32Array(result.buffer);
  for (let k = 0; k < count; k += 1) {
    const i = indices[k]!;
    if (i < 0) continue;
    to[2 * k] = from[2 * i]!;
    to[2 * k + 1] = from[2 * i + 1]!;
  }
  return result;
}

function gatherBits(source: Uint8Array, indices: Int32Array, count: number): Uint8Array {
  const result = new Uint8Array(bitmapBytes(count));
  for (let k = 0; k < count; k += 1) {
    const i = indices[k]!;
    if (i >= 0 && (source[i >> 3]! & (1 << (i & 7))) !== 0) result[k >> 3]! |= 1 << (k & 7);
  }
  return result;
}

function gatherFixed16(source: Uint8Array, indices: Int32Array, count: number): Uint8Array {
  const result = new Uint8Array(count * 16);
  for (let k = 0; k < count; k += 1) {
    const i = indices[k]!;
    if (i < 0) continue;
    const from = i * 16;
    const to = k * 16;
    for (let b = 0; b < 16; b += 1) result[to + b] = source[from + b]!;
  }
  return result;
}

/** Offsets of the gathered values; NULL and -1 are empty. */
function gatherOffsets(
  offsets: Int32Array,
  validity: Uint8Array | null,
  indices: Int32Array,
  count: number,
): Int32Array {
  const result = new Int32Array(count + 1);
  let at = 0;
  for (let k = 0; k < count; k += 1) {
    const i = indices[k]!;
    if (i >= 0 && (validity === null || (validity[i >> 3]! & (1 << (i & 7))) !== 0))
      at += offsets[i + 1]! - offsets[i]!;
    result[k + 1] = at;
  }
  return result;
}

function gatherBytes(vector: BytesVector, indices: Int32Array, count: number): BytesVector {
  const offsets = gatherOffsets(vector.offsets, vector.validity, indices, count);
  const data = new Uint8Array(offsets[count]!);
  const source = vector.data;
  for (let k = 0; k < count; k += 1) {
    let to = offsets[k]!;
    const length = offsets[k + 1]! - to;
    if (length === 0) continue;
    let from = vector.offsets[indices[k]!]!;
    if (length > 32) data.set(source.subarray(from, from + length), to);
    else for (const end = from + length; from < end; from += 1, to += 1) data[to] = source[from]!;
  }
  const validity = gatherValidity(vector.validity, indices, count);
  return { kind: 'bytes', type: vector.type, length: count, validity, offsets, data };
}

function gatherList(vector: ListVector, indices: Int32Array, count: number): ListVector {
  const offsets = gatherOffsets(vector.offsets, vector.validity, indices, count);
  const children = new Int32Array(offsets[count]!);
  for (let k = 0; k < count; k += 1) {
    const start = offsets[k]!;
    const end = offsets[k + 1]!;
    if (start === end) continue;
    const from = vector.offsets[indices[k]!]!;
    for (let to = start; to < end; to += 1) children[to] = from + to - start;
  }
  const validity = gatherValidity(vector.validity, indices, count);
  return {
    kind: 'list',
    type: vector.type,
    length: count,
    validity,
    offsets,
    child: gatherVector(vector.child, children),
  };
}

function gatherConstant(vector: ConstantVector, indices: Int32Array, count: number): ColumnVector {
  let hasNull = false;
  for (let k = 0; k < count && !hasNull; k += 1) hasNull = indices[k]! < 0;
  if (!hasNull || vector.value === null)
    return { kind: 'constant', type: vector.type, length: count, value: vector.value };
  const single = flattenVector({ ...vector, length: 1 });
  return gatherVector(
    single,
    indices.subarray(0, count).map((i) => (i < 0 ? -1 : 0)),
  );
}

/**
 * The rows `indices[0..count)` of a vector, in that order; index -1 gives NULL. Constants stay constants and dictionaries keep their
 * dictionary where that is possible; everything else is copied.
 */
export function gatherVector(vector: ColumnVector, indices: Int32Array, count: number = indices.length): ColumnVector {
  const { type } = vector;
  switch (vector.kind) {
    case 'constant':
      return gatherConstant(vector, indices, count);
    case 'bytes':
      return gatherBytes(vector, indices, count);
    case 'list':
      return gatherList(vector, indices, count);
    case 'dictionary': {
      const codes = new Int32Array(count);
      for (let k = 0; k < count; k += 1) {
        const i = indices[k]!;
        if (i >= 0) codes[k] = vector.codes[i]!;
      }
      const validity = gatherValidity(vector.validity, indices, count);
      return { kind: 'dictionary', type, length: count, validity, codes, dictionary: vector.dictionary };
    }
    case 'fixed': {
      const validity = gatherValidity(vector.validity, indices, count);
      return { kind: 'fixed', type, length: count, validity, values: gatherFixed(vector, indices, count) };
    }
    case 'bits': {
      const validity = gatherValidity(vector.validity, indices, count);
      return { kind: 'bits', type, length: count, validity, values: gatherBits(vector.values, indices, count) };
    }
    case 'fixed16': {
      const validity = gatherValidity(vector.validity, indices, count);
      return { kind: 'fixed16', type, length: count, validity, values: gatherFixed16(vector.values, indices, count) };
    }
    default:
      return vector satisfies never;
  }
}

/** `gatherVector` for every column. */
export function gatherBatch(batch: RecordBatch, indices: Int32Array, count: number = indices.length): RecordBatch {
  return { rowCount: count, vectors: batch.vectors.map((vector) => gatherVector(vector, indices, count)) };
}
