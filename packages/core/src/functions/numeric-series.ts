import { pow10 } from '../types/numeric.ts';

/** Elementary functions in fixed point: a value x is the bigint x * 10^digits. Results are right to within a few units of the last digit. */

const absolute = (x: bigint): bigint => (x < 0n ? -x : x);

/** The integer square root, rounded down (Newton). */
export function integerSqrt(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** e^x: halve x until it is small, sum the Taylor series, square as often. */
export function fixedExp(x: bigint, digits: number): bigint {
  const integerDigits = absolute(x).toString().length - digits;
  const halvings = Math.max(0, Math.ceil(integerDigits * 3.33)) + 8;
  const guard = halvings + 10 + Math.max(0, Number(absolute(x) / pow10(digits)));
  const one = pow10(digits + guard);
  const small = (x * pow10(guard)) >> BigInt(halvings);
  let term = one;
  let sum = one;
  for (let k = 1n; term !== 0n; k++) {
    term = (term * small) / (one * k);
    sum += term;
  }
  for (let k = 0; k < halvings; k++) sum = (sum * sum) / one;
  return sum / pow10(guard);
}

/** ln x for x > 0: take square roots until x is near 1, then 2 artanh((x-1)/(x+1)), doubled as often. */
export function fixedLn(x: bigint, digits: number): bigint {
  const guard = 20 + Math.abs(x.toString().length - digits);
  const scale = digits + guard;
  const one = pow10(scale);
  let value = x * pow10(guard);
  let doublings = 0;
  while (absolute(value - one) * 50n > one) {
    value = integerSqrt(value * one);
    doublings++;
  }
  const ratio = ((value - one) * one) / (value + one);
  const square = (ratio * ratio) / one;
  let power = ratio;
  let sum = ratio;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = (power * square) / one;
    sum += power / k;
  }
  return ((sum * 2n) << BigInt(doublings)) / pow10(guard);
}
