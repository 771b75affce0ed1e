import { type DataType, layoutOf } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { bitmapBytes, filledBitmap } from './bitmap.ts';
import { vectorFromValues } from './builder.ts';
import type { ColumnVector, DictionaryVector } from './column-vector.ts';
import { fixedWidth, typedArrayOver } from './fixed-builder.ts';

/** Constants and dictionaries as plain vectors; plain vectors as they are. Children of lists are flattened too. */
export function flattenVector(vector: ColumnVector): ColumnVector {
  if (vector.kind === 'constant') return repeatValue(vector.type, vector.value, vector.length);
  if (vector.kind === 'dictionary') return flattenDictionary(vector);
  if (vector.kind === 'list') {
    const child = flattenVector(vector.child);
    return child === vector.child ? vector : { ...vector, child };
  }
  return vector;
}

/** A plain vector of `length` NULLs. */
export function nullVector(type: DataType, length: number): ColumnVector {
  const layout = layoutOf(type);
  const validity = new Uint8Array(bitmapBytes(length));
  switch (layout) {
    case 'bits':
      return { kind: 'bits', type, length, validity, values: new Uint8Array(bitmapBytes(length)) };
    case 'fixed16':
      return { kind: 'fixed16', type, length, validity, values: new Uint8Array(length * 16) };
    case 'bytes':
      return { kind: 'bytes', type, length, validity, offsets: new Int32Array(length + 1), data: new Uint8Array(0) };
    case 'list': {
      const item: DataType = type.kind === 'array' ? type.item : { kind: 'unknown' };
      return {
        kind: 'list',
        type,
        length,
        validity,
        offsets: new Int32Array(length + 1),
        child: vectorFromValues(item, []),
      };
    }
    default: {
      const values = typedArrayOver(layout, new ArrayBuffer(length * fixedWidth(layout)), 0, length);
      return { kind: 'fixed', type, length, validity, values };
    }
  }
}

function repeatValue(type: DataType, value: Value, length: number): ColumnVector {
  if (value === null) return nullVector(type, length);
  const single = vectorFromValues(type, [value]);
  switch (single.kind) {
    case 'fixed': {
      const values = typedArrayOver(
        layoutOf(type) as 'int32',
        new ArrayBuffer(length * single.values.BYTES_PER_ELEMENT),
        0,
        length,
      );
      (values as Float64Array).fill(single.values[0] as number);
      return { kind: 'fixed', type, length, validity: null, values };
    }
    case 'bits':
      return {
        kind: 'bits',
        type,
        length,
        validity: null,
        values: value === true ? filledBitmap(length) : new Uint8Array(bitmapBytes(length)),
      };
    case 'fixed16': {
      const values = new Uint8Array(length * 16);
      for (let i = 0; i < length; i += 1) values.set(single.values, i * 16);
      return { kind: 'fixed16', type, length, validity: null, values };
    }
    case 'bytes': {
      const size = single.data.length;
      const data = new Uint8Array(size * length);
      const offsets = new Int32Array(length + 1);
      for (let i = 0; i < length; i += 1) {
        data.set(single.data, i * size);
        offsets[i + 1] = (i + 1) * size;
      }
      return { kind: 'bytes', type, length, validity: null, offsets, data };
    }
    default:
      return vectorFromValues(type, new Array<Value>(length).fill(value));
  }
}

function flattenDictionary(vector: DictionaryVector): ColumnVector {
  const { type, length, validity, codes, dictionary } = vector;
  const offsets = new Int32Array(length + 1);
  let at = 0;
  for (let i = 0; i < length; i += 1) {
    if (validity === null || (validity[i >> 3]! & (1 << (i & 7))) !== 0) {
      at += dictionary.offsets[codes[i]! + 1]! - dictionary.offsets[codes[i]!]!;
    }
    offsets[i + 1] = at;
  }
  const data = new Uint8Array(at);
  for (let i = 0; i < length; i += 1) {
    if (offsets[i] === offsets[i + 1]) continue;
    const from = dictionary.offsets[codes[i]!]!;
    data.set(dictionary.data.subarray(from, from + offsets[i + 1]! - offsets[i]!), offsets[i]);
  }
  return { kind: 'bytes', type, length, validity, offsets, data };
}
