import { failure } from '../errors/table.ts';
import { type DataType, layoutOf } from '../types/data-type.ts';
import { valueAt } from '../vector/access.ts';
import { bitmapBytes } from '../vector/bitmap.ts';
import type { ColumnVector, RecordBatch } from '../vector/column-vector.ts';
import { fixedWidth, typedArrayOver } from '../vector/fixed-builder.ts';
import { BATCH_VERSION, FORM_CONSTANT, FORM_VALIDITY } from './batch-encode.ts';

/** No batch comes near it, and lengths computed from it stay below 2^31. */
const ROWS_MAX = 0x0800_0000;

function damaged(reason: string): Error {
  return failure('dataCorrupted', { message: `damaged batch: ${reason}` });
}

/** Reads forward and never beyond the end. */
class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next bytes in a buffer of their own, so that they are aligned and do not hold the log's memory. */
  copy(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw damaged('it ends too early');
    const result = new Uint8Array(length);
    result.set(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return result;
  }

  uint8(): number {
    if (this.isAtEnd) throw damaged('it ends too early');
    const value = this.#bytes[this.#at]!;
    this.#at += 1;
    return value;
  }
  uint16(): number {
    return this.uint8() + this.uint8() * 256;
  }
  uint32(): number {
    return this.uint16() + this.uint16() * 65_536;
  }

  /** `length` end offsets with a 0 in front; they must not decrease. */
  offsets(length: number): Int32Array {
    const ends = this.copy(length * 4);
    const offsets = new Int32Array(length + 1);
    offsets.set(new Int32Array(ends.buffer, 0, length), 1);
    for (let i = 0; i < length; i += 1) if (offsets[i + 1]! < offsets[i]!) throw damaged('offsets decrease');
    if (offsets[length]! > this.#bytes.length * 8) throw damaged('offsets exceed the data');
    return offsets;
  }
}

function readColumn(type: DataType, length: number, cursor: Cursor): ColumnVector {
  const form = cursor.uint8();
  if (form === FORM_CONSTANT) {
    const single = readPlain(type, 1, cursor.uint8(), cursor);
    return { kind: 'constant', type, length, value: valueAt(single, 0) };
  }
  return readPlain(type, length, form, cursor);
}

function readPlain(type: DataType, length: number, form: number, cursor: Cursor): ColumnVector {
  if (form > FORM_VALIDITY) throw damaged('unknown column form');
  const validity = form === FORM_VALIDITY ? cursor.copy(bitmapBytes(length)) : null;
  const layout = layoutOf(type);
  switch (layout) {
    case 'bits':
      return { kind: 'bits', type, length, validity, values: cursor.copy(bitmapBytes(length)) };
    case 'fixed16':
      return { kind: 'fixed16', type, length, validity, values: cursor.copy(length * 16) };
    case 'bytes': {
      const offsets = cursor.offsets(length);
      return { kind: 'bytes', type, length, validity, offsets, data: cursor.copy(offsets[length]!) };
    }
    case 'list': {
      const offsets = cursor.offsets(length);
      const item: DataType = type.kind === 'array' ? type.item : { kind: 'unknown' };
      return { kind: 'list', type, length, validity, offsets, child: readColumn(item, offsets[length]!, cursor) };
    }
    default: {
      const bytes = cursor.copy(length * fixedWidth(layout));
      return { kind: 'fixed', type, length, validity, values: typedArrayOver(layout, bytes.buffer, 0, length) };
    }
  }
}

/** Reads what `encodeBatch` wrote for these types. XX001 when the bytes do not add up; it never reads beyond them. */
export function decodeBatch(bytes: Uint8Array, columnTypes: readonly DataType[]): RecordBatch {
  const cursor = new Cursor(bytes);
  const version = cursor.uint8();
  if (version !== BATCH_VERSION) throw damaged(`version ${version} is unknown`);
  const columns = cursor.uint16();
  if (columns !== columnTypes.length) throw damaged(`${columns} columns instead of ${columnTypes.length}`);
  const rowCount = cursor.uint32();
  if (rowCount > ROWS_MAX) throw damaged(`${rowCount} rows`);
  const vectors = columnTypes.map((type) => readColumn(type, rowCount, cursor));
  if (!cursor.isAtEnd) throw damaged('bytes are left over');
  return { rowCount, vectors };
}
