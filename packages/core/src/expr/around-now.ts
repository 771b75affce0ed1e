import type { Expr } from './expr.ts';
import { writtenOut } from './written-out.ts';

const CLOCKS: ReadonlySet<string> = new Set([
  'now()',
  'transaction_timestamp()',
  'current_timestamp()',
  'statement_timestamp()',
  'clock_timestamp()',
  'localtimestamp()',
  'current_date()',
]);
const MOMENTS = ['timestamptz', 'timestamp', 'date'];
const SHIFTS: ReadonlySet<string> = new Set(
  MOMENTS.flatMap((moment) => [`+(${moment},interval)`, `-(${moment},interval)`, `+(interval,${moment})`]).concat(
    '+(date,int4)',
    '-(date,int4)',
    '+(int4,date)',
  ),
);

const MAX_MONTHS = 12_000;
const MAX_DAYS = 365_000;
const MAX_MICROS = BigInt(MAX_DAYS) * 86_400_000_000n;

/**
 * Whether it is a clock's time or the day of it (`now()`, `now()::date`), or one shifted once by a literal of at most 1000 years (`now() - interval
 * '1 day'`). That cannot fail, though its function may: what a clock gives lies in the years 1 to 9999, in every time zone within a day of that,
 * and each field of an interval (months, days, time) moves it by 1000 years at the most; so the result lies between 3001 BC and the year
 * 14000, and PostgreSQL's types reach from 4713 BC to 294276. Of a column nothing is known, and of a shift of a shift nothing is said.
 */
export function isAroundNow(expr: Expr): boolean {
  if (expr.kind !== 'call' || !SHIFTS.has(expr.fn.id)) return isClock(expr);
  const [a, b] = expr.args;
  if (a === undefined || b === undefined) return false;
  return isClock(a) ? isSmallShift(b) : isClock(b) && isSmallShift(a);
}

function isClock(expr: Expr): boolean {
  if (expr.kind === 'call') return CLOCKS.has(expr.fn.id);
  return expr.kind === 'cast' && MOMENTS.includes(expr.type.kind) && isClock(expr.operand);
}

function isSmallShift(expr: Expr): boolean {
  const value = expr.kind === 'literal' ? expr.value : writtenOut(expr);
  if (typeof value === 'number') return Math.abs(value) <= MAX_DAYS;
  if (typeof value !== 'object' || value === null || !('months' in value)) return false;
  const micros = value.micros < 0n ? -value.micros : value.micros;
  return Math.abs(value.months) <= MAX_MONTHS && Math.abs(value.days) <= MAX_DAYS && micros <= MAX_MICROS;
}
