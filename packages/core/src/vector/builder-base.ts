import type { FormatSettings } from '../ports/query-handler.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { isNullAt } from './access.ts';
import { bitmapBytes, clearBit, setBit } from './bitmap.ts';
import type { ColumnVector } from './column-vector.ts';
import type { BuilderOptions, VectorBuilder } from './vector-builder.ts';

const MIN_ROWS = 16;

/** Length, capacity and validity: what all builders share. The bitmap exists only once there is a NULL. */
export abstract class BuilderBase implements VectorBuilder {
  readonly type: DataType;
  protected readonly allocate: (bytes: number) => ArrayBufferLike;
  readonly #initialRows: number;
  #validity: Uint8Array | null = null;
  protected count = 0;
  protected capacity = 0;

  constructor(type: DataType, options: BuilderOptions) {
    this.type = type;
    this.allocate = options.allocate ?? ((bytes) => new ArrayBuffer(bytes));
    this.#initialRows = Math.max(options.capacityRows ?? MIN_ROWS, 1);
  }

  get length(): number {
    return this.count;
  }

  get byteLength(): number {
    return this.valueBytes() + (this.#validity === null ? 0 : bitmapBytes(this.count));
  }

  protected abstract valueBytes(): number;
  /** Makes room for `capacity` rows, keeping the first `count`. */
  protected abstract growRows(capacity: number): void;
  /** Stores something harmless at row `count`. */
  protected abstract storeNull(): void;
  protected abstract storeValue(value: Value): void;
  /** The non-null value i of a vector that is no constant. */
  protected abstract storeFrom(vector: ColumnVector, i: number): void;
  protected abstract storeText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void;
  protected abstract storeBinary(bytes: Uint8Array, start: number, end: number): void;
  protected abstract build(validity: Uint8Array | null): ColumnVector;

  #prepare(): void {
    if (this.count < this.capacity) return;
    const capacity = this.capacity === 0 ? this.#initialRows : this.capacity * 2;
    this.growRows(capacity);
    if (this.#validity !== null) {
      const grown = new Uint8Array(this.allocate(bitmapBytes(capacity)));
      grown.set(this.#validity.subarray(0, bitmapBytes(this.count)));
      this.#validity = grown;
    }
    this.capacity = capacity;
  }

  #accept(): void {
    if (this.#validity !== null) setBit(this.#validity, this.count);
    this.count += 1;
  }

  appendNull(): void {
    this.#prepare();
    if (this.#validity === null) {
      this.#validity = new Uint8Array(this.allocate(bitmapBytes(this.capacity)));
      this.#validity.fill(0xff, 0, this.count >> 3);
      for (let i = this.count & ~7; i < this.count; i += 1) setBit(this.#validity, i);
    }
    this.storeNull();
    clearBit(this.#validity, this.count);
    this.count += 1;
  }

  appendValue(value: Value): void {
    if (value === null) {
      this.appendNull();
      return;
    }
    this.#prepare();
    this.storeValue(value);
    this.#accept();
  }

  appendText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void {
    this.#prepare();
    this.storeText(bytes, start, end, format);
    this.#accept();
  }

  appendBinary(bytes: Uint8Array, start: number, end: number): void {
    this.#prepare();
    this.storeBinary(bytes, start, end);
    this.#accept();
  }

  appendFrom(vector: ColumnVector, i: number): void {
    if (vector.kind === 'constant') {
      this.appendValue(vector.value);
      return;
    }
    if (isNullAt(vector, i)) {
      this.appendNull();
      return;
    }
    this.#prepare();
    this.storeFrom(vector, i);
    this.#accept();
  }

  truncate(length: number): void {
    if (length < this.count) this.count = length;
  }

  finish(): ColumnVector {
    const validity = this.#validity === null ? null : this.#validity.subarray(0, bitmapBytes(this.count));
    if (this.capacity === 0) this.growRows(0);
    const vector = this.build(validity);
    this.#validity = null;
    this.count = 0;
    this.capacity = 0;
    return vector;
  }
}
