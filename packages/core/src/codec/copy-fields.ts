import { failure } from '../errors/table.ts';
import { ByteWriter } from './byte-writer.ts';
import type { CopyInputFormat } from './copy-format.ts';
import { utf8ToString, validateUtf8 } from './utf8.ts';

const BACKSLASH = 0x5c;
/** What a backslash and a letter stand for: \b \f \n \r \t \v. */
const LETTERS: ReadonlyMap<number, number> = new Map([
  [0x62, 8],
  [0x66, 12],
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
  [0x76, 11],
]);

const isOctal = (byte: number | undefined): byte is number => byte !== undefined && byte >= 48 && byte <= 55;

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/**
 * A line of COPY's text or csv input, cut into fields (PostgreSQL's CopyReadAttributesText and CopyReadAttributesCSV). A field without escapes and
 * quotes is where it stood in the line, others are put together in a buffer of this object. Good until the next line.
 */
export class CopyFields {
  count = 0;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #isCsv: boolean;
  readonly #nullText: Uint8Array;
  #line: Uint8Array = new Uint8Array(0);
  readonly #scratch: ByteWriter = new ByteWriter();
  /** Of the scratch buffer, once the line is cut. */
  #view: Uint8Array | null = null;
  #starts: Int32Array = new Int32Array(64);
  #ends: Int32Array = new Int32Array(64);
  /** 0: in the line, 1: in the scratch buffer, 2: NULL. */
  #places: Uint8Array = new Uint8Array(64);

  constructor(format: CopyInputFormat) {
    this.#delimiter = format.delimiter.charCodeAt(0);
    this.#isCsv = format.format === 'csv';
    this.#quote = this.#isCsv ? format.quote.charCodeAt(0) : BACKSLASH;
    this.#escape = format.escape.charCodeAt(0);
    this.#nullText = new TextEncoder().encode(format.nullText);
  }

  /** Cuts the line at `[start, end)`. 22P04, and 22021 for an escape that makes no UTF-8. */
  split(line: Uint8Array, start: number, end: number): void {
    this.#line = line;
    this.#scratch.reset();
    this.#view = null;
    this.count = 0;
    const delimiter = this.#delimiter;
    const hidden = this.#quote;
    let at = start;
    for (;;) {
      let i = at;
      while (i < end) {
        const byte = line[i]!;
        if (byte === delimiter || byte === hidden) break;
        i += 1;
      }
      if (i < end && line[i] !== delimiter) i = this.#isCsv ? this.#quoted(at, i, end) : this.#escaped(at, i, end);
      else this.#add(at, i, this.#isNullText(at, i) ? 2 : 0);
      if (i >= end) return;
      at = i + 1;
      // A delimiter at the very end is followed by an empty field.
      if (at === end) {
        this.#add(at, at, this.#isNullText(at, at) ? 2 : 0);
        return;
      }
    }
  }

  isNull(field: number): boolean {
    return this.#places[field] === 2;
  }

  /** Where a field's bytes are. */
  bytes(field: number): Uint8Array {
    if (this.#places[field] !== 1) return this.#line;
    this.#view ??= this.#scratch.view();
    return this.#view;
  }

  startOf(field: number): number {
    return this.#starts[field]!;
  }

  endOf(field: number): number {
    return this.#ends[field]!;
  }

  /** Whether a field that is a value reads as the NULL text. */
  saysNull(field: number): boolean {
    const bytes = this.bytes(field);
    const start = this.startOf(field);
    return (
      this.endOf(field) - start === this.#nullText.length &&
      this.#nullText.every((byte, i) => byte === bytes[start + i])
    );
  }

  /** A field's text, null for NULL. */
  text(field: number): string | null {
    return this.isNull(field) ? null : utf8ToString(this.bytes(field), this.startOf(field), this.endOf(field));
  }

  #add(start: number, end: number, place: number): void {
    const { count } = this;
    if (count === this.#starts.length) this.#grow();
    this.#starts[count] = start;
    this.#ends[count] = end;
    this.#places[count] = place;
    this.count = count + 1;
  }

  #grow(): void {
    const { count } = this;
    const [starts, ends, places] = [this.#starts, this.#ends, this.#places];
    this.#starts = new Int32Array(count * 2);
    this.#ends = new Int32Array(count * 2);
    this.#places = new Uint8Array(count * 2);
    this.#starts.set(starts);
    this.#ends.set(ends);
    this.#places.set(places);
  }

  #isNullText(start: number, end: number): boolean {
    const text = this.#nullText;
    if (end - start !== text.length) return false;
    for (let i = 0; i < text.length; i++) if (this.#line[start + i] !== text[i]) return false;
    return true;
  }

  /** A field of text format from its first backslash on. Returns where it ends. */
  #escaped(start: number, first: number, end: number): number {
    const line = this.#line;
    const out = this.#scratch;
    const from = out.length;
    let madeBytes = false;
    let at = first;
    let done = start;
    // PostgreSQL leaves a lone backslash at the end out of what it compares with the NULL text.
    let rawEnd = end;
    while (at < end && line[at] !== this.#delimiter) {
      if (line[at] !== BACKSLASH) {
        at += 1;
        continue;
      }
      out.range(line, done, at);
      if (at + 1 >= end) {
        rawEnd = at;
        at = end;
        done = end;
        break;
      }
      const next = escapedByte(line, at + 1, end);
      madeBytes ||= next.isNumber && (next.byte === 0 || next.byte > 127);
      out.uint8(next.byte);
      at += 1 + next.length;
      done = at;
    }
    out.range(line, done, at);
    if (this.#isNullText(start, Math.min(rawEnd, at))) this.#add(0, 0, 2);
    else {
      if (madeBytes) validateUtf8(out.view(), from, out.length);
      this.#add(from, out.length, 1);
    }
    return at;
  }

  /** A field of csv from its first quote on. Returns where it ends. */
  #quoted(start: number, first: number, end: number): number {
    const line = this.#line;
    const out = this.#scratch;
    const [quote, escapedBy, delimiter] = [this.#quote, this.#escape, this.#delimiter];
    const from = out.length;
    out.range(line, start, first);
    let at = first;
    while (at < end && line[at] !== delimiter) {
      if (line[at] !== quote) {
        const plain = at;
        while (at < end && line[at] !== quote && line[at] !== delimiter) at += 1;
        out.range(line, plain, at);
        continue;
      }
      at += 1;
      let done = at;
      for (;;) {
        if (at >= end) throw failure('badCopyData', { message: 'unterminated CSV quoted field' });
        const byte = line[at]!;
        if (byte !== escapedBy && byte !== quote) {
          at += 1;
          continue;
        }
        const next = at + 1 < end ? line[at + 1] : undefined;
        if (byte === escapedBy && next !== undefined && (next === escapedBy || next === quote)) {
          out.range(line, done, at);
          out.uint8(next);
          at += 2;
          done = at;
        } else if (byte === quote) break;
        else at += 1;
      }
      out.range(line, done, at);
      at += 1;
    }
    this.#add(from, out.length, 1);
    return at;
  }
}

interface Unescaped {
  readonly byte: number;
  /** Bytes after the backslash. */
  readonly length: number;
  /** Written as \101 or \x41. */
  readonly isNumber: boolean;
}

/** What stands for a byte, from behind the backslash: `n`, `101`, `x41`, or any other byte for itself. */
function escapedByte(line: Uint8Array, at: number, end: number): Unescaped {
  const byte = line[at]!;
  const byteAt = (i: number): number | undefined => (at + i < end ? line[at + i] : undefined);
  if (isOctal(byte)) {
    let value = byte - 48;
    let length = 1;
    for (; length < 3; length++) {
      const digit = byteAt(length);
      if (!isOctal(digit)) break;
      value = value * 8 + digit - 48;
    }
    return { byte: value & 255, length, isNumber: true };
  }
  if (byte === 0x78) {
    const high = hexValue(byteAt(1));
    if (high < 0) return { byte, length: 1, isNumber: false };
    const low = hexValue(byteAt(2));
    if (low < 0) return { byte: high, length: 2, isNumber: true };
    return { byte: high * 16 + low, length: 3, isNumber: true };
  }
  return { byte: LETTERS.get(byte) ?? byte, length: 1, isNumber: false };
}
