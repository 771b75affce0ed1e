import { valueFromBinary } from '../codec/binary-input.ts';
import { utf8ToString, validateUtf8 } from '../codec/utf8.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import type { FormatSettings } from '../ports/query-handler.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { BuilderBase } from './builder-base.ts';
import type { ColumnVector } from './column-vector.ts';
import type { BuilderOptions, VectorBuilder } from './vector-builder.ts';

/** Arrays: offsets into a child builder. A failed append cuts the child back. */
export class ListBuilder extends BuilderBase {
  readonly #child: VectorBuilder;
  #offsets: Int32Array = new Int32Array(0);

  constructor(type: DataType, child: VectorBuilder, options: BuilderOptions) {
    super(type, options);
    this.#child = child;
  }

  #used(): number {
    return this.count === 0 ? 0 : this.#offsets[this.count]!;
  }
  protected valueBytes(): number {
    return (this.count + 1) * 4 + this.#child.byteLength;
  }
  protected growRows(capacity: number): void {
    const grown = new Int32Array(this.allocate((capacity + 1) * 4), 0, capacity + 1);
    if (this.count > 0) grown.set(this.#offsets.subarray(0, this.count + 1));
    this.#offsets = grown;
  }
  protected storeNull(): void {
    this.#child.truncate(this.#used());
    this.#offsets[this.count + 1] = this.#used();
  }
  protected storeValue(value: Value): void {
    this.#child.truncate(this.#used());
    for (const item of value as readonly Value[]) this.#child.appendValue(item);
    this.#offsets[this.count + 1] = this.#child.length;
  }
  protected storeFrom(vector: ColumnVector, i: number): void {
    if (vector.kind !== 'list') return;
    this.#child.truncate(this.#used());
    for (let k = vector.offsets[i]!; k < vector.offsets[i + 1]!; k += 1) this.#child.appendFrom(vector.child, k);
    this.#offsets[this.count + 1] = this.#child.length;
  }
  protected storeText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void {
    validateUtf8(bytes, start, end);
    this.storeValue(valueFromText(this.type, utf8ToString(bytes, start, end), format));
  }
  protected storeBinary(bytes: Uint8Array, start: number, end: number): void {
    this.storeValue(valueFromBinary(this.type, bytes.subarray(start, end)));
  }
  protected build(validity: Uint8Array | null): ColumnVector {
    this.#child.truncate(this.#used());
    const offsets = this.#offsets.subarray(0, this.count + 1);
    this.#offsets = new Int32Array(0);
    return { kind: 'list', type: this.type, length: this.count, validity, offsets, child: this.#child.finish() };
  }
}
