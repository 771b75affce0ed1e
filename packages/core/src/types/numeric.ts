import { failure } from '../errors/table.ts';

/**
 * An exact decimal: coefficient * 10^-scale, or one of PostgreSQL's special values. `scale` is the display scale (12.30 has 2).
 * Laws are those of PostgreSQL's numeric: scale 0..16383, NaN = NaN and greatest, half away from zero when rounding.
 */
export interface Numeric {
  readonly coefficient: bigint;
  readonly scale: number;
  readonly special: null | 'NaN' | 'Infinity' | '-Infinity';
}

const MAX_SCALE = 16_383;
/** PostgreSQL keeps at most 131072 digits before the decimal point. */
const MAX_INTEGER_DIGITS = 131_072;
/** Division and the like print at least 16 significant digits and at most 1000 decimals. */
const MIN_SIGNIFICANT_DIGITS = 16;
const MAX_DISPLAY_SCALE = 1_000;

/** The numerics that are no numbers; in order -Infinity < every number < Infinity < NaN. */
export const NUMERIC_NAN: Numeric = Object.freeze({ coefficient: 0n, scale: 0, special: 'NaN' });
export const NUMERIC_INFINITY: Numeric = Object.freeze({ coefficient: 0n, scale: 0, special: 'Infinity' });
export const NUMERIC_MINUS_INFINITY: Numeric = Object.freeze({ coefficient: 0n, scale: 0, special: '-Infinity' });

const POWERS: bigint[] = Array.from({ length: 80 }, (_, n) => 10n ** BigInt(n));

/** 10^n for n >= 0. */
export function pow10(n: number): bigint {
  return POWERS[n] ?? 10n ** BigInt(n);
}

/** A finite numeric. */
export function makeNumeric(coefficient: bigint, scale: number): Numeric {
  return { coefficient, scale, special: null };
}

const SHAPE = /^[ \t\n\r\v\f]*([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,9}))?[ \t\n\r\v\f]*$/;
const SPECIAL = /^[ \t\n\r\v\f]*(?:(nan)|([+-]?)inf(?:inity)?)[ \t\n\r\v\f]*$/i;

/** PostgreSQL's numeric input: digits, exponent, `NaN`, `Infinity`. 22P02 for anything else, 22003 beyond the format's range. */
export function parseNumeric(text: string): Numeric {
  const match = SHAPE.exec(text);
  if (match === null) {
    const special = SPECIAL.exec(text);
    if (special === null) throw failure('invalidText', { type: 'numeric', value: text });
    if (special[1] !== undefined) return NUMERIC_NAN;
    return special[2] === '-' ? NUMERIC_MINUS_INFINITY : NUMERIC_INFINITY;
  }
  const fraction = match[3] ?? match[4] ?? '';
  const exponent = match[5] === undefined ? 0 : Number(match[5]);
  const digits = (match[2] ?? '') + fraction;
  let scale = fraction.length - exponent;
  if (scale > MAX_SCALE + digits.length || digits.length - scale > MAX_INTEGER_DIGITS + digits.length) throw overflow();
  let coefficient = BigInt(digits);
  if (scale < 0) {
    coefficient *= pow10(-scale);
    scale = 0;
  }
  if (match[1] === '-') coefficient = -coefficient;
  if (scale > MAX_SCALE) throw overflow();
  return checkRange(makeNumeric(coefficient, scale));
}

function overflow(): Error {
  return failure('numericFormatOverflow');
}

/** Rounds away decimals beyond the format's 16383; throws 22003 above 131072 integer digits. */
function checkRange(value: Numeric): Numeric {
  if (value.scale > MAX_SCALE) return roundNumeric(value, MAX_SCALE);
  if (value.coefficient > -POWERS[79]! && value.coefficient < POWERS[79]!) return value;
  if (digitCount(value.coefficient) - value.scale > MAX_INTEGER_DIGITS) throw overflow();
  return value;
}

/** The canonical text: `12.30`, `-0.5`, `NaN`, `Infinity`; never an exponent. */
export function formatNumeric(value: Numeric): string {
  return value.special ?? formatDecimal(value.coefficient, value.scale);
}

/** coefficient * 10^-scale as text. */
export function formatDecimal(coefficient: bigint, scale: number): string {
  if (scale <= 0) return (scale === 0 ? coefficient : coefficient * pow10(-scale)).toString();
  const negative = coefficient < 0n;
  const digits = (negative ? -coefficient : coefficient).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Decimal digits of |value|; 1 for 0. */
function digitCount(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

/** dividend / divisor rounded half away from zero; divisor > 0. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend - quotient * divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < divisor) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

function rescale(value: Numeric, scale: number): bigint {
  return value.scale === scale ? value.coefficient : value.coefficient * pow10(scale - value.scale);
}

function rankOf(value: Numeric): number {
  return value.special === null ? 0 : value.special === 'NaN' ? 2 : value.special === 'Infinity' ? 1 : -1;
}

/** PostgreSQL's order: -Infinity < finite < Infinity < NaN, NaN = NaN; scales do not matter. */
export function compareNumeric(a: Numeric, b: Numeric): -1 | 0 | 1 {
  if (a.special !== null || b.special !== null) {
    const x = rankOf(a);
    const y = rankOf(b);
    return x === y ? 0 : x < y ? -1 : 1;
  }
  const scale = Math.max(a.scale, b.scale);
  const x = rescale(a, scale);
  const y = rescale(b, scale);
  return x === y ? 0 : x < y ? -1 : 1;
}

/** -1, 0 or 1; NaN has sign 1 here only so that it is not zero. */
function signOf(value: Numeric): number {
  if (value.special !== null) return value.special === '-Infinity' ? -1 : 1;
  return value.coefficient === 0n ? 0 : value.coefficient < 0n ? -1 : 1;
}

/** -value; NaN stays NaN. */
export function negateNumeric(value: Numeric): Numeric {
  if (value.special === 'Infinity') return NUMERIC_MINUS_INFINITY;
  if (value.special === '-Infinity') return NUMERIC_INFINITY;
  return value.special === 'NaN' ? value : makeNumeric(-value.coefficient, value.scale);
}

/** |value|; NaN stays NaN. */
export function absNumeric(value: Numeric): Numeric {
  return signOf(value) < 0 ? negateNumeric(value) : value;
}

/** a + b, at the larger scale. Infinity - Infinity is NaN. */
export function addNumeric(a: Numeric, b: Numeric): Numeric {
  if (a.special !== null || b.special !== null) {
    if (a.special === 'NaN' || b.special === 'NaN') return NUMERIC_NAN;
    if (a.special !== null && b.special !== null && a.special !== b.special) return NUMERIC_NAN;
    return a.special !== null ? a : b;
  }
  const scale = Math.max(a.scale, b.scale);
  return checkRange(makeNumeric(rescale(a, scale) + rescale(b, scale), scale));
}

/** a - b, at the larger scale. */
export function subtractNumeric(a: Numeric, b: Numeric): Numeric {
  return addNumeric(a, negateNumeric(b));
}

function signedInfinity(sign: number): Numeric {
  return sign === 0 ? NUMERIC_NAN : sign < 0 ? NUMERIC_MINUS_INFINITY : NUMERIC_INFINITY;
}

/** a * b, at the sum of the scales (at most 16383). 0 * Infinity is NaN. */
export function multiplyNumeric(a: Numeric, b: Numeric): Numeric {
  if (a.special === 'NaN' || b.special === 'NaN') return NUMERIC_NAN;
  if (a.special !== null || b.special !== null) return signedInfinity(signOf(a) * signOf(b));
  return checkRange(makeNumeric(a.coefficient * b.coefficient, a.scale + b.scale));
}

/** Weight and value of the first base-10000 digit: PostgreSQL estimates the quotient's size from them. */
function leadingDigit(value: Numeric): { readonly weight: number; readonly digit: number } {
  if (value.coefficient === 0n) return { weight: 0, digit: 0 };
  const digits = (value.coefficient < 0n ? -value.coefficient : value.coefficient).toString();
  const exponent = digits.length - 1 - value.scale;
  const weight = Math.floor(exponent / 4);
  return { weight, digit: Number(digits.slice(0, exponent - weight * 4 + 1).padEnd(exponent - weight * 4 + 1, '0')) };
}

/** The scale of a quotient, as PostgreSQL's select_div_scale chooses it. */
export function divisionScale(a: Numeric, b: Numeric): number {
  const x = leadingDigit(a);
  const y = leadingDigit(b);
  const weight = x.weight - y.weight - (x.digit <= y.digit ? 1 : 0);
  return Math.min(Math.max(MIN_SIGNIFICANT_DIGITS - weight * 4, a.scale, b.scale, 0), MAX_DISPLAY_SCALE);
}

/** a / b at a given scale, rounded; both finite, b not zero. */
export function divideAtScale(a: Numeric, b: Numeric, scale: number): Numeric {
  const shift = scale + b.scale - a.scale;
  let dividend = shift >= 0 ? a.coefficient * pow10(shift) : a.coefficient;
  let divisor = shift >= 0 ? b.coefficient : b.coefficient * pow10(-shift);
  if (divisor < 0n) {
    divisor = -divisor;
    dividend = -dividend;
  }
  return checkRange(makeNumeric(divideRounded(dividend, divisor), scale));
}

function isZero(value: Numeric): boolean {
  return value.special === null && value.coefficient === 0n;
}

/** Throws 22012 for a zero divisor. */
export function divideNumeric(a: Numeric, b: Numeric): Numeric {
  if (a.special === 'NaN' || b.special === 'NaN') return NUMERIC_NAN;
  if (a.special !== null) {
    if (b.special !== null) return NUMERIC_NAN;
    if (isZero(b)) throw failure('divisionByZero');
    return signedInfinity(signOf(a) * signOf(b));
  }
  if (b.special !== null) return makeNumeric(0n, 0);
  if (isZero(b)) throw failure('divisionByZero');
  return divideAtScale(a, b, divisionScale(a, b));
}

/** The remainder of truncating division: it has the dividend's sign. Throws 22012 for a zero divisor. */
export function moduloNumeric(a: Numeric, b: Numeric): Numeric {
  if (a.special === 'NaN' || b.special === 'NaN') return NUMERIC_NAN;
  if (a.special !== null) {
    if (isZero(b)) throw failure('divisionByZero');
    return NUMERIC_NAN;
  }
  if (b.special !== null) return a;
  if (isZero(b)) throw failure('divisionByZero');
  const scale = Math.max(a.scale, b.scale);
  return makeNumeric(rescale(a, scale) % rescale(b, scale), scale);
}

/** `div(a, b)`: the quotient truncated towards zero, scale 0. */
export function divideTruncated(a: Numeric, b: Numeric): Numeric {
  if (a.special !== null || b.special !== null) return divideNumeric(a, b);
  if (isZero(b)) throw failure('divisionByZero');
  const scale = Math.max(a.scale, b.scale);
  return makeNumeric(rescale(a, scale) / rescale(b, scale), 0);
}

/** Rounds half away from zero to `scale` decimals (negative: tens, hundreds ...); result scale is max(scale, 0). */
export function roundNumeric(value: Numeric, scale: number): Numeric {
  if (value.special !== null) return value;
  if (scale >= value.scale) return makeNumeric(rescale(value, scale), scale);
  const dropped = value.scale - scale;
  if (dropped > digitCount(value.coefficient) + 1) return makeNumeric(0n, Math.max(scale, 0));
  const rounded = divideRounded(value.coefficient, pow10(dropped));
  return scale >= 0 ? makeNumeric(rounded, scale) : checkRange(makeNumeric(rounded * pow10(-scale), 0));
}

/** Cuts to `scale` decimals, towards zero. */
export function truncateNumeric(value: Numeric, scale: number): Numeric {
  if (value.special !== null) return value;
  if (scale >= value.scale) return makeNumeric(rescale(value, scale), scale);
  const cut = value.coefficient / pow10(value.scale - scale);
  return scale >= 0 ? makeNumeric(cut, scale) : makeNumeric(cut * pow10(-scale), 0);
}

/** The largest integer <= value, scale 0. */
export function floorNumeric(value: Numeric): Numeric {
  if (value.special !== null || value.scale === 0) return value;
  const unit = pow10(value.scale);
  const quotient = value.coefficient / unit;
  return makeNumeric(value.coefficient < 0n && quotient * unit !== value.coefficient ? quotient - 1n : quotient, 0);
}

/** The smallest integer >= value, scale 0. */
export function ceilNumeric(value: Numeric): Numeric {
  return value.special !== null ? value : negateNumeric(floorNumeric(negateNumeric(value)));
}

/** Drops trailing zeros of the fraction. */
export function trimNumeric(value: Numeric): Numeric {
  let { coefficient, scale } = value;
  while (scale > 0 && coefficient % 10n === 0n) {
    coefficient /= 10n;
    scale -= 1;
  }
  return value.special !== null ? value : makeNumeric(coefficient, scale);
}
