import type { FormatSettings } from '../ports/query-handler.ts';
import { hexDigit } from '../types/bytea.ts';
import { daysFromCivil, daysInMonth } from '../types/civil.ts';
import type { DataType } from '../types/data-type.ts';
import { writeDecimal128Safe } from '../vector/decimal128.ts';
import { asciiToString } from './utf8.ts';

/**
 * Readers of the everyday forms of PostgreSQL text, straight from bytes and without allocation. Law: a reader either gives exactly what
 * `valueFromText` gives, or NaN (false) for "not everyday, ask valueFromText" - which also raises the errors.
 */
export type FastReader = (bytes: Uint8Array, start: number, end: number, format: FormatSettings) => number;

const NO: number = Number.NaN;
const POWERS: Float64Array = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/** Up to 15 digits with an optional sign. */
function readInteger(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === 0x2d;
  if (negative) i += 1;
  if (i >= end || end - i > 15) return NO;
  let value = 0;
  for (; i < end; i += 1) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) return NO;
    value = value * 10 + digit;
  }
  return negative ? 0 - value : value;
}

function integerReader(min: number, max: number): FastReader {
  return (bytes, start, end) => {
    const value = readInteger(bytes, start, end);
    return value >= min && value <= max ? value : NO;
  };
}

/** Checked syntax, but more digits than a double holds exactly: the engine's own correctly rounded reading. */
function readLongFloat(bytes: Uint8Array, start: number, end: number): number {
  const value = Number(asciiToString(bytes, start, end));
  return Number.isFinite(value) && value !== 0 ? value : NO;
}

/** Up to 15 significant digits and a power of ten up to 22 take one exact multiplication or division, so they are correctly rounded. */
function readFloat(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === 0x2d;
  if (negative) i += 1;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; i < end; i += 1) {
    const byte = bytes[i]!;
    const digit = byte - 48;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits += 1;
    } else if (byte === 0x2e && point < 0) point = i;
    else break;
  }
  if (digits === 0) return NO;
  let exponent = point >= 0 ? point + 1 - i : 0;
  if (i < end) {
    if ((bytes[i]! | 32) !== 0x65) return NO;
    if (bytes[i + 1] === 0x2b) i += 1;
    const power = readInteger(bytes, i + 1, end);
    if (Number.isNaN(power) || (bytes[i] === 0x2b && bytes[i + 1] === 0x2d)) return NO;
    exponent += power;
  }
  if (digits > 15 || exponent < -22 || exponent > 22) return readLongFloat(bytes, start, end);
  const value = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!;
  return negative ? -value : value;
}

/** float4 goes through one more rounding, which is only safe when the double is exact. */
function readFloat4(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 7) return NO;
  const value = readFloat(bytes, start, end);
  return Math.abs(value) < 1e7 && Math.abs(value) >= 1e-7 ? Math.fround(value) : value === 0 ? value : NO;
}

function readBool(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 1) {
    const byte = bytes[start]!;
    if (byte === 0x74 || byte === 0x31) return 1;
    if (byte === 0x66 || byte === 0x30) return 0;
  } else if (end - start === 4 && bytes[start] === 0x74 && bytes[start + 1] === 0x72 && bytes[start + 2] === 0x75) {
    if (bytes[start + 3] === 0x65) return 1;
  } else if (end - start === 5 && bytes[start] === 0x66 && bytes[start + 1] === 0x61 && bytes[start + 2] === 0x6c) {
    if (bytes[start + 3] === 0x73 && bytes[start + 4] === 0x65) return 0;
  }
  return NO;
}

/** Exactly two digits, or NaN. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const high = bytes[at]! - 48;
  const low = bytes[at + 1]! - 48;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : NO;
}

/** YYYY-MM-DD at `at`, years 1..9999. */
function readDay(bytes: Uint8Array, at: number): number {
  if (bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return NO;
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return NO;
  return day <= (day <= 28 ? 28 : daysInMonth(year, month)) ? daysFromCivil(year, month, day) : NO;
}

function readDate(bytes: Uint8Array, start: number, end: number): number {
  return end - start === 10 ? readDay(bytes, start) : NO;
}

/** Where the last timestamp's zone begins: set by readLocal, read right after. */
let zoneAt = 0;

/** YYYY-MM-DD[ T]hh:mm:ss[.ffffff] as microseconds while that is a safe integer; leaves `zoneAt` behind it. */
function readLocal(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 19 || (bytes[start + 10] !== 0x20 && bytes[start + 10] !== 0x54)) return NO;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return NO;
  const hours = twoDigits(bytes, start + 11);
  const minutes = twoDigits(bytes, start + 14);
  const seconds = twoDigits(bytes, start + 17);
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59)) return NO;
  let i = start + 19;
  let fraction = 0;
  if (i < end && bytes[i] === 0x2e) {
    let unit = 100_000;
    for (i += 1; i < end; i += 1, unit /= 10) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      if (unit < 1) return NO;
      fraction += digit * unit;
    }
  }
  zoneAt = i;
  const micros =
    readDay(bytes, start) * 86_400_000_000 + ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction;
  return Number.isSafeInteger(micros) ? micros : NO;
}

function readTimestamp(bytes: Uint8Array, start: number, end: number): number {
  const micros = readLocal(bytes, start, end);
  return zoneAt === end ? micros : NO;
}

/** With `Z`, `+hh` or `+hh:mm`, or without a zone when the session's is UTC. */
function readTimestamptz(bytes: Uint8Array, start: number, end: number, format: FormatSettings): number {
  const micros = readLocal(bytes, start, end);
  if (Number.isNaN(micros)) return NO;
  const rest = end - zoneAt;
  if (rest === 0) return format.timeZone === 'UTC' ? micros : NO;
  const sign = bytes[zoneAt]!;
  if (rest === 1) return sign === 0x5a ? micros : NO;
  if ((sign !== 0x2b && sign !== 0x2d) || (rest !== 3 && !(rest === 6 && bytes[zoneAt + 3] === 0x3a))) return NO;
  const hours = twoDigits(bytes, zoneAt + 1);
  const minutes = rest === 6 ? twoDigits(bytes, zoneAt + 4) : 0;
  if (!(hours <= 15 && minutes <= 59)) return NO;
  const offset = (hours * 60 + minutes) * 60_000_000;
  const utc = sign === 0x2d ? micros + offset : micros - offset;
  return Number.isSafeInteger(utc) ? utc : NO;
}

function never(): number {
  return NO;
}

/** The reader of a fixed-width type. */
export function fastReaderFor(type: DataType): FastReader {
  switch (type.kind) {
    case 'int2':
      return integerReader(-32_768, 32_767);
    case 'int4':
      return integerReader(-2_147_483_648, 2_147_483_647);
    case 'int8':
      return readInteger;
    case 'oid':
      return integerReader(0, 4_294_967_295);
    case 'float4':
      return readFloat4;
    case 'float8':
      return readFloat;
    case 'bool':
      return readBool;
    case 'date':
      return readDate;
    case 'timestamp':
      return readTimestamp;
    case 'timestamptz':
      return readTimestamptz;
    default:
      return never;
  }
}

/** A decimal of at most 15 digits, no more of them after the point than `scale`, into a decimal128 slot. False: not everyday. */
export function readDecimalInto(
  target: Uint8Array,
  slot: number,
  precision: number,
  scale: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  let i = start;
  const negative = bytes[i] === 0x2d;
  if (negative) i += 1;
  if (end - i > 15) return false;
  let value = 0;
  let digits = 0;
  let point = -1;
  for (; i < end; i += 1) {
    const digit = bytes[i]! - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits += 1;
    } else if (bytes[i] === 0x2e && point < 0) point = i;
    else return false;
  }
  const decimals = point < 0 ? 0 : end - point - 1;
  if (digits === 0 || decimals > scale || scale - decimals > 15) return false;
  value *= POWERS[scale - decimals]!;
  if (value > 9_007_199_254_740_991 || (precision <= 16 && value >= POWERS[precision]!)) return false;
  writeDecimal128Safe(target, slot, negative ? 0 - value : value);
  return true;
}

/** 8-4-4-4-12 hex digits into a 16-byte slot. False: not everyday. */
export function readUuidInto(target: Uint8Array, slot: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  let at = slot * 16;
  for (let k = 0; k < 36; k += 2) {
    if (k === 8 || k === 13 || k === 18 || k === 23) {
      if (bytes[start + k] !== 0x2d) return false;
      k += 1;
    }
    const high = hexDigit(bytes[start + k]!);
    const low = hexDigit(bytes[start + k + 1]!);
    if (high < 0 || low < 0) return false;
    target[at] = high * 16 + low;
    at += 1;
  }
  return true;
}

/** Whether bytes are already a numeric's canonical text: `-0.50`, but not `007`, `.5`, `5.` or `-0`. */
export function isCanonicalNumericText(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  if (bytes[i] === 0x2d) i += 1;
  const first = i;
  let point = -1;
  let nonZero = false;
  if (end - i > 1_000) return false;
  for (; i < end; i += 1) {
    const byte = bytes[i]!;
    if (byte === 0x2e && point < 0 && i > first) point = i;
    else if (byte < 48 || byte > 57) return false;
    else if (byte !== 48) nonZero = true;
  }
  if (first === end || point === end - 1 || (first > start && !nonZero)) return false;
  const integerDigits = (point < 0 ? end : point) - first;
  return integerDigits === 1 || bytes[first] !== 48;
}
