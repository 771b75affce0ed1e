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
