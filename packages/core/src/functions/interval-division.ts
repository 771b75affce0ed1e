import { failure } from '../errors/table.ts';
import { makeInterval, roundHalfEven } from '../types/interval.ts';
import type { Interval } from '../types/value.ts';

const DAY_SECONDS = 86_400;
const roundToMicros = (value: number): number => roundHalfEven(value * 1_000_000) / 1_000_000;

/**
 * `interval / divisor`: what is left of months flows into days (30 a month), what is left of days into time, as in PostgreSQL.
 * 22012 for zero, 22008 out of range.
 */
export function divideInterval(value: Interval, divisor: number): Interval {
  if (divisor === 0) throw failure('divisionByZero');
  const exactMonths = value.months / divisor;
  const exactDays = value.days / divisor;
  const months = Math.trunc(exactMonths);
  let days = Math.trunc(exactDays);
  const daysOfMonths = roundToMicros((exactMonths - months) * 30);
  let seconds = roundToMicros((exactDays - days + daysOfMonths - Math.trunc(daysOfMonths)) * DAY_SECONDS);
  if (Math.abs(seconds) >= DAY_SECONDS) {
    days += Math.trunc(seconds / DAY_SECONDS);
    seconds -= Math.trunc(seconds / DAY_SECONDS) * DAY_SECONDS;
  }
  days += Math.trunc(daysOfMonths);
  const micros = roundHalfEven(Number(value.micros) / divisor + seconds * 1_000_000);
  if (!Number.isFinite(micros) || !Number.isFinite(months)) throw failure('datetimeOutOfRange', { what: 'interval' });
  return makeInterval(months, days, BigInt(micros));
}
