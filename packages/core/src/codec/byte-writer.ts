import { utf8Length, writeUtf8 } from './utf8.ts';

/**
 * A growable byte buffer with big-endian integers, as the PostgreSQL protocol wants them. Reusable: `reset()` keeps the memory.
 * Law: what `view()` returns is valid until the next write or reset; `take()` copies.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacityBytes = 256) {
    this.#bytes = new Uint8Array(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far: the offset of the next one. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for `more` bytes; returns the backing array, to be written from `length` and then advanced. */
  ensure(more: number): Uint8Array {
    const needed = this.#length + more;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return this.#bytes;
  }

  /** Counts `bytes` that the caller wrote after `ensure`. */
  advance(bytes: number): void {
    this.#length += bytes;
  }

  uint8(value: number): void {
    this.ensure(1)[this.#length] = value;
    this.#length += 1;
  }

  int16(value: number): void {
    this.ensure(2);
    this.#view.setInt16(this.#length, value);
    this.#length += 2;
  }

  int32(value: number): void {
    this.ensure(4);
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
  }

  int64(value: bigint): void {
    this.ensure(8);
    this.#view.setBigInt64(this.#length, value);
    this.#length += 8;
  }

  float32(value: number): void {
    this.ensure(4);
    this.#view.setFloat32(this.#length, value);
    this.#length += 4;
  }

  float64(value: number): void {
    this.ensure(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  bytes(source: Uint8Array): void {
    this.ensure(source.length).set(source, this.#length);
    this.#length += source.length;
  }

  /** Bytes `[start, end)` of `source`. */
  range(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const target = this.ensure(length);
    const at = this.#length;
    if (length <= 24) for (let i = 0; i < length; i += 1) target[at + i] = source[start + i]!;
    else target.set(source.subarray(start, end), at);
    this.#length = at + length;
  }

  /** A string as UTF-8, without terminator. */
  text(value: string): void {
    const target = this.ensure(value.length <= 1024 ? value.length * 3 : utf8Length(value) + 3);
    this.#length += writeUtf8(value, target, this.#length);
  }

  /** A string as UTF-8 and a zero byte. */
  cstring(value: string): void {
    this.text(value);
    this.uint8(0);
  }

  /** Overwrites the int32 at `offset`: for lengths known only afterwards. */
  patchInt32(offset: number, value: number): void {
    this.#view.setInt32(offset, value);
  }

  patchInt16(offset: number, value: number): void {
    this.#view.setInt16(offset, value);
  }

  /** Drops everything from `length` on. */
  truncate(length: number): void {
    this.#length = length;
  }

  reset(): void {
    this.#length = 0;
  }

  /** Gives back the memory of an empty writer that grew beyond `capacityBytes`. */
  shrink(capacityBytes: number): void {
    if (this.#length > 0 || this.#bytes.length <= capacityBytes) return;
    this.#bytes = new Uint8Array(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written, without copying. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written; resets. */
  take(): Uint8Array {
    const result = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return result;
  }
}
