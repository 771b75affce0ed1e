import { assert } from '../errors/millrace-error.ts';
import type { DataType } from '../types/data-type.ts';
import { bitmapBytes } from '../vector/bitmap.ts';
import type { ColumnVector, RecordBatch } from '../vector/column-vector.ts';
import { flattenVector } from '../vector/flatten.ts';
import { sliceVector } from '../vector/slice.ts';

/**
 * A batch as bytes, for the write-ahead log: no padding, no schema (the record names it), little-endian.
 *
 *   batch   version u8 = 1 | columns u16 | rows u32 | column*
 *   column  form u8 (1 = has validity, 2 = constant: one value for all rows) | validity bitmap | values
 *   values  fixed, fixed16: the array | bits: the bitmap | bytes: end offsets u32*rows, data | list: end offsets, child column
 */
export const BATCH_VERSION = 1;
export const FORM_VALIDITY = 1;
export const FORM_CONSTANT = 2;

/** Buffers from this size on are handed over as they are instead of being copied together. */
const VIEW_BYTES_MIN = 4_096;

/** Gathers small pieces into one buffer and keeps large ones as views. */
class Chunks {
  readonly #done: Uint8Array[] = [];
  #small: Uint8Array = new Uint8Array(512);
  #used = 0;

  #room(bytes: number): number {
    if (this.#used + bytes > this.#small.length) {
      const grown = new Uint8Array(Math.max(this.#small.length * 2, this.#used + bytes));
      grown.set(this.#small.subarray(0, this.#used));
      this.#small = grown;
    }
    const at = this.#used;
    this.#used += bytes;
    return at;
  }

  uint8(value: number): void {
    const at = this.#room(1);
    this.#small[at] = value;
  }
  uint16(value: number): void {
    this.uint8(value & 255);
    this.uint8(value >>> 8);
  }
  uint32(value: number): void {
    this.uint16(value & 0xffff);
    this.uint16(value >>> 16);
  }

  array(values: ArrayBufferView): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    if (bytes.length >= VIEW_BYTES_MIN) {
      this.#seal();
      this.#done.push(bytes);
      return;
    }
    const at = this.#room(bytes.length);
    this.#small.set(bytes, at);
  }

  #seal(): void {
    if (this.#used === 0) return;
    this.#done.push(this.#small.subarray(0, this.#used));
    this.#small = new Uint8Array(512);
    this.#used = 0;
  }

  finish(): Uint8Array[] {
    this.#seal();
    return this.#done;
  }
}

/** End offsets counted from the first value's start. */
function writeEnds(offsets: Int32Array, length: number, out: Chunks): void {
  const base = offsets[0]!;
  out.array(base === 0 ? offsets.subarray(1, length + 1) : offsets.subarray(1, length + 1).map((end) => end - base));
}

function writeColumn(vector: ColumnVector, out: Chunks): void {
  if (vector.kind === 'constant') {
    out.uint8(FORM_CONSTANT);
    writeColumn(flattenVector({ ...vector, length: 1 }), out);
    return;
  }
  if (vector.kind === 'dictionary') {
    writeColumn(flattenVector(vector), out);
    return;
  }
  const { length, validity } = vector;
  out.uint8(validity === null ? 0 : FORM_VALIDITY);
  if (validity !== null) out.array(validity.subarray(0, bitmapBytes(length)));
  switch (vector.kind) {
    case 'fixed':
      out.array(vector.values.subarray(0, length));
      return;
    case 'bits':
      out.array(vector.values.subarray(0, bitmapBytes(length)));
      return;
    case 'fixed16':
      out.array(vector.values.subarray(0, length * 16));
      return;
    case 'bytes':
      writeEnds(vector.offsets, length, out);
      out.array(vector.data.subarray(vector.offsets[0]!, vector.offsets[length]!));
      return;
    case 'list':
      writeEnds(vector.offsets, length, out);
      writeColumn(flattenVector(sliceVector(vector.child, vector.offsets[0]!, vector.offsets[length]!)), out);
      return;
    default:
      vector satisfies never;
  }
}

/**
 * The bytes of a batch, in pieces to be written one after the other. Large pieces are views on the vectors, which are immutable, so
 * nothing big is copied.
 */
export function encodeBatch(batch: RecordBatch, columnTypes: readonly DataType[]): Uint8Array[] {
  assert(batch.vectors.length === columnTypes.length, 'a batch has as many vectors as types');
  const out = new Chunks();
  out.uint8(BATCH_VERSION);
  out.uint16(columnTypes.length);
  out.uint32(batch.rowCount);
  for (const vector of batch.vectors) {
    assert(vector.length === batch.rowCount, 'vectors of a batch are as long as the batch');
    writeColumn(vector, out);
  }
  return out.finish();
}
