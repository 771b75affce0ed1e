import { valueFromBinary } from '../codec/binary-input.ts';
import { readDecimalInto, readUuidInto } from '../codec/fast-text.ts';
import { utf8ToString } from '../codec/utf8.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import type { FormatSettings } from '../ports/query-handler.ts';
import type { DataType } from '../types/data-type.ts';
import { parseNumeric } from '../types/numeric.ts';
import { coefficientFor } from '../types/numeric-convert.ts';
import type { Interval, Value } from '../types/value.ts';
import { BuilderBase } from './builder-base.ts';
import type { ColumnVector, Fixed16Vector } from './column-vector.ts';
import { writeDecimal128 } from './decimal128.ts';
import { writeInterval, writeUuid } from './fixed16.ts';
import type { BuilderOptions } from './vector-builder.ts';

/** numeric(p,s), uuid and interval: 16 bytes a value. */
export class Fixed16Builder extends BuilderBase {
  readonly #kind: 'numeric' | 'uuid' | 'interval';
  readonly #precision: number;
  readonly #scale: number;
  #values: Uint8Array = new Uint8Array(0);

  constructor(type: DataType, options: BuilderOptions) {
    super(type, options);
    this.#kind = type.kind as 'numeric' | 'uuid' | 'interval';
    this.#precision = type.kind === 'numeric' ? (type.precision ?? 38) : 0;
    this.#scale = type.kind === 'numeric' ? (type.scale ?? 0) : 0;
  }

  protected valueBytes(): number {
    return this.count * 16;
  }
  protected growRows(capacity: number): void {
    const grown = new Uint8Array(this.allocate(capacity * 16));
    grown.set(this.#values.subarray(0, this.count * 16));
    this.#values = grown;
  }
  protected storeNull(): void {
    this.#values.fill(0, this.count * 16, this.count * 16 + 16);
  }
  protected storeValue(value: Value): void {
    if (this.#kind === 'uuid') writeUuid(this.#values, this.count, value as string);
    else if (this.#kind === 'interval') writeInterval(this.#values, this.count, value as Interval);
    else {
      const coefficient = coefficientFor(parseNumeric(value as string), this.#precision, this.#scale);
      writeDecimal128(this.#values, this.count, coefficient);
    }
  }
  protected storeFrom(vector: ColumnVector, i: number): void {
    const source = (vector as Fixed16Vector).values;
    const from = i * 16;
    const to = this.count * 16;
    for (let k = 0; k < 16; k += 1) this.#values[to + k] = source[from + k]!;
  }
  protected storeText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void {
    const done =
      this.#kind === 'numeric'
        ? readDecimalInto(this.#values, this.count, this.#precision, this.#scale, bytes, start, end)
        : this.#kind === 'uuid' && readUuidInto(this.#values, this.count, bytes, start, end);
    if (!done) this.storeValue(valueFromText(this.type, utf8ToString(bytes, start, end), format));
  }
  protected storeBinary(bytes: Uint8Array, start: number, end: number): void {
    if (this.#kind === 'uuid' && end - start === 16) this.#values.set(bytes.subarray(start, end), this.count * 16);
    else this.storeValue(valueFromBinary(this.type, bytes.subarray(start, end)));
  }
  protected build(validity: Uint8Array | null): ColumnVector {
    const values = this.#values.subarray(0, this.count * 16);
    this.#values = new Uint8Array(0);
    return { kind: 'fixed16', type: this.type, length: this.count, validity, values };
  }
}
