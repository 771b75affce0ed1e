import { failure } from '../errors/table.ts';
import {
  makeNumeric,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  type Numeric,
  pow10,
  truncateNumeric,
} from '../types/numeric.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * PostgreSQL's binary numeric: int16 digit count, weight of the first digit, sign, display scale, then base-10000 digits.
 *
 *   12.30  =  2 digits, weight 0, 0x0000, scale 2, 12, 3000
 */
const NEGATIVE = 0x4000;
const NAN = 0xc000;
const PLUS_INFINITY = 0xd000;
const MINUS_INFINITY = 0xf000;

/** Reads one value; 22P03 for wrong lengths, signs or digits. Digits beyond the display scale are cut, as PostgreSQL does. */
export function readNumericBinary(bytes: Uint8Array): Numeric {
  const bad = (): Error => failure('invalidBinaryValue', { type: 'numeric' });
  if (bytes.length < 8) throw bad();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint16(0);
  const weight = view.getInt16(2);
  const sign = view.getUint16(4);
  const scale = view.getUint16(6);
  if (bytes.length !== 8 + count * 2) throw bad();
  if (sign === NAN) return NUMERIC_NAN;
  if (sign === PLUS_INFINITY) return NUMERIC_INFINITY;
  if (sign === MINUS_INFINITY) return NUMERIC_MINUS_INFINITY;
  if ((sign !== 0 && sign !== NEGATIVE) || scale > 16_383) throw bad();
  let digits = '';
  for (let k = 0; k < count; k += 1) {
    const digit = view.getUint16(8 + k * 2);
    if (digit >= 10_000) throw bad();
    digits += String(digit).padStart(4, '0');
  }
  const exponent = (weight + 1 - count) * 4;
  let coefficient = BigInt(digits === '' ? '0' : digits);
  if (exponent > 0) coefficient *= pow10(exponent);
  const value = makeNumeric(sign === NEGATIVE ? -coefficient : coefficient, Math.max(-exponent, 0));
  return truncateNumeric(value, scale);
}

/** Writes the special values; false for finite ones. */
export function writeNumericSpecial(special: Numeric['special'], out: ByteWriter): boolean {
  if (special === null) return false;
  out.int32(0);
  out.int16(special === 'NaN' ? NAN : special === 'Infinity' ? PLUS_INFINITY : MINUS_INFINITY);
  out.int16(0);
  return true;
}

/** Base-10000 digits of one number, most significant first; reused. */
const DIGITS = new Int32Array(16);

/** Writes a safe integer * 10^-scale, scale at most 12, without a string. */
function writeSmallNumericBinary(coefficient: number, scale: number, out: ByteWriter): void {
  const size = Math.abs(coefficient);
  const unit = 10 ** scale;
  let whole = Math.floor(size / unit);
  const fractionGroups = Math.ceil(scale / 4);
  let fraction = (size - whole * unit) * 10 ** (fractionGroups * 4 - scale);
  let first = DIGITS.length;
  for (let k = 0; k < fractionGroups; k += 1) {
    const next = Math.floor(fraction / 10_000);
    first -= 1;
    DIGITS[first] = fraction - next * 10_000;
    fraction = next;
  }
  let weight = -1;
  for (; whole > 0; weight += 1) {
    const next = Math.floor(whole / 10_000);
    first -= 1;
    DIGITS[first] = whole - next * 10_000;
    whole = next;
  }
  let last = DIGITS.length;
  while (first < last && DIGITS[first] === 0) {
    first += 1;
    weight -= 1;
  }
  while (last > first && DIGITS[last - 1] === 0) last -= 1;
  out.int16(last - first);
  out.int16(last === first ? 0 : weight);
  out.int16(coefficient < 0 ? NEGATIVE : 0);
  out.int16(scale);
  for (let k = first; k < last; k += 1) out.int16(DIGITS[k]!);
}

/** Writes coefficient * 10^-scale. */
export function writeNumericBinary(coefficient: bigint, scale: number, out: ByteWriter): void {
  const small = Number(coefficient);
  // The fraction is scaled up to whole groups of four digits, which must stay exact as well.
  if (Number.isSafeInteger(small) && scale <= 12) {
    writeSmallNumericBinary(small, scale, out);
    return;
  }
  const negative = coefficient < 0n;
  const text = (negative ? -coefficient : coefficient).toString();
  const integerLength = text.length - scale;
  // Digit groups are aligned to the decimal point.
  const lead = integerLength > 0 ? (4 - (integerLength % 4)) % 4 : -integerLength % 4 === 0 ? 0 : -integerLength % 4;
  const padded = '0'.repeat(lead) + text;
  const groupsBefore = integerLength > 0 ? Math.ceil(integerLength / 4) : -Math.floor(-integerLength / 4);
  let first = 0;
  let last = Math.ceil(padded.length / 4);
  const digit = (k: number): number => Number(padded.slice(k * 4, k * 4 + 4).padEnd(4, '0'));
  while (first < last && digit(first) === 0) first += 1;
  while (last > first && digit(last - 1) === 0) last -= 1;
  out.int16(last - first);
  out.int16(last === first ? 0 : groupsBefore - 1 - first);
  out.int16(negative ? NEGATIVE : 0);
  out.int16(scale);
  for (let k = first; k < last; k += 1) out.int16(digit(k));
}
