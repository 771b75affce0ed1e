import { failure } from '../errors/table.ts';

interface NodeByteMethods {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  utf8Write(text: string, offset: number, length: number): number;
}
const NATIVE: NodeByteMethods = Buffer.prototype as unknown as NodeByteMethods;
const ENCODER = new TextEncoder();

/** Bytes `[start, end)` as a string; the caller knows that they are valid UTF-8. */
export function utf8ToString(bytes: Uint8Array, start: number, end: number): string {
  return NATIVE.utf8Slice.call(bytes, start, end);
}

/** Bytes `[start, end)` as a string of characters 0..255; for text known to be ASCII. */
export function asciiToString(bytes: Uint8Array, start: number, end: number): string {
  return NATIVE.latin1Slice.call(bytes, start, end);
}

/** A string's UTF-8 bytes. */
export function utf8Bytes(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** How many bytes the UTF-8 form of a string takes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i += 1;
    } else bytes += 2;
  }
  return bytes;
}

/** Writes a string as UTF-8 at `at`; the target has room (3 bytes a UTF-16 unit suffice). Returns the bytes written. */
export function writeUtf8(text: string, target: Uint8Array, at: number): number {
  const length = text.length;
  if (length <= 48) {
    let i = 0;
    for (; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      target[at + i] = unit;
    }
    if (i === length) return length;
  }
  return NATIVE.utf8Write.call(target, text, at, target.length - at);
}

/** The length of the valid sequence at `i`, or 0. PostgreSQL's rules: no overlong forms, no surrogates, at most U+10FFFF, no NUL. */
function sequenceLength(bytes: Uint8Array, i: number, end: number): number {
  const lead = bytes[i]!;
  if (lead < 0x80) return lead === 0 ? 0 : 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (i + length > end) return 0;
  const second = bytes[i + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < length; k += 1) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** How many bytes a lead byte claims for its character; 1 for what is no lead byte. */
export function sequenceBytes(lead: number): number {
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 1;
}

function invalidSequence(bytes: Uint8Array, i: number, end: number): Error {
  const shown = [...bytes.subarray(i, Math.min(end, i + sequenceBytes(bytes[i]!)))].map(
    (byte) => `0x${byte.toString(16).padStart(2, '0')}`,
  );
  return failure('invalidEncoding', { bytes: shown.join(' ') });
}

/** Throws 22021 unless bytes `[start, end)` are UTF-8 without NUL. Returns the number of characters. */
export function validateUtf8(bytes: Uint8Array, start: number, end: number): number {
  let characters = 0;
  let i = start;
  while (i < end) {
    const byte = bytes[i]!;
    if (byte < 0x80 && byte !== 0) i += 1;
    else {
      const length = sequenceLength(bytes, i, end);
      if (length === 0) throw invalidSequence(bytes, i, end);
      i += length;
    }
    characters += 1;
  }
  return characters;
}

/** Compares strings by their UTF-8 bytes, which is by code points (JavaScript's `<` goes by UTF-16 units). */
export function compareText(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates (code points from U+10000) sort after U+E000..U+FFFF.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** Compares byte ranges like memcmp; a prefix comes first. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): -1 | 0 | 1 {
  const aLength = aEnd - aStart;
  const bLength = bEnd - bStart;
  const length = Math.min(aLength, bLength);
  for (let i = 0; i < length; i += 1) {
    const x = a[aStart + i]!;
    const y = b[bStart + i]!;
    if (x !== y) return x < y ? -1 : 1;
  }
  return aLength === bLength ? 0 : aLength < bLength ? -1 : 1;
}
