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

/** float8 as PostgreSQL prints it: the shortest digits that read back the same, or rounded to 15 + extraFloatDigits digits when that is <= 15. */
export function formatFloat8(value: number, extraFloatDigits = 1): string {
  const fixed = special(value);
  if (fixed !== undefined) return fixed;
  if (extraFloatDigits <= 0) {
    const digits = Math.max(15 + extraFloatDigits, 1);
    return layoutDigits(value.toExponential(digits - 1), digits);
  }
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e15) return String(value);
  return layoutDigits(value.toExponential(), 15);
}

const SMALLEST_NORMAL_FLOAT4 = 1.1754943508222875e-38;

/** The shortest decimal (in exponent form) that rounds to this float4. */
function shortestFloat4(value: number): string {
  for (let digits = Math.abs(value) < SMALLEST_NORMAL_FLOAT4 ? 1 : 6; digits < 9; digits += 1) {
    const text = value.toExponential(digits - 1);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential(8);
}

/** float4, as `formatFloat8`. */
export function formatFloat4(value: number, extraFloatDigits = 1): string {
  const fixed = special(value);
  if (fixed !== undefined) return fixed;
  if (extraFloatDigits <= 0) {
    const digits = Math.max(6 + extraFloatDigits, 1);
    return layoutDigits(value.toExponential(digits - 1), digits);
  }
  return layoutDigits(shortestFloat4(value), 6);
}
