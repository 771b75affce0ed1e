import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import { inRange } from './arithmetic-int64.ts';
import { integerOutOfRange } from './arithmetic-integer.ts';
import type { FunctionDefinition } from './definition.ts';
import { simple } from './shorthand.ts';

/** Greatest common divisor, never negative. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Least common multiple, never negative. */
export function leastCommonMultiple(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n;
  const product = (a / greatestCommonDivisor(a, b)) * b;
  return product < 0n ? -product : product;
}

function toInt4(value: bigint): number {
  if (BigInt.asIntN(32, value) !== value) throw integerOutOfRange('int4');
  return Number(value);
}

function factorial(n: bigint): string {
  if (n < 0n) throw failure('factorialOfNegative');
  if (n > 32_177n) throw failure('numericOverflowFormat');
  let result = 1n;
  for (let k = 2n; k <= n; k++) result *= k;
  return result.toString();
}

/** gcd, lcm and factorial; overflow is 22003. */
export const integerMath: readonly FunctionDefinition[] = [
  ...(
    [
      ['gcd', greatestCommonDivisor],
      ['lcm', leastCommonMultiple],
    ] as const
  ).flatMap(([name, f]) => [
    simple<[number, number]>(name, ['int4', 'int4'], types.int4, (a, b) => toInt4(f(BigInt(a), BigInt(b)))),
    simple<[bigint, bigint]>(name, ['int8', 'int8'], types.int8, (a, b) => inRange(f(a, b))),
  ]),
  simple<[bigint]>('factorial', ['int8'], types.numeric, factorial),
];
