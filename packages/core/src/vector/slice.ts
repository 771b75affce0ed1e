import { sliceBitmap } from './bitmap.ts';
import type { ColumnVector, RecordBatch } from './column-vector.ts';

/** Rows `[start, end)`, sharing memory (bitmaps are copied when `start` is no multiple of 8). */
export function sliceVector(vector: ColumnVector, start: number, end: number): ColumnVector {
  const length = end - start;
  if (vector.kind === 'constant') return { ...vector, length };
  if (start === 0 && length === vector.length) return vector;
  const validity = vector.validity === null ? null : sliceBitmap(vector.validity, start, end);
  switch (vector.kind) {
    case 'fixed':
      return { ...vector, length, validity, values: vector.values.subarray(start, end) };
    case 'bits':
      return { ...vector, length, validity, values: sliceBitmap(vector.values, start, end) };
    case 'fixed16':
      return { ...vector, length, validity, values: vector.values.subarray(start * 16, end * 16) };
    case 'bytes':
    case 'list':
      return { ...vector, length, validity, offsets: vector.offsets.subarray(start, end + 1) };
    case 'dictionary':
      return { ...vector, length, validity, codes: vector.codes.subarray(start, end) };
    default:
      return vector satisfies never;
  }
}

/** `sliceVector` for every column. */
export function sliceBatch(batch: RecordBatch, start: number, end: number): RecordBatch {
  if (start === 0 && end === batch.rowCount) return batch;
  return { rowCount: end - start, vectors: batch.vectors.map((vector) => sliceVector(vector, start, end)) };
}
