import { failure } from '@millrace/core';

/** An exact decimal, or one of numeric's specials. */
export type Decimal =
  | { readonly kind: 'finite'; readonly coefficient: bigint; readonly scale: number }
  | { readonly kind: 'special'; readonly rank: -1 | 1 | 2 };

const NAN: Decimal = { kind: 'special', rank: 2 };

/** Reads numeric's text: digits with an optional point and exponent, NaN, Infinity. 22P02 otherwise. */
export function parseDecimal(text: string): Decimal {
  const word = text.trim().toLowerCase();
  if (word === 'nan') return NAN;
  if (/^\+?inf(inity)?$/.test(word)) return { kind: 'special', rank: 1 };
  if (/^-inf(inity)?$/.test(word)) return { kind: 'special', rank: -1 };
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,5}))?$/.exec(word);
  if (match === null || `${match[2]}${match[3] ?? ''}` === '')
    throw failure('invalidText', { type: 'numeric', value: text });
  const fraction = match[3] ?? '';
  const exponent = Number(match[4] ?? 0);
  const coefficient = BigInt(`${match[2] ?? ''}${fraction}`) * (match[1] === '-' ? -1n : 1n);
  const scale = fraction.length - exponent;
  return scale >= 0
    ? { kind: 'finite', coefficient, scale }
    : { kind: 'finite', coefficient: coefficient * 10n ** BigInt(-scale), scale: 0 };
}

/** Numeric's text with exactly `scale` digits after the point. */
export function printDecimal(value: Decimal): string {
  if (value.kind === 'special') return value.rank === 2 ? 'NaN' : value.rank === 1 ? 'Infinity' : '-Infinity';
  const digits = (value.coefficient < 0n ? -value.coefficient : value.coefficient)
    .toString()
    .padStart(value.scale + 1, '0');
  const whole = digits.slice(0, digits.length - value.scale);
  const sign = value.coefficient < 0n ? '-' : '';
  return value.scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-value.scale)}`;
}

function atScale(value: Extract<Decimal, { kind: 'finite' }>, scale: number): bigint {
  return value.coefficient * 10n ** BigInt(scale - value.scale);
}

/** -1, 0 or 1 by value; NaN equals NaN and is greatest. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const rank = (value: Decimal): number => (value.kind === 'special' ? value.rank : 0);
  if (a.kind === 'special' || b.kind === 'special') return Math.sign(rank(a) - rank(b));
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [atScale(a, scale), atScale(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `+`, `-`, `*` with PostgreSQL's result scales (the larger one; for `*` the sum). Specials as in IEEE. */
export function decimalArithmetic(op: '+' | '-' | '*', a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'special' || b.kind === 'special') return specialArithmetic(op, a, b);
  if (op === '*') return { kind: 'finite', coefficient: a.coefficient * b.coefficient, scale: a.scale + b.scale };
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [atScale(a, scale), atScale(b, scale)];
  return { kind: 'finite', coefficient: op === '+' ? left + right : left - right, scale };
}

function specialArithmetic(op: '+' | '-' | '*', a: Decimal, b: Decimal): Decimal {
  const asNumber = (value: Decimal): number =>
    value.kind === 'finite'
      ? Math.sign(Number(value.coefficient))
      : value.rank === 2
        ? Number.NaN
        : value.rank * Number.POSITIVE_INFINITY;
  const [x, y] = [asNumber(a), asNumber(b)];
  const result = op === '+' ? x + y : op === '-' ? x - y : x * y;
  return Number.isNaN(result) ? NAN : { kind: 'special', rank: result > 0 ? 1 : -1 };
}

/** Rounds half away from zero to `scale` digits. */
export function roundDecimal(value: Decimal, scale: number): Decimal {
  if (value.kind === 'special' || value.scale === scale) return value;
  if (value.scale < scale) return { kind: 'finite', coefficient: atScale(value, scale), scale };
  const unit = 10n ** BigInt(value.scale - scale);
  const magnitude = value.coefficient < 0n ? -value.coefficient : value.coefficient;
  const rounded = (magnitude + unit / 2n) / unit;
  return { kind: 'finite', coefficient: value.coefficient < 0n ? -rounded : rounded, scale };
}

/** Digits that a quotient has at least, and digits after the point that it has at most. */
const QUOTIENT_DIGITS = 16;
const SCALE_MAX = 1000;
/** PostgreSQL counts a quotient's digits in groups of four. */
const GROUP = 10_000n;

/** `/` with PostgreSQL's result scale, rounded half away from zero; 22012 for a divisor of zero. Specials as in IEEE. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if ((a.kind === 'special' && a.rank === 2) || (b.kind === 'special' && b.rank === 2)) return NAN;
  if (b.kind === 'special') return a.kind === 'special' ? NAN : { kind: 'finite', coefficient: 0n, scale: 0 };
  if (b.coefficient === 0n) throw failure('divisionByZero');
  if (a.kind === 'special') return { kind: 'special', rank: a.rank > 0 === b.coefficient > 0n ? 1 : -1 };
  const [left, right] = [leadingGroup(a), leadingGroup(b)];
  const weight = left.weight - right.weight - (left.digit <= right.digit ? 1 : 0);
  const scale = Math.min(Math.max(QUOTIENT_DIGITS - weight * 4, a.scale, b.scale, 0), SCALE_MAX);
  // One digit more than asked for would round twice: compare the rest with half of the divisor.
  const dividend = a.coefficient * 10n ** BigInt(scale + b.scale);
  const divisor = b.coefficient * 10n ** BigInt(a.scale);
  const quotient = dividend / divisor;
  const rest = dividend - quotient * divisor;
  const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
  const away = 2n * magnitude(rest) >= magnitude(divisor) ? (dividend < 0n === divisor < 0n ? 1n : -1n) : 0n;
  return { kind: 'finite', coefficient: quotient + away, scale };
}

/** The first group of four digits, counted from the point, that is not zero: its place and its value. */
function leadingGroup({ coefficient, scale }: Extract<Decimal, { kind: 'finite' }>): {
  readonly weight: number;
  readonly digit: bigint;
} {
  if (coefficient === 0n) return { weight: 0, digit: 0n };
  const groupsBehind = Math.ceil(scale / 4);
  let rest = (coefficient < 0n ? -coefficient : coefficient) * 10n ** BigInt(groupsBehind * 4 - scale);
  let weight = -groupsBehind;
  for (; rest >= GROUP; rest /= GROUP) weight++;
  return { weight, digit: rest };
}
