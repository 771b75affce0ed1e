import { MillraceError } from '../errors/millrace-error.ts';
import { asMillraceError, failure, withWhere } from '../errors/table.ts';
import { typeSizeOf } from '../types/oid.ts';
import type { CopyDecoder, CopyStep } from './copy-decoder.ts';
import { type CopyBatch, CopyRows, type CopyTarget } from './copy-rows.ts';
import { CopyWindow } from './copy-window.ts';

const SIGNATURE: Uint8Array = Uint8Array.of(0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0);
const HAS_OIDS = 1 << 16;

const bad = (message: string): MillraceError => failure('badCopyData', { message });

/** COPY's binary input: a header, then for each row the number of fields and each field's length and bytes; -1 fields end it. */
export class CopyBinary implements CopyDecoder {
  readonly #target: CopyTarget;
  readonly #window: CopyWindow = new CopyWindow();
  readonly #rows: CopyRows;
  /** header, then its extension, then rows, then nothing may come. */
  #part: 'header' | 'extension' | 'rows' | 'end' = 'header';
  #extensionBytes = 0;
  #number = 1;
  readonly skippedRows = 0;

  constructor(target: CopyTarget) {
    this.#target = target;
    this.#rows = new CopyRows(target);
  }

  get rowCount(): number {
    return this.#rows.count;
  }

  get bufferedBytes(): number {
    return this.#window.length;
  }

  push(piece: Uint8Array): void {
    this.#window.push(piece);
  }

  end(): void {
    this.#window.isEnded = true;
  }

  where(): string | undefined {
    return this.#part === 'header' || this.#part === 'extension' ? undefined : this.#rows.at(this.#number, null);
  }

  take(): CopyBatch {
    return this.#rows.take();
  }

  decode(): CopyStep {
    if (this.#part === 'header' && !this.#readHeader()) return 'more';
    if (this.#part === 'extension' && !this.#passExtension()) return 'more';
    try {
      for (;;) {
        if (this.#part === 'end') return this.#expectNothing();
        const isRead = this.#readRow();
        if (!isRead) return this.#window.isEnded ? 'end' : 'more';
        if (this.#rows.isFull) return 'full';
      }
    } catch (error) {
      throw withWhere(asMillraceError(error), this.where());
    }
  }

  #readHeader(): boolean {
    const { bytes, start, isEnded } = this.#window;
    const { length } = this.#window;
    const given = bytes.subarray(start, start + Math.min(length, SIGNATURE.length));
    if (given.length < SIGNATURE.length && !isEnded) return false;
    if (given.length < SIGNATURE.length || given.some((byte, i) => byte !== SIGNATURE[i])) {
      throw bad('COPY file signature not recognized');
    }
    if (length < 15) {
      if (isEnded) throw bad('invalid COPY file header (missing flags)');
      return false;
    }
    const flags = this.#int32(start + 11);
    if ((flags & HAS_OIDS) !== 0) throw bad('invalid COPY file header (WITH OIDS)');
    if (flags >> 16 !== 0) throw bad('unrecognized critical flags in COPY file header');
    if (length < 19 && !isEnded) return false;
    this.#extensionBytes = length < 19 ? -1 : this.#int32(start + 15);
    if (this.#extensionBytes < 0) throw bad('invalid COPY file header (missing length)');
    this.#window.start += 19;
    this.#part = 'extension';
    return true;
  }

  #passExtension(): boolean {
    const passed = Math.min(this.#extensionBytes, this.#window.length);
    this.#window.start += passed;
    this.#extensionBytes -= passed;
    if (this.#extensionBytes === 0) this.#part = 'rows';
    else if (this.#window.isEnded) throw bad('invalid COPY file header (wrong length)');
    return this.#extensionBytes === 0;
  }

  #expectNothing(): CopyStep {
    if (this.#window.length > 0) throw bad('received copy data after EOF marker');
    return this.#window.isEnded ? 'end' : 'more';
  }

  /** False: no row, because the bytes of the next one are not all there. */
  #readRow(): boolean {
    const window = this.#window;
    const { columns } = this.#target;
    if (window.length < 2) {
      if (window.isEnded) window.discard();
      return false;
    }
    const { start } = window;
    const count = ((window.bytes[start]! << 24) >> 16) | window.bytes[start + 1]!;
    if (count === -1) {
      window.start += 2;
      this.#part = 'end';
      return true;
    }
    if (count !== columns.length) throw bad(`row field count is ${count}, expected ${columns.length}`);
    if (!window.isEnded && !this.#isWhole(start + 2)) return false;
    let at = start + 2;
    for (let column = 0; column < columns.length; column++) at = this.#readField(column, at);
    window.start = at;
    this.#rows.add(this.#number, null, start, at);
    this.#number += 1;
    return true;
  }

  /** Whether all fields from `at` on have arrived. Nothing is decoded before, so that a long row in many pieces is decoded once. */
  #isWhole(at: number): boolean {
    const { end } = this.#window;
    let next = at;
    for (let left = this.#target.columns.length; left > 0; left--) {
      if (next + 4 > end) return false;
      const size = this.#int32(next);
      if (size < -1) return true;
      next += 4 + Math.max(0, size);
    }
    return next <= end;
  }

  /** Returns where the next field begins. */
  #readField(column: number, at: number): number {
    const { bytes, end } = this.#window;
    const builder = this.#rows.builder(column);
    const size = at + 4 > end ? 0 : this.#int32(at);
    try {
      if (size < -1) throw bad('invalid field size');
      if (at + 4 + Math.max(0, size) > end) throw bad('unexpected EOF in COPY data');
      if (size === -1) builder.appendNull();
      else builder.appendBinary(bytes, at + 4, at + 4 + size);
      return at + 4 + Math.max(0, size);
    } catch (error) {
      this.#rows.dropRow();
      throw this.#rows.ofColumn(this.#inCopysWords(error, column, size), this.#number, column, null);
    }
  }

  /** PostgreSQL reads a value from a message here, and says so. */
  #inCopysWords(error: unknown, column: number, size: number): unknown {
    if (!(error instanceof MillraceError) || error.key !== 'invalidBinaryValue') return error;
    const width = typeSizeOf(this.#target.columns[column]!.type);
    if (width < 0) return error;
    return failure(size < width ? 'incompleteBinary' : 'excessBinary');
  }

  #int32(at: number): number {
    const { bytes } = this.#window;
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }
}
