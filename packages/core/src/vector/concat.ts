import { assert } from '../errors/millrace-error.ts';
import { type DataType, layoutOf } from '../types/data-type.ts';
import { bitmapBytes, copyBits, setBit } from './bitmap.ts';
import { vectorFromValues } from './builder.ts';
import type {
  BitsVector,
  BytesVector,
  ColumnVector,
  DictionaryVector,
  Fixed16Vector,
  FixedVector,
  ListVector,
  RecordBatch,
} from './column-vector.ts';
import { fixedWidth, typedArrayOver } from './fixed-builder.ts';
import { flattenVector } from './flatten.ts';
import { sliceVector } from './slice.ts';

function concatValidity(
  vectors: readonly Exclude<ColumnVector, { kind: 'constant' }>[],
  length: number,
): Uint8Array | null {
  if (vectors.every((vector) => vector.validity === null)) return null;
  const result = new Uint8Array(bitmapBytes(length));
  let at = 0;
  for (const vector of vectors) {
    if (vector.validity !== null) copyBits(vector.validity, 0, vector.length, result, at);
    else for (let i = 0; i < vector.length; i += 1) setBit(result, at + i);
    at += vector.length;
  }
  return result;
}

/** Offsets of the vectors one after the other, starting at 0. */
function concatOffsets(
  vectors: readonly { readonly length: number; readonly offsets: Int32Array }[],
  length: number,
): Int32Array {
  const result = new Int32Array(length + 1);
  let row = 0;
  let at = 0;
  for (const vector of vectors) {
    const shift = at - vector.offsets[0]!;
    for (let i = 1; i <= vector.length; i += 1) result[row + i] = vector.offsets[i]! + shift;
    row += vector.length;
    at = vector.offsets[vector.length]! + shift;
    assert(at >= 0 && at <= 0x7fff_ffff, 'concatenated vectors stay below 2 GiB');
  }
  return result;
}

function concatDictionaries(type: DataType, vectors: readonly DictionaryVector[], length: number): ColumnVector {
  const codes = new Int32Array(length);
  let at = 0;
  for (const vector of vectors) {
    codes.set(vector.codes, at);
    at += vector.length;
  }
  return {
    kind: 'dictionary',
    type,
    length,
    validity: concatValidity(vectors, length),
    codes,
    dictionary: vectors[0]!.dictionary,
  };
}

/** Vectors of one layout, one after the other, as one vector of `type`. Dictionary vectors over the same dictionary keep it. */
export function concatVectors(type: DataType, vectors: readonly ColumnVector[]): ColumnVector {
  const first = vectors[0];
  if (first === undefined) return vectorFromValues(type, []);
  if (vectors.length === 1) return first.type === type ? first : { ...first, type };
  const length = vectors.reduce((sum, vector) => sum + vector.length, 0);
  if (
    first.kind === 'dictionary' &&
    vectors.every((v) => v.kind === 'dictionary' && v.dictionary === first.dictionary)
  ) {
    return concatDictionaries(type, vectors as readonly DictionaryVector[], length);
  }
  if (
    first.kind === 'constant' &&
    first.value === null &&
    vectors.every((v) => v.kind === 'constant' && v.value === null)
  ) {
    return { kind: 'constant', type, length, value: null };
  }
  return concatPlain(type, vectors.map(flattenVector), length);
}

function concatPlain(type: DataType, vectors: readonly ColumnVector[], length: number): ColumnVector {
  const layout = layoutOf(type);
  const validity = concatValidity(vectors as readonly BytesVector[], length);
  switch (layout) {
    case 'bits': {
      const values = new Uint8Array(bitmapBytes(length));
      let at = 0;
      for (const vector of vectors as readonly BitsVector[]) {
        copyBits(vector.values, 0, vector.length, values, at);
        at += vector.length;
      }
      return { kind: 'bits', type, length, validity, values };
    }
    case 'fixed16': {
      const values = new Uint8Array(length * 16);
      let at = 0;
      for (const vector of vectors as readonly Fixed16Vector[]) {
        values.set(vector.values.subarray(0, vector.length * 16), at);
        at += vector.length * 16;
      }
      return { kind: 'fixed16', type, length, validity, values };
    }
    case 'bytes': {
      const parts = vectors as readonly BytesVector[];
      const offsets = concatOffsets(parts, length);
      const data = new Uint8Array(offsets[length]!);
      let at = 0;
      for (const vector of parts) {
        const used = vector.data.subarray(vector.offsets[0]!, vector.offsets[vector.length]!);
        data.set(used, at);
        at += used.length;
      }
      return { kind: 'bytes', type, length, validity, offsets, data };
    }
    case 'list': {
      const parts = vectors as readonly ListVector[];
      const item: DataType = type.kind === 'array' ? type.item : { kind: 'unknown' };
      const children = parts.map((part) => sliceVector(part.child, part.offsets[0]!, part.offsets[part.length]!));
      return {
        kind: 'list',
        type,
        length,
        validity,
        offsets: concatOffsets(parts, length),
        child: concatVectors(item, children),
      };
    }
    default: {
      const values = typedArrayOver(layout, new ArrayBuffer(length * fixedWidth(layout)), 0, length);
      let at = 0;
      for (const vector of vectors as readonly FixedVector[]) {
        (values as Float64Array).set(vector.values as Float64Array, at);
        at += vector.length;
      }
      return { kind: 'fixed', type, length, validity, values };
    }
  }
}

/** Batches of the same columns as one batch. */
export function concatBatches(columnTypes: readonly DataType[], batches: readonly RecordBatch[]): RecordBatch {
  if (batches.length === 1) return batches[0]!;
  const rowCount = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
  return {
    rowCount,
    vectors: columnTypes.map((type, k) =>
      concatVectors(
        type,
        batches.map((batch) => batch.vectors[k]!),
      ),
    ),
  };
}
