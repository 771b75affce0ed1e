import { isUtf8 } from 'node:buffer';
import { failure } from '../errors/table.ts';
import type { CopyInputFormat } from './copy-format.ts';
import type { CopyWindow } from './copy-window.ts';
import { sequenceBytes, validateUtf8 } from './utf8.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BACKSLASH = 0x5c;
const DOT = 0x2e;

type LineEnd = '\n' | '\r' | '\r\n';

/** `more`: what has arrived does not hold a whole line. */
export type LineStep = 'line' | 'more' | 'end';

/**
 * Finds the lines of COPY's text and csv input as PostgreSQL does (src/backend/commands/copyfromparse.c): the first line's end is the end of all
 * of them, a backslash (text) or quotes (csv) hide one, and `\.` ends the data. Every line is checked to be UTF-8. 22P04, 22021.
 * Law: the lines, the errors and their numbers do not depend on how the bytes were cut.
 */
export class CopyLines {
  /** The line that `next` found, without its end, in the window's bytes. */
  start = 0;
  end = 0;
  /** Counted as PostgreSQL does, for messages: from 1, line ends within quotes count too. */
  number = 0;
  readonly #window: CopyWindow;
  readonly #isCsv: boolean;
  readonly #quote: number;
  /** -1 where the quote escapes itself. */
  readonly #escape: number;
  /** Bytes that mean something here: 1, all others 0. */
  readonly #special: Uint8Array = new Uint8Array(256);
  #lineEnd: LineEnd | null = null;
  /** Where the search for the line's end goes on. */
  #at = 0;
  #isQuoted = false;
  #wasEscape = false;
  #isBegun = false;
  #isFinished = false;
  /** Up to here the window's bytes are known to be UTF-8. */
  #validEnd = 0;

  constructor(window: CopyWindow, format: CopyInputFormat) {
    this.#window = window;
    this.#isCsv = format.format === 'csv';
    this.#quote = this.#isCsv ? format.quote.charCodeAt(0) : -1;
    this.#escape = this.#isCsv && format.escape !== format.quote ? format.escape.charCodeAt(0) : -1;
    for (const byte of [NEWLINE, RETURN, BACKSLASH, this.#quote, this.#escape]) if (byte >= 0) this.#special[byte] = 1;
  }

  /** Takes a piece of the input. */
  push(piece: Uint8Array): void {
    if (this.#isFinished) return;
    const moved = this.#window.push(piece);
    this.start -= moved;
    this.#at -= moved;
    this.#validEnd = Math.max(this.#window.start, this.#validEnd - moved);
  }

  /** The next line, once it is whole. */
  next(): LineStep {
    if (this.#isFinished) return 'end';
    if (!this.#isBegun) this.#begin();
    const step = this.#isCsv ? this.#findCsv() : this.#findText();
    if (step === 'more') return 'more';
    if (step === 'line' && !this.#isChecked(this.end)) return 'more';
    this.#isBegun = false;
    if (step === 'end' || this.#isFinished) {
      this.#isFinished = true;
      this.#window.discard();
      return this.end > this.start ? 'line' : 'end';
    }
    this.#window.start = this.#at;
    return 'line';
  }

  #begin(): void {
    this.#isBegun = true;
    this.#isQuoted = false;
    this.#wasEscape = false;
    this.#at = this.#window.start;
    this.start = this.#at;
    this.end = this.#at;
    this.number += 1;
  }

  #findText(): LineStep {
    const { bytes, end, isEnded } = this.#window;
    const special = this.#special;
    let at = this.#at;
    for (;;) {
      while (at < end && special[bytes[at]!] === 0) at += 1;
      this.#at = at;
      if (at >= end) return isEnded ? this.#last(end) : 'more';
      if (bytes[at] !== BACKSLASH) return this.#endOfLine(at);
      if (at + 1 >= end) return isEnded ? this.#last(end) : 'more';
      if (bytes[at + 1] === DOT) return this.#endOfData(at) ?? 'more';
      // Whatever follows a backslash is not special.
      at += 2;
    }
  }

  #findCsv(): LineStep {
    const { bytes, end, isEnded } = this.#window;
    const special = this.#special;
    for (;;) {
      let at = this.#at;
      while (at < end && special[bytes[at]!] === 0) at += 1;
      if (at > this.#at) this.#wasEscape = false;
      this.#at = at;
      if (at >= end) return isEnded ? this.#last(end) : 'more';
      const byte = bytes[at]!;
      const isLookedAhead = byte === BACKSLASH || byte === RETURN;
      if (isLookedAhead && !this.#canSee(at + 1)) return 'more';
      if (byte === BACKSLASH && at === this.start && bytes[at + 1] === DOT && at + 1 < end) {
        const step = this.#endOfData(at);
        if (step === null) return 'more';
        if (step === 'end') return step;
      }
      this.#passQuote(byte);
      if ((byte === RETURN || byte === NEWLINE) && !this.#isQuoted) return this.#endOfLine(at);
      if (this.#isQuoted && byte === (this.#lineEnd === '\n' ? NEWLINE : RETURN)) {
        // What is broken before it stands on the line before.
        if (!this.#isChecked(at)) return 'more';
        this.number += 1;
      }
      this.#at = at + 1;
    }
  }

  /** A quote opens or closes; an escape hides a quote, or another escape. */
  #passQuote(byte: number): void {
    if (this.#isQuoted && byte === this.#escape) this.#wasEscape = !this.#wasEscape;
    if (byte === this.#quote && !this.#wasEscape) this.#isQuoted = !this.#isQuoted;
    if (byte !== this.#escape) this.#wasEscape = false;
  }

  /** What is left when the input ends is a line too. */
  #last(end: number): LineStep {
    this.end = end;
    this.#isFinished = true;
    return 'line';
  }

  /** A newline or carriage return that nothing hides. */
  #endOfLine(at: number): LineStep {
    if (!this.#isChecked(at)) return 'more';
    const { bytes, end } = this.#window;
    let found: LineEnd = '\n';
    if (bytes[at] === RETURN) {
      if (this.#lineEnd === '\n') throw this.#literal('carriage return');
      found = '\r';
      if (this.#lineEnd !== '\r') {
        if (!this.#canSee(at + 1)) return 'more';
        if (at + 1 < end && bytes[at + 1] === NEWLINE) found = '\r\n';
        else if (this.#lineEnd === '\r\n') throw this.#literal('carriage return');
      }
    } else if (this.#lineEnd === '\r' || this.#lineEnd === '\r\n') throw this.#literal('newline');
    this.end = at;
    this.#lineEnd = found;
    this.#at = at + found.length;
    return 'line';
  }

  #literal(what: 'newline' | 'carriage return'): Error {
    const letter = what === 'newline' ? 'n' : 'r';
    if (this.#isCsv) {
      const hint = `Use quoted CSV field to represent ${what}.`;
      return failure('badCopyData', { message: `unquoted ${what} found in data` }, { hint });
    }
    const hint = `Use "\\${letter}" to represent ${what}.`;
    return failure('badCopyData', { message: `literal ${what} found in data` }, { hint });
  }

  /** `\.` at `at`: the data's end, or for csv a value if something else stands on the line. Null: more bytes are needed to know. */
  #endOfData(at: number): LineStep | null {
    if (!this.#isChecked(at)) return null;
    const { bytes, end } = this.#window;
    const lineEnd = this.#lineEnd;
    let next = at + 2;
    if (lineEnd === '\r\n') {
      if (!this.#canSee(next)) return null;
      const first = next < end ? bytes[next] : 0;
      if (first === NEWLINE) return this.#notTheEnd('does not match previous newline style');
      if (first !== RETURN) return this.#notTheEnd('corrupt');
      next += 1;
    }
    if (!this.#canSee(next)) return null;
    const last = next < end ? bytes[next] : 0;
    if (last !== NEWLINE && last !== RETURN) return this.#notTheEnd('corrupt');
    if (lineEnd !== null && last !== (lineEnd === '\r' ? RETURN : NEWLINE)) {
      throw this.#badEnd('does not match previous newline style');
    }
    this.end = at;
    return 'end';
  }

  #notTheEnd(what: string): LineStep {
    if (this.#isCsv) return 'line';
    throw this.#badEnd(what);
  }

  #badEnd(what: string): Error {
    return failure('badCopyData', { message: `end-of-copy marker ${what}` });
  }

  /** Whether the character at `at` is here, or the input ends before it: PostgreSQL looks at none that it has not checked. */
  #canSee(at: number): boolean {
    const { bytes, end, isEnded } = this.#window;
    if (at >= end) return isEnded;
    if (bytes[at]! < 128 && bytes[at] !== 0) return true;
    const next = at + sequenceBytes(bytes[at]!);
    return next <= end ? this.#isChecked(next) : isEnded && this.#isChecked(end);
  }

  /** Throws 22021 unless the line up to `end` is UTF-8. False: a broken character at its end would be shown with bytes that have not come yet. */
  #isChecked(end: number): boolean {
    if (end <= this.#validEnd) return true;
    const { bytes, end: limit, isEnded } = this.#window;
    const from = Math.max(this.start, this.#validEnd);
    // Whole lines at once: a character does not go beyond a line that is well-formed.
    const whole = bytes.lastIndexOf(NEWLINE, limit - 1);
    for (const to of whole > end ? [whole, end] : [end]) {
      const part = bytes.subarray(from, to);
      if (isUtf8(part) && !part.includes(0)) {
        this.#validEnd = to;
        return true;
      }
    }
    const bad = firstInvalid(bytes, from, end);
    if (bad + sequenceBytes(bytes[bad]!) > limit && !isEnded) return false;
    validateUtf8(bytes, bad, limit);
    return true;
  }
}

/** Where the first broken character of bytes `[start, end)` begins; there is one. */
function firstInvalid(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (;;) {
    const next = at + sequenceBytes(bytes[at]!);
    const character = bytes.subarray(at, next);
    if (next > end || character[0] === 0 || !isUtf8(character)) return at;
    at = next;
  }
}
