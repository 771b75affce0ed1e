import { roundToDigits } from '../codec/float-text.ts';
import { failure } from '../errors/table.ts';
import {
  divideRounded,
  formatNumeric,
  makeNumeric,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  type Numeric,
  parseNumeric,
  pow10,
} from './numeric.ts';

/** Numerics to and from the forms that values are stored in: coefficients of numeric(p,s), and floats. */

/**
 * The coefficient of a value stored as numeric(precision, scale): rounded, 22003 when it needs more digits. NaN and infinities have no
 * decimal128 form: infinities fail as in PostgreSQL, NaN with 0A000 (Delta's decimal has none either).
 */
export function coefficientFor(value: Numeric, precision: number, scale: number): bigint {
  if (value.special === 'NaN') throw failure('notSupported', { feature: `NaN in numeric(${precision},${scale})` });
  if (value.special !== null) {
    const detail = `A field with precision ${precision}, scale ${scale} cannot hold an infinite value.`;
    throw failure('numericOverflow', {}, { detail });
  }
  const rounded =
    value.scale <= scale
      ? value.coefficient * pow10(scale - value.scale)
      : divideRounded(value.coefficient, pow10(value.scale - scale));
  const limit = pow10(precision);
  if (rounded >= limit || rounded <= -limit) throw precisionOverflow(precision, scale);
  return rounded;
}

/** 22003 with PostgreSQL's detail. */
export function precisionOverflow(precision: number, scale: number): Error {
  const bound = precision === scale ? '1' : `10^${precision - scale}`;
  const detail = `A field with precision ${precision}, scale ${scale} must round to an absolute value less than ${bound}.`;
  return failure('numericOverflow', {}, { detail });
}

/** The nearest float8 (correctly rounded, through the decimal text). */
export function numericToNumber(value: Numeric): number {
  return Number(formatNumeric(value));
}

/** A float as numeric: float8 by 15 significant digits, float4 by 6, as PostgreSQL casts them. */
export function numericFromFloat(value: number, significantDigits: 15 | 6): Numeric {
  if (Number.isNaN(value)) return NUMERIC_NAN;
  if (!Number.isFinite(value)) return value > 0 ? NUMERIC_INFINITY : NUMERIC_MINUS_INFINITY;
  if (value === 0) return makeNumeric(0n, 0);
  const [mantissa, exponent] = roundToDigits(value, significantDigits).split('e') as [string, string];
  return parseNumeric(`${mantissa.replace(/\.?0+$/, '')}e${exponent}`);
}
