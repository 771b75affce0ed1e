import { valueFromBinary } from '../codec/binary-input.ts';
import { isCanonicalNumericText } from '../codec/fast-text.ts';
import { utf8Length, utf8ToString, validateUtf8, writeUtf8 } from '../codec/utf8.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import { failure } from '../errors/table.ts';
import type { FormatSettings } from '../ports/query-handler.ts';
import type { DataType } from '../types/data-type.ts';
import { fitText } from '../types/text-length.ts';
import type { Value } from '../types/value.ts';
import { BuilderBase } from './builder-base.ts';
import type { ColumnVector } from './column-vector.ts';
import type { BuilderOptions } from './vector-builder.ts';

/** Offsets are int32: a vector's bytes end below 2 GiB. */
const BYTES_MAX = 0x7fff_ffff;

/** Text, json, bytea and unconstrained numeric: offsets and bytes. */
export class BytesBuilder extends BuilderBase {
  /** Text that is stored as it comes once its encoding is checked. */
  readonly #isPlainText: boolean;
  readonly #lengthLimit: number | null;
  #offsets: Int32Array = new Int32Array(0);
  #data: Uint8Array = new Uint8Array(0);

  constructor(type: DataType, options: BuilderOptions) {
    super(type, options);
    this.#isPlainText = type.kind === 'text' || type.kind === 'varchar' || type.kind === 'unknown';
    this.#lengthLimit = type.kind === 'varchar' ? type.length : null;
  }

  protected valueBytes(): number {
    return (this.count + 1) * 4 + this.#used();
  }
  #used(): number {
    return this.count === 0 ? 0 : this.#offsets[this.count]!;
  }
  protected growRows(capacity: number): void {
    const grown = new Int32Array(this.allocate((capacity + 1) * 4), 0, capacity + 1);
    if (this.count > 0) grown.set(this.#offsets.subarray(0, this.count + 1));
    this.#offsets = grown;
  }

  /** Room for `bytes` more; returns where they go. */
  #room(bytes: number): number {
    const used = this.#used();
    const needed = used + bytes;
    if (needed > this.#data.length) {
      if (needed > BYTES_MAX)
        throw failure('programLimit', { message: 'a column batch cannot hold more than 2 GiB of text' });
      const size = Math.min(Math.max(needed, this.#data.length * 2, this.capacity * 8), BYTES_MAX);
      const grown = new Uint8Array(this.allocate(size));
      grown.set(this.#data.subarray(0, used));
      this.#data = grown;
    }
    return used;
  }
  #storeBytes(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const at = this.#room(length);
    if (length <= 24) for (let k = 0; k < length; k += 1) this.#data[at + k] = bytes[start + k]!;
    else this.#data.set(bytes.subarray(start, end), at);
    this.#offsets[this.count + 1] = at + length;
  }

  protected storeNull(): void {
    this.#offsets[this.count + 1] = this.#used();
  }
  protected storeValue(value: Value): void {
    if (typeof value !== 'string') {
      const bytes = value as Uint8Array;
      this.#storeBytes(bytes, 0, bytes.length);
      return;
    }
    const text = fitText(this.type, value, 'assignment');
    const at = this.#room(utf8Length(text));
    this.#offsets[this.count + 1] = at + writeUtf8(text, this.#data, at);
  }
  protected storeFrom(vector: ColumnVector, i: number): void {
    if (vector.kind === 'dictionary') {
      const code = vector.codes[i]!;
      const { offsets, data } = vector.dictionary;
      this.#storeBytes(data, offsets[code]!, offsets[code + 1]!);
    } else if (vector.kind === 'bytes') this.#storeBytes(vector.data, vector.offsets[i]!, vector.offsets[i + 1]!);
  }
  protected storeText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void {
    if (this.#isPlainText) {
      const characters = validateUtf8(bytes, start, end);
      if (this.#lengthLimit === null || characters <= this.#lengthLimit) {
        this.#storeBytes(bytes, start, end);
        return;
      }
    } else if (this.type.kind === 'numeric' && isCanonicalNumericText(bytes, start, end)) {
      this.#storeBytes(bytes, start, end);
      return;
    } else validateUtf8(bytes, start, end);
    this.storeValue(valueFromText(this.type, utf8ToString(bytes, start, end), format));
  }
  protected storeBinary(bytes: Uint8Array, start: number, end: number): void {
    if (this.type.kind === 'bytea') this.#storeBytes(bytes, start, end);
    else this.storeValue(valueFromBinary(this.type, bytes.subarray(start, end)));
  }
  protected build(validity: Uint8Array | null): ColumnVector {
    const offsets = this.#offsets.subarray(0, this.count + 1);
    const data = this.#data.subarray(0, this.#used());
    this.#offsets = new Int32Array(0);
    this.#data = new Uint8Array(0);
    return { kind: 'bytes', type: this.type, length: this.count, validity, offsets, data };
  }
}
