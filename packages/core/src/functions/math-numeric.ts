import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import {
  ceilNumeric,
  compareNumeric,
  divideTruncated,
  floorNumeric,
  formatNumeric,
  makeNumeric,
  NUMERIC_NAN,
  type Numeric,
  pow10,
  roundNumeric,
  subtractNumeric,
  trimNumeric,
  truncateNumeric,
} from '../types/numeric.ts';
import { numericBinary, numericOf, numericUnary } from './arithmetic-numeric.ts';
import type { FunctionDefinition } from './definition.ts';
import { greatestCommonDivisor, leastCommonMultiple } from './math-integer.ts';
import { expNumeric, lnNumeric, logNumeric, powerNumeric, sqrtNumeric } from './numeric-functions.ts';
import { safe, simple } from './shorthand.ts';

const { numeric, int4 } = types;
const TEN = makeNumeric(10n, 0);
/** Beyond these, rounding positions make no difference (PostgreSQL clamps them likewise). */
const POSITION_MAX = 2_000;

function atPosition(f: (x: Numeric, scale: number) => Numeric): (x: string, position: number) => string {
  return (text, position) => {
    const x = numericOf(text);
    if (x.special !== null) return text;
    return formatNumeric(f(x, Math.max(-POSITION_MAX, Math.min(POSITION_MAX, position))));
  };
}

function signOf(x: Numeric): Numeric {
  if (x.special === 'NaN') return x;
  const sign = x.special === 'Infinity' ? 1n : x.special === '-Infinity' ? -1n : x.coefficient;
  return makeNumeric(sign > 0n ? 1n : sign < 0n ? -1n : 0n, 0);
}

/** gcd and lcm of decimals: of the coefficients at the larger scale. */
function commonScale(f: (a: bigint, b: bigint) => bigint): (a: Numeric, b: Numeric) => Numeric {
  return (a, b) => {
    if (a.special !== null || b.special !== null) return NUMERIC_NAN;
    const scale = Math.max(a.scale, b.scale);
    return makeNumeric(f(a.coefficient * pow10(scale - a.scale), b.coefficient * pow10(scale - b.scale)), scale);
  };
}

function widthBucket(operand: string, lowText: string, highText: string, count: number): number {
  const [x, low, high] = [numericOf(operand), numericOf(lowText), numericOf(highText)];
  const invalid = (message: string): Error => failure('invalidBucket', { message });
  if (count <= 0) throw invalid('count must be greater than zero');
  if (x.special === 'NaN' || low.special === 'NaN' || high.special === 'NaN') {
    throw invalid('operand, lower bound, and upper bound cannot be NaN');
  }
  if (low.special !== null || high.special !== null) throw invalid('lower and upper bounds must be finite');
  const direction = compareNumeric(high, low);
  if (direction === 0) throw invalid('lower bound cannot equal upper bound');
  if (compareNumeric(x, low) === -direction) return 0;
  if (compareNumeric(x, high) !== -direction) return count + 1;
  const scale = Math.max(x.scale, low.scale, high.scale);
  const distance = roundNumeric(subtractNumeric(x, low), scale).coefficient;
  const width = roundNumeric(subtractNumeric(high, low), scale).coefficient;
  return Number((distance * BigInt(count)) / width) + 1;
}

/** numeric mathematics with PostgreSQL's result scales, computed exactly and rounded once. */
export const numericMath: readonly FunctionDefinition[] = [
  numericUnary('ceil', ceilNumeric, false),
  numericUnary('ceiling', ceilNumeric, false),
  numericUnary('floor', floorNumeric, false),
  numericUnary('round', (x) => (x.special === null ? roundNumeric(x, 0) : x)),
  numericUnary('trunc', (x) => (x.special === null ? truncateNumeric(x, 0) : x), false),
  numericUnary('sign', signOf, false),
  numericUnary('sqrt', sqrtNumeric),
  numericUnary('exp', expNumeric),
  numericUnary('ln', lnNumeric),
  numericUnary('log', (x) => logNumeric(TEN, x)),
  numericUnary('log10', (x) => logNumeric(TEN, x)),
  numericUnary('trim_scale', trimNumeric, false),
  numericBinary('log', logNumeric),
  numericBinary('power', powerNumeric),
  numericBinary('pow', powerNumeric),
  numericBinary('^', powerNumeric),
  numericBinary('div', divideTruncated),
  numericBinary('gcd', commonScale(greatestCommonDivisor)),
  numericBinary('lcm', commonScale(leastCommonMultiple)),
  simple<[string, number]>('round', ['numeric', 'int4'], numeric, atPosition(roundNumeric)),
  simple<[string, number]>('trunc', ['numeric', 'int4'], numeric, atPosition(truncateNumeric)),
  safe<[string]>('scale', ['numeric'], int4, (x) => scaleOf(numericOf(x))),
  safe<[string]>('min_scale', ['numeric'], int4, (x) => scaleOf(trimNumeric(numericOf(x)))),
  simple<[string, string, string, number]>(
    'width_bucket',
    ['numeric', 'numeric', 'numeric', 'int4'],
    int4,
    widthBucket,
  ),
];

function scaleOf(x: Numeric): number | null {
  return x.special === null ? x.scale : null;
}
