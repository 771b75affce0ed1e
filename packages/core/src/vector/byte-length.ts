import { bitmapBytes } from './bitmap.ts';
import type { ColumnVector, RecordBatch } from './column-vector.ts';

/** Bytes of the values of a vector (of its slice, not of the buffers behind it): what a memory budget is charged. */
export function vectorByteLength(vector: ColumnVector): number {
  if (vector.kind === 'constant') return 64;
  const validity = vector.validity === null ? 0 : bitmapBytes(vector.length);
  switch (vector.kind) {
    case 'fixed':
      return validity + vector.length * vector.values.BYTES_PER_ELEMENT;
    case 'bits':
      return validity + bitmapBytes(vector.length);
    case 'fixed16':
      return validity + vector.length * 16;
    case 'bytes':
      return validity + (vector.length + 1) * 4 + vector.offsets[vector.length]! - vector.offsets[0]!;
    case 'list':
      return validity + (vector.length + 1) * 4 + vectorByteLength(vector.child);
    case 'dictionary':
      return validity + vector.length * 4 + vectorByteLength(vector.dictionary);
    default:
      return vector satisfies never;
  }
}

/** The sum over a batch's columns. */
export function batchByteLength(batch: RecordBatch): number {
  let bytes = 0;
  for (const vector of batch.vectors) bytes += vectorByteLength(vector);
  return bytes;
}
