import { readBinaryFixed } from '../codec/binary-input.ts';
import { type FastReader, fastReaderFor } from '../codec/fast-text.ts';
import { utf8ToString } from '../codec/utf8.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import type { FormatSettings } from '../ports/query-handler.ts';
import type { DataType, Layout } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { BuilderBase } from './builder-base.ts';
import type { ColumnVector, FixedValues, FixedVector } from './column-vector.ts';
import type { BuilderOptions } from './vector-builder.ts';

type FixedLayout = Extract<Layout, 'int16' | 'int32' | 'uint32' | 'int64' | 'float32' | 'float64'>;

const BYTES: Readonly<Record<FixedLayout, number>> = {
  int16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float32: 4,
  float64: 8,
};

/** A typed array of a layout over a buffer. */
export function typedArrayOver(
  layout: FixedLayout,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): FixedValues {
  switch (layout) {
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    default:
      return layout satisfies never;
  }
}

/** Bytes a value of a fixed layout. */
export function fixedWidth(layout: FixedLayout): number {
  return BYTES[layout];
}

/** Stores a safe integer in a BigInt64Array through its int32 halves, without a bigint. */
function storeSafeInt64(halves: Int32Array, i: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  halves[2 * i] = value - high * 0x1_0000_0000;
  halves[2 * i + 1] = high;
}

/** int2, int4, oid, date and floats: a number a value. */
export class NumberBuilder extends BuilderBase {
  readonly #layout: FixedLayout;
  readonly #read: FastReader;
  #values: Exclude<FixedValues, BigInt64Array> = new Int32Array(0);

  constructor(type: DataType, layout: FixedLayout, options: BuilderOptions) {
    super(type, options);
    this.#layout = layout;
    this.#read = fastReaderFor(type);
  }

  protected valueBytes(): number {
    return this.count * BYTES[this.#layout];
  }
  protected growRows(capacity: number): void {
    const grown = typedArrayOver(this.#layout, this.allocate(capacity * BYTES[this.#layout]), 0, capacity);
    const values = grown as Exclude<FixedValues, BigInt64Array>;
    values.set(this.#values.subarray(0, this.count));
    this.#values = values;
  }
  protected storeNull(): void {
    this.#values[this.count] = 0;
  }
  protected storeValue(value: Value): void {
    this.#values[this.count] = value as number;
  }
  protected storeFrom(vector: ColumnVector, i: number): void {
    this.#values[this.count] = (vector as FixedVector).values[i] as number;
  }
  protected storeText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void {
    const fast = this.#read(bytes, start, end, format);
    this.#values[this.count] = Number.isNaN(fast)
      ? (valueFromText(this.type, utf8ToString(bytes, start, end), format) as number)
      : fast;
  }
  protected storeBinary(bytes: Uint8Array, start: number, end: number): void {
    this.#values[this.count] = readBinaryFixed(this.type, bytes, start, end) as number;
  }
  protected build(validity: Uint8Array | null): ColumnVector {
    const values = this.#values.subarray(0, this.count);
    this.#values = new Int32Array(0);
    return { kind: 'fixed', type: this.type, length: this.count, validity, values };
  }
}

/** int8 and timestamps: int64 a value, written by halves whenever the number is a safe integer. */
export class Int64Builder extends BuilderBase {
  readonly #read: FastReader;
  #values: BigInt64Array = new BigInt64Array(0);
  #halves: Int32Array = new Int32Array(0);

  constructor(type: DataType, options: BuilderOptions) {
    super(type, options);
    this.#read = fastReaderFor(type);
  }

  protected valueBytes(): number {
    return this.count * 8;
  }
  protected growRows(capacity: number): void {
    const grown = new BigInt64Array(this.allocate(capacity * 8), 0, capacity);
    grown.set(this.#values.subarray(0, this.count));
    this.#values = grown;
    this.#halves = new Int32Array(grown.buffer, 0, capacity * 2);
  }
  protected storeNull(): void {
    this.#values[this.count] = 0n;
  }
  protected storeValue(value: Value): void {
    this.#values[this.count] = value as bigint;
  }
  protected storeFrom(vector: ColumnVector, i: number): void {
    this.#values[this.count] = (vector as FixedVector).values[i] as bigint;
  }
  protected storeText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void {
    const fast = this.#read(bytes, start, end, format);
    if (Number.isNaN(fast)) {
      this.#values[this.count] = valueFromText(this.type, utf8ToString(bytes, start, end), format) as bigint;
    } else storeSafeInt64(this.#halves, this.count, fast);
  }
  protected storeBinary(bytes: Uint8Array, start: number, end: number): void {
    this.#values[this.count] = readBinaryFixed(this.type, bytes, start, end) as bigint;
  }
  protected build(validity: Uint8Array | null): ColumnVector {
    const values = this.#values.subarray(0, this.count);
    this.#values = new BigInt64Array(0);
    return { kind: 'fixed', type: this.type, length: this.count, validity, values };
  }
}

/** bool: a bit a value. */
export class BoolBuilder extends BuilderBase {
  readonly #read: FastReader = fastReaderFor({ kind: 'bool' });
  #values: Uint8Array = new Uint8Array(0);

  protected valueBytes(): number {
    return (this.count + 7) >> 3;
  }
  protected growRows(capacity: number): void {
    const grown = new Uint8Array(this.allocate((capacity + 7) >> 3));
    grown.set(this.#values.subarray(0, (this.count + 7) >> 3));
    this.#values = grown;
  }
  #store(value: boolean): void {
    const mask = 1 << (this.count & 7);
    if (value) this.#values[this.count >> 3]! |= mask;
    else this.#values[this.count >> 3]! &= ~mask;
  }
  protected storeNull(): void {
    this.#store(false);
  }
  protected storeValue(value: Value): void {
    this.#store(value as boolean);
  }
  protected storeFrom(vector: ColumnVector, i: number): void {
    this.#store(((vector as { values: Uint8Array }).values[i >> 3]! & (1 << (i & 7))) !== 0);
  }
  protected storeText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void {
    const fast = this.#read(bytes, start, end, format);
    this.#store(
      Number.isNaN(fast) ? (valueFromText(this.type, utf8ToString(bytes, start, end), format) as boolean) : fast === 1,
    );
  }
  protected storeBinary(bytes: Uint8Array, start: number, end: number): void {
    this.#store(readBinaryFixed(this.type, bytes, start, end) as boolean);
  }
  protected build(validity: Uint8Array | null): ColumnVector {
    const values = this.#values.subarray(0, (this.count + 7) >> 3);
    this.#values = new Uint8Array(0);
    return { kind: 'bits', type: this.type, length: this.count, validity, values };
  }
}
