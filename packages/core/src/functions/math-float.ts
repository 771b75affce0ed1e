import { failure } from '../errors/table.ts';
import { type DataType, types } from '../types/data-type.ts';
import { roundHalfEven } from '../types/interval.ts';
import { floatOverflow, floatUnderflow } from './arithmetic-float.ts';
import type { FunctionDefinition } from './definition.ts';
import { safe, simple } from './shorthand.ts';

const { float8 } = types;

function inputOutOfRange(): Error {
  return failure('outOfRange', { what: 'input is' });
}

/** A function of one float that keeps infinities of its input but must not make one. */
function bounded(f: (x: number) => number): (x: number) => number {
  return (x) => {
    const result = f(x);
    if (Number.isFinite(x) && !Number.isFinite(result) && !Number.isNaN(result)) throw floatOverflow();
    return result;
  };
}

/** A function that is defined from `low` to `high` only. */
function within(low: number, high: number, f: (x: number) => number): (x: number) => number {
  return (x) => {
    if (x < low || x > high) throw inputOutOfRange();
    return f(x);
  };
}

/** Trigonometry of an angle: infinite ones are refused. */
function ofAngle(f: (x: number) => number): (x: number) => number {
  return (x) => {
    if (x === Infinity || x === -Infinity) throw inputOutOfRange();
    return f(x);
  };
}

function logarithm(f: (x: number) => number): (x: number) => number {
  return (x) => {
    if (x === 0) throw failure('invalidLogArgument', { what: 'zero' });
    if (x < 0) throw failure('invalidLogArgument', { what: 'a negative number' });
    return f(x);
  };
}

function squareRoot(x: number): number {
  if (x < 0) throw failure('invalidPowerArgument', { message: 'cannot take square root of a negative number' });
  return Math.sqrt(x);
}

function exponential(x: number): number {
  const result = Math.exp(x);
  if (result === Infinity && x !== Infinity) throw floatOverflow();
  if (result === 0 && x !== -Infinity) throw floatUnderflow();
  return result;
}

/** x ^ y as PostgreSQL's dpow: 1 to anything and anything to 0 is 1, NaN included. */
function floatPower(x: number, y: number): number {
  if (x === 1 || y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === 0 && y < 0) {
    throw failure('invalidPowerArgument', { message: 'zero raised to a negative power is undefined' });
  }
  if (x < 0 && Number.isFinite(y) && !Number.isInteger(y)) {
    throw failure('invalidPowerArgument', {
      message: 'a negative number raised to a non-integer power yields a complex result',
    });
  }
  if (x === -1 && !Number.isFinite(y)) return 1;
  const result = x ** y;
  if (Number.isFinite(x) && Number.isFinite(y)) {
    if (!Number.isFinite(result)) throw floatOverflow();
    if (result === 0 && x !== 0) throw floatUnderflow();
  }
  return result;
}

const RADIANS_PER_DEGREE = 0.017453292519943295;

/** Functions of one float8 that cannot fail, by name. */
const TOTAL: Readonly<Record<string, (x: number) => number>> = {
  ceil: (x) => Math.ceil(x),
  ceiling: (x) => Math.ceil(x),
  floor: (x) => Math.floor(x),
  round: roundFloat,
  trunc: (x) => Math.trunc(x),
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  cbrt: (x) => Math.cbrt(x),
  atan: (x) => Math.atan(x),
  tanh: (x) => Math.tanh(x),
  asinh: (x) => Math.asinh(x),
  sinh: (x) => Math.sinh(x),
  cosh: (x) => Math.cosh(x),
  radians: (x) => x * RADIANS_PER_DEGREE,
};

/** The others. */
const PARTIAL: Readonly<Record<string, (x: number) => number>> = {
  sqrt: squareRoot,
  exp: exponential,
  ln: logarithm((x) => Math.log(x)),
  log: logarithm((x) => Math.log10(x)),
  log10: logarithm((x) => Math.log10(x)),
  sin: ofAngle((x) => Math.sin(x)),
  cos: ofAngle((x) => Math.cos(x)),
  tan: ofAngle((x) => Math.tan(x)),
  cot: ofAngle((x) => 1 / Math.tan(x)),
  asin: within(-1, 1, (x) => Math.asin(x)),
  acos: within(-1, 1, (x) => Math.acos(x)),
  acosh: within(1, Number.POSITIVE_INFINITY, (x) => Math.acosh(x)),
  atanh: within(-1, 1, (x) => Math.atanh(x)),
  degrees: bounded((x) => x / RADIANS_PER_DEGREE),
};

/** round(float8): halves to even, as C's rint. */
function roundFloat(x: number): number {
  return Number.isFinite(x) && Math.abs(x) < 2 ** 52 ? (Math.sign(x) || x) * roundHalfEven(Math.abs(x)) || x * 0 : x;
}

/** width_bucket: which of `count` equal buckets between two bounds; 0 and count+1 lie outside. */
function widthBucket(x: number, low: number, high: number, count: number): number {
  if (count <= 0) throw failure('invalidBucket', { message: 'count must be greater than zero' });
  if (Number.isNaN(x) || Number.isNaN(low) || Number.isNaN(high)) {
    throw failure('invalidBucket', { message: 'operand, lower bound, and upper bound cannot be NaN' });
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw failure('invalidBucket', { message: 'lower and upper bounds must be finite' });
  }
  if (low === high) throw failure('invalidBucket', { message: 'lower bound cannot equal upper bound' });
  const isDescending = low > high;
  if (isDescending ? x > low : x < low) return 0;
  if (isDescending ? x <= high : x >= high) return count + 1;
  return Math.min(count, Math.floor(((x - low) / (high - low)) * count) + 1);
}

const one = (define: typeof safe, table: Readonly<Record<string, (x: number) => number>>): FunctionDefinition[] =>
  Object.entries(table).map(([name, f]) => define<[number]>(name, ['float8'], float8 as DataType, f));

/** float8 mathematics (PostgreSQL manual 9.3): JavaScript's libm, PostgreSQL's domain errors. */
export const floatMath: readonly FunctionDefinition[] = [
  ...one(safe, TOTAL),
  ...one(simple, PARTIAL),
  ...['power', 'pow', '^'].map((name) => simple<[number, number]>(name, ['float8', 'float8'], float8, floatPower)),
  safe<[number, number]>('atan2', ['float8', 'float8'], float8, (y, x) => Math.atan2(y, x)),
  safe<[]>('pi', [], float8, () => Math.PI),
  simple<[number]>('|/', ['float8'], float8, squareRoot),
  safe<[number]>('||/', ['float8'], float8, (x) => Math.cbrt(x)),
  simple<[number, number, number, number]>(
    'width_bucket',
    ['float8', 'float8', 'float8', 'int4'],
    types.int4,
    widthBucket,
  ),
];
