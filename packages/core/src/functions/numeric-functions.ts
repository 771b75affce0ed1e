import { failure } from '../errors/table.ts';
import {
  absNumeric,
  compareNumeric,
  divideRounded,
  makeNumeric,
  NUMERIC_INFINITY,
  NUMERIC_NAN,
  type Numeric,
  pow10,
  roundNumeric,
} from '../types/numeric.ts';
import { numericToNumber } from '../types/numeric-convert.ts';
import { fixedExp, fixedLn, integerSqrt } from './numeric-series.ts';

/** How many significant digits PostgreSQL gives at least, and how many decimals at most. */
const SIGNIFICANT_MIN = 16;
const SCALE_MAX = 1_000;
const LOG10_E = Math.LOG10E;
/** |x| from which exp(x) is given up (PostgreSQL's NUMERIC_MAX_RESULT_SCALE * 3). */
const EXPONENT_MAX = 6_000;

const ONE = makeNumeric(1n, 0);
const ZERO = makeNumeric(0n, 0);
const clamp = (scale: number, ...least: number[]): number => Math.min(SCALE_MAX, Math.max(0, scale, ...least));

/** 22003: more digits than numeric can hold. */
export function numericFormatOverflow(): Error {
  return failure('numericOverflowFormat');
}

/** The position of the first group of four digits (10000^weight), as PostgreSQL stores it. */
function weightOf(x: Numeric): number {
  if (x.coefficient === 0n) return 0;
  return Math.floor((digitsOf(x) - 1) / 4);
}

/** Digits before the decimal point; 0 or negative for values below 1. */
function digitsOf(x: Numeric): number {
  return absNumeric(x).coefficient.toString().length - x.scale;
}

/** x at `digits` decimals as a bigint. */
function fixed(x: Numeric, digits: number): bigint {
  return x.scale <= digits
    ? x.coefficient * pow10(digits - x.scale)
    : divideRounded(x.coefficient, pow10(x.scale - digits));
}

/** The natural logarithm as a double, also for values beyond a double's range. */
function approximateLn(x: Numeric): number {
  const digits = x.coefficient.toString();
  return Math.log(Number(`0.${digits.slice(0, 17)}`)) + (digits.length - x.scale) * Math.LN10;
}

/** PostgreSQL's estimate of the decimal weight of ln(x), from which it chooses scales. */
function lnWeight(x: Numeric): number {
  const distance = absNumeric(roundlessSubtractOne(x));
  const nearOne = distance.coefficient * 10n <= pow10(distance.scale);
  if (!nearOne) return Math.trunc(Math.log10(Math.abs(approximateLn(x))));
  return distance.coefficient === 0n ? 0 : digitsOf(distance) - 1;
}

function roundlessSubtractOne(x: Numeric): Numeric {
  return makeNumeric(x.coefficient - pow10(x.scale), x.scale);
}

function checkLogArgument(x: Numeric): void {
  if (x.special === '-Infinity' || (x.special === null && x.coefficient < 0n)) {
    throw failure('invalidLogArgument', { what: 'a negative number' });
  }
  if (x.special === null && x.coefficient === 0n) throw failure('invalidLogArgument', { what: 'zero' });
}

/** sqrt, correctly rounded. 2201F for a negative argument. */
export function sqrtNumeric(x: Numeric): Numeric {
  if (x.special === 'NaN') return x;
  if (x.special === '-Infinity' || x.coefficient < 0n) {
    throw failure('invalidPowerArgument', { message: 'cannot take square root of a negative number' });
  }
  if (x.special !== null) return x;
  const scale = clamp(SIGNIFICANT_MIN - ((weightOf(x) + 1) * 2 - 1), x.scale);
  const root = integerSqrt((x.coefficient * pow10(2 * scale + 1) * 4n) / pow10(x.scale + 1));
  return makeNumeric((root + 1n) >> 1n, scale);
}

/** e^x. 22003 beyond numeric's range. */
export function expNumeric(x: Numeric): Numeric {
  if (x.special !== null) return x.special === '-Infinity' ? ZERO : x;
  const value = numericToNumber(x);
  const scale = clamp(SIGNIFICANT_MIN - Math.trunc(Math.max(-2000, Math.min(2000, value * LOG10_E))), x.scale);
  return expAtScale(x, scale);
}

function expAtScale(x: Numeric, scale: number): Numeric {
  const value = numericToNumber(x);
  if (value >= EXPONENT_MAX) throw numericFormatOverflow();
  if (value <= -EXPONENT_MAX) return makeNumeric(0n, scale);
  const digits = scale + 10 + Math.max(0, Math.ceil(value * LOG10_E));
  return roundNumeric(makeNumeric(fixedExp(fixed(x, digits), digits), digits), scale);
}

function lnAtScale(x: Numeric, scale: number): Numeric {
  const digits = Math.max(scale + 10, x.scale + 10);
  return roundNumeric(makeNumeric(fixedLn(fixed(x, digits), digits), digits), scale);
}

/** ln x. 2201E unless x > 0. */
export function lnNumeric(x: Numeric): Numeric {
  checkLogArgument(x);
  if (x.special !== null) return x;
  return lnAtScale(x, clamp(SIGNIFICANT_MIN - lnWeight(x), x.scale));
}

/** The logarithm of x to a base. 2201E unless both are positive, 22012 for base 1. */
export function logNumeric(base: Numeric, x: Numeric): Numeric {
  if (base.special === 'NaN' || x.special === 'NaN') return NUMERIC_NAN;
  checkLogArgument(base);
  checkLogArgument(x);
  if (base.special !== null) return x.special !== null ? NUMERIC_NAN : ZERO;
  if (x.special !== null) return NUMERIC_INFINITY;
  const scale = clamp(SIGNIFICANT_MIN - (lnWeight(x) - lnWeight(base)), base.scale, x.scale);
  const digits = scale + 30;
  const divisor = lnAtScale(base, digits);
  if (divisor.coefficient === 0n) throw failure('divisionByZero');
  const sign = divisor.coefficient < 0n ? -1n : 1n;
  const dividend = sign * lnAtScale(x, digits).coefficient * pow10(scale);
  const quotient = divideRounded(dividend, sign * divisor.coefficient);
  return makeNumeric(quotient, scale);
}

const isInteger = (x: Numeric): boolean => x.special === null && x.coefficient % pow10(x.scale) === 0n;

/** base ^ exponent (PostgreSQL manual, table 9.4). 2201F where there is no real result, 22003 beyond numeric's range. */
export function powerNumeric(base: Numeric, exponent: Numeric): Numeric {
  if (base.special === 'NaN' || exponent.special === 'NaN') return powerOfNaN(base, exponent);
  const isNegative = base.special === '-Infinity' || base.coefficient < 0n;
  const isZero = base.special === null && base.coefficient === 0n;
  const isNegativePower = exponent.special === '-Infinity' || exponent.coefficient < 0n;
  if (isZero && isNegativePower) {
    throw failure('invalidPowerArgument', { message: 'zero raised to a negative power is undefined' });
  }
  if (isNegative && exponent.special === null && !isInteger(exponent)) {
    throw failure('invalidPowerArgument', {
      message: 'a negative number raised to a non-integer power yields a complex result',
    });
  }
  if (base.special !== null || exponent.special !== null) return powerOfInfinity(base, exponent);
  if (isInteger(exponent)) {
    const power = exponent.coefficient / pow10(exponent.scale);
    if (BigInt.asIntN(32, power) === power) return integerPower(base, Number(power));
  }
  return isZero ? makeNumeric(0n, SIGNIFICANT_MIN) : realPower(base, exponent);
}

function powerOfNaN(base: Numeric, exponent: Numeric): Numeric {
  const isOne = base.special === null && compareNumeric(base, ONE) === 0;
  const isZeroPower = exponent.special === null && exponent.coefficient === 0n;
  return isOne || isZeroPower ? ONE : NUMERIC_NAN;
}

function powerOfInfinity(base: Numeric, exponent: Numeric): Numeric {
  if (exponent.special !== null) {
    const order = compareNumeric(absNumeric(base), ONE);
    if (order === 0) return ONE;
    return order > 0 === (exponent.special === 'Infinity') ? NUMERIC_INFINITY : ZERO;
  }
  if (exponent.coefficient === 0n) return ONE;
  if (exponent.coefficient < 0n) return ZERO;
  const isOdd = (exponent.coefficient / pow10(exponent.scale)) % 2n === 1n;
  return base.special === '-Infinity' && !isOdd ? NUMERIC_INFINITY : base;
}

/** Multiplies with as many digits as the result can show; exact where it is that short. */
function integerPower(base: Numeric, exponent: number): Numeric {
  const scale = clamp(SIGNIFICANT_MIN, base.scale);
  if (exponent === 0) return makeNumeric(pow10(scale), scale);
  if (base.coefficient === 0n) return makeNumeric(0n, scale);
  const estimate = (approximateLn(absNumeric(base)) / Math.LN10) * exponent;
  if (estimate > 131_073) throw numericFormatOverflow();
  if (estimate < -scale - 2) return makeNumeric(0n, scale);
  const precision = Math.ceil(Math.max(0, estimate)) + scale + 30;
  const raised = shortPower(absNumeric(base), Math.abs(exponent), precision + Math.ceil(Math.max(0, -estimate)) * 2);
  const sign = base.coefficient < 0n && exponent % 2 !== 0 ? -1n : 1n;
  const magnitude =
    exponent > 0
      ? divideScaled(raised.mantissa, raised.exponent + scale)
      : divideRounded(
          pow10(scale + Math.max(0, -raised.exponent)),
          raised.mantissa * pow10(Math.max(0, raised.exponent)),
        );
  return makeNumeric(sign * magnitude, scale);
}

/** mantissa * 10^exponent. */
interface Short {
  readonly mantissa: bigint;
  readonly exponent: number;
}

function shortPower(base: Numeric, exponent: number, precision: number): Short {
  const cut = (value: Short): Short => {
    const excess = value.mantissa.toString().length - precision;
    return excess <= 0 ? value : { mantissa: value.mantissa / pow10(excess), exponent: value.exponent + excess };
  };
  const times = (a: Short, b: Short): Short =>
    cut({ mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent });
  let result: Short = { mantissa: 1n, exponent: 0 };
  let square: Short = cut({ mantissa: base.coefficient, exponent: -base.scale });
  for (let bits = exponent; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) result = times(result, square);
    if (bits > 1) square = times(square, square);
  }
  return result;
}

function divideScaled(mantissa: bigint, exponent: number): bigint {
  return exponent >= 0 ? mantissa * pow10(exponent) : divideRounded(mantissa, pow10(-exponent));
}

function realPower(base: Numeric, exponent: Numeric): Numeric {
  const value = approximateLn(base) * numericToNumber(exponent);
  if (value > EXPONENT_MAX * 1.003) throw numericFormatOverflow();
  if (value < -EXPONENT_MAX * 1.003) return makeNumeric(0n, SCALE_MAX);
  const scale = clamp(SIGNIFICANT_MIN - Math.trunc(value * LOG10_E), base.scale, exponent.scale);
  const digits = scale + 20 + Math.max(0, Math.ceil(value * LOG10_E)) + Math.max(0, digitsOf(exponent));
  const product = lnAtScale(base, digits + exponent.scale);
  return expAtScale(makeNumeric(product.coefficient * exponent.coefficient, product.scale + exponent.scale), scale);
}
