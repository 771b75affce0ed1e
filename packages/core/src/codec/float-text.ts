import { failure } from '../errors/table.ts';

const SHAPE = /^[ \t\n\r\v\f]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[ \t\n\r\v\f]*$/;
const SPECIAL = /^[ \t\n\r\v\f]*(?:([+-]?)nan|([+-]?)inf(?:inity)?)[ \t\n\r\v\f]*$/i;

/** PostgreSQL's float input. 22P02 when it is no number, 22003 when it overflows or underflows. */
export function parseFloatText(text: string, kind: 'float4' | 'float8'): number {
  const type = kind === 'float4' ? 'real' : 'double precision';
  const match = SHAPE.exec(text);
  if (match === null) {
    const special = SPECIAL.exec(text);
    if (special === null) throw failure('invalidText', { type, value: text });
    if (special[2] === undefined) return Number.NaN;
    return special[2] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const digits = match[1]!;
  const value = kind === 'float4' ? Math.fround(Number(digits)) : Number(digits);
  if (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(digits.split(/[eE]/)[0]!))) {
    throw failure('floatTextOutOfRange', { value: text.trim(), type });
  }
  return value;
}

/** An exponent as C prints it: sign and at least two digits. */
function cExponent(exponent: number): string {
  const digits = Math.abs(exponent);
  return `e${exponent < 0 ? '-' : '+'}${digits < 10 ? '0' : ''}${digits}`;
}

/** d.ddd * 10^exponent, plain between 1e-4 and 10^plainMax and with an exponent outside. */
function layoutDigits(scientific: string, plainMax: number): string {
  const [mantissa, power] = scientific.split('e') as [string, string];
  const exponent = Number(power);
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (exponent < -4 || exponent >= plainMax) return trimmed + cExponent(exponent);
  const negative = trimmed.startsWith('-');
  const digits = trimmed.replace(/[-.]/g, '');
  const sign = negative ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
  return value === 0 ? (Object.is(value, -0) ? '-0' : '0') : undefined;
}

/**
 * `toExponential` with C's rule for exact ties: the even digit (JavaScript takes the larger). A tie is a value whose decimal expansion
 * ends in a 5 right behind the last digit kept.
 */
export function roundToDigits(value: number, digits: number): string {
  const rounded = value.toExponential(digits - 1);
  const longer = value.toExponential(digits);
  const end = longer.indexOf('e');
  if (longer[end - 1] !== '5' || Number(longer) !== value) return rounded;
  const exact = value.toExponential(100);
  if (!/^0*$/.test(exact.slice(end, exact.indexOf('e')))) return rounded;
  const cut = longer.slice(0, end - 1).replace(/\.$/, '');
  return Number(cut.at(-1)) % 2 === 0 ? cut + longer.slice(end) : rounded;
}

/** 2^53 .. 10^41: where a decimal of 17 digits can lie exactly halfway between two float8. */
const HALFWAY_MIN = 9_007_199_254_740_992;
const HALFWAY_MAX = 1e41;
const FLOAT8 = new Float64Array(1);
const FLOAT8_BITS = new BigInt64Array(FLOAT8.buffer);

function isHalfwayFloat8(text: string, value: number): boolean {
  FLOAT8[0] = Math.abs(value);
  const size = BigInt(FLOAT8[0]);
  FLOAT8_BITS[0]! += 1n;
  const above = BigInt(FLOAT8[0]!) - size;
  FLOAT8_BITS[0]! -= 2n;
  const below = size - BigInt(FLOAT8[0]!);
  const [mantissa, power] = text.replace('-', '').split('e') as [string, string];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  const twice = 2n * BigInt(whole + fraction) * 10n ** BigInt(Number(power) - fraction.length) - 2n * size;
  return twice === above || twice === -below;
}

/** The shortest digits strictly inside the value's rounding interval: PostgreSQL does not take the interval's ends. */
function shortestFloat8(value: number): string {
  const shortest = value.toExponential();
  const size = Math.abs(value);
  if (size < HALFWAY_MIN || size >= HALFWAY_MAX || !isHalfwayFloat8(shortest, value)) return shortest;
  for (let digits = shortest.replace(/e.*|[-.]/g, '').length + 1; digits < 17; digits += 1) {
    const text = roundToDigits(value, digits);
    if (Number(text) === value && !isHalfwayFloat8(text, value)) return text;
  }
  return roundToDigits(value, 17);
}

/** float8 as PostgreSQL prints it: the shortest digits that read back the same, or rounded to 15 + extraFloatDigits digits when that is <= 15. */
export function formatFloat8(value: number, extraFloatDigits = 1): string {
  const fixed = special(value);
  if (fixed !== undefined) return fixed;
  if (extraFloatDigits <= 0) {
    const digits = Math.max(15 + extraFloatDigits, 1);
    return layoutDigits(roundToDigits(value, digits), digits);
  }
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e15) return String(value);
  return layoutDigits(shortestFloat8(value), 15);
}

const SMALLEST_NORMAL_FLOAT4 = 1.1754943508222875e-38;
const FLOAT4 = new Float32Array(1);
const FLOAT4_BITS = new Int32Array(FLOAT4.buffer);

/** Whether a decimal that rounds to a float4 lies exactly halfway to its neighbour. Differences of close doubles are exact. */
function isHalfwayFloat4(decimal: number, value: number): boolean {
  const size = Math.abs(value);
  FLOAT4[0] = size;
  FLOAT4_BITS[0]! += Math.abs(decimal) > size ? 1 : -1;
  return Math.abs(decimal - value) * 2 === Math.abs(FLOAT4[0]! - size);
}

function readsBackFloat4(text: string, value: number): boolean {
  const decimal = Number(text);
  return Math.fround(decimal) === value && (decimal === value || !isHalfwayFloat4(decimal, value));
}

/** A power of two has twice the room above it as below: the next larger decimal may fit where the nearest does not. */
function isPowerOfTwo(value: number): boolean {
  FLOAT4[0] = value;
  return (FLOAT4_BITS[0]! & 0x7f_ffff) === 0;
}

/** The decimal one unit of the last place farther from zero: `-1.2e5` gives `-1.3e5`. */
function nextDecimal(text: string): string {
  const [mantissa, power] = text.split('e') as [string, string];
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  const digits = Number(mantissa.replace(/[-.]/g, '')) + 1;
  return Number(`${mantissa.startsWith('-') ? '-' : ''}${digits}e${Number(power) - decimals}`).toExponential(decimals);
}

/** The shortest decimal (in exponent form) strictly inside this float4's rounding interval. */
function shortestFloat4(value: number): string {
  for (let digits = Math.abs(value) < SMALLEST_NORMAL_FLOAT4 ? 1 : 6; digits < 9; digits += 1) {
    const text = roundToDigits(value, digits);
    if (readsBackFloat4(text, value)) return text;
    if (!isPowerOfTwo(value)) continue;
    const next = nextDecimal(text);
    if (readsBackFloat4(next, value)) return next;
  }
  return roundToDigits(value, 9);
}

/** float4, as `formatFloat8`. */
export function formatFloat4(value: number, extraFloatDigits = 1): string {
  const fixed = special(value);
  if (fixed !== undefined) return fixed;
  if (extraFloatDigits <= 0) {
    const digits = Math.max(6 + extraFloatDigits, 1);
    return layoutDigits(roundToDigits(value, digits), digits);
  }
  return layoutDigits(shortestFloat4(value), 6);
}
