import type { FormatSettings } from '../ports/query-handler.ts';
import { isNullAt } from '../vector/access.ts';
import type { RecordBatch } from '../vector/column-vector.ts';
import { ByteWriter } from './byte-writer.ts';
import type { CopyFormat } from './copy-format.ts';
import { encodeBinary } from './encode-binary.ts';
import { encodeText } from './encode-text.ts';

const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Control characters that text format writes as a backslash and a letter: \b \t \n \v \f \r. */
const LETTERS: Readonly<Record<number, number>> = { 8: 0x62, 9: 0x74, 10: 0x6e, 11: 0x76, 12: 0x66, 13: 0x72 };
/** `PGCOPY`, newline, 0xff, carriage return, newline, 0. */
const SIGNATURE: Uint8Array = Uint8Array.of(0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0);

const byteOf = (character: string): number => character.charCodeAt(0);
const encoder = new TextEncoder();

interface Line {
  readonly count: number;
  readonly forceQuote: ReadonlySet<number>;
}
const NONE: ReadonlySet<number> = new Set();

/**
 * Writes rows as COPY ... TO does, straight from vectors: `head`, then each row, then `tail`. What each of them appends may travel in a message of its
 * own. Values are UTF-8, so a byte below 128 is never a part of another character.
 */
export class CopyEncoder {
  readonly #format: CopyFormat;
  readonly #settings: FormatSettings;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #nullText: Uint8Array;
  /** One value's text, before it is escaped. */
  readonly #value: ByteWriter = new ByteWriter();

  constructor(format: CopyFormat, settings: FormatSettings) {
    this.#format = format;
    this.#settings = settings;
    this.#delimiter = byteOf(format.delimiter);
    this.#quote = byteOf(format.quote);
    this.#escape = byteOf(format.escape);
    this.#nullText = encoder.encode(format.nullText);
  }

  /** What precedes the first row: binary's signature, or the line of names; nothing otherwise. */
  head(out: ByteWriter, names: readonly string[]): void {
    const { format, header } = this.#format;
    if (format === 'binary') {
      out.bytes(SIGNATURE);
      // Flags, and the length of an extension of the header.
      out.int32(0);
      out.int32(0);
    } else if (header) {
      // No column of the line of names is quoted by force.
      this.#line(out, { count: names.length, forceQuote: NONE }, (i) => {
        this.#value.text(names[i] ?? '');
        return false;
      });
    }
  }

  /** One row. */
  row(out: ByteWriter, { vectors }: RecordBatch, row: number): void {
    if (this.#format.format === 'binary') {
      out.int16(vectors.length);
      for (const vector of vectors) {
        if (isNullAt(vector, row)) {
          out.int32(-1);
          continue;
        }
        const lengthAt = out.length;
        out.int32(0);
        encodeBinary(vector, row, out);
        out.patchInt32(lengthAt, out.length - lengthAt - 4);
      }
      return;
    }
    this.#line(out, { count: vectors.length, forceQuote: this.#format.forceQuote }, (i) => {
      const vector = vectors[i]!;
      if (isNullAt(vector, row)) return true;
      encodeText(vector, row, this.#settings, this.#value);
      return false;
    });
  }

  /** What follows the last row: binary's mark of the end. */
  tail(out: ByteWriter): void {
    if (this.#format.format === 'binary') out.int16(-1);
  }

  /** A line of `count` cells; `read` leaves the cell's text in the scratch buffer, or says that it is NULL. */
  #line(out: ByteWriter, { count, forceQuote }: Line, read: (i: number) => boolean): void {
    const { format } = this.#format;
    for (let i = 0; i < count; i++) {
      if (i > 0) out.uint8(this.#delimiter);
      this.#value.reset();
      if (read(i)) out.bytes(this.#nullText);
      else if (format === 'text') this.#escaped(out);
      else if (forceQuote.has(i) || this.#needsQuotes(count === 1)) this.#quoted(out);
      else out.bytes(this.#value.view());
    }
    out.uint8(NEWLINE);
  }

  /** Text format: backslash before itself, the delimiter, and as a letter for control characters. */
  #escaped(out: ByteWriter): void {
    const bytes = this.#value.view();
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      const letter = byte < 14 ? LETTERS[byte] : byte === BACKSLASH || byte === this.#delimiter ? byte : undefined;
      if (letter === undefined) continue;
      out.range(bytes, start, i);
      out.uint8(BACKSLASH);
      out.uint8(letter);
      start = i + 1;
    }
    out.range(bytes, start, bytes.length);
  }

  /** csv: a value that would be read as NULL, as the end of the data, or as more than one value. */
  #needsQuotes(isAlone: boolean): boolean {
    const bytes = this.#value.view();
    if (isSame(bytes, this.#nullText)) return true;
    if (isAlone && bytes.length === 2 && bytes[0] === BACKSLASH && bytes[1] === 0x2e) return true;
    for (const byte of bytes) {
      if (byte === this.#delimiter || byte === this.#quote || byte === NEWLINE || byte === RETURN) return true;
    }
    return false;
  }

  #quoted(out: ByteWriter): void {
    out.uint8(this.#quote);
    for (const byte of this.#value.view()) {
      if (byte === this.#quote || byte === this.#escape) out.uint8(this.#escape);
      out.uint8(byte);
    }
    out.uint8(this.#quote);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
