import { failure } from '../errors/table.ts';
import { checkedTimestamp } from './checked-timestamp.ts';
import {
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  isInfiniteTimestamp,
  MICROS_PER_DAY,
  splitMicros,
} from './civil.ts';
import type { Interval } from './value.ts';

const INT32_MAX = 2_147_483_647;
const INT32_MIN = -2_147_483_648;
const INT64_MAX = 9_223_372_036_854_775_807n;
const INT64_MIN = -9_223_372_036_854_775_808n;

/** An interval of its parts; 22008 when one does not fit (int32 months and days, int64 microseconds). */
export function makeInterval(months: number, days: number, micros: bigint): Interval {
  if (
    months > INT32_MAX ||
    months < INT32_MIN ||
    days > INT32_MAX ||
    days < INT32_MIN ||
    micros > INT64_MAX ||
    micros < INT64_MIN
  ) {
    throw failure('datetimeOutOfRange', { what: 'interval' });
  }
  return { months, days, micros };
}

/** The length that PostgreSQL compares by: months of 30 days, days of 24 hours. */
export function intervalLength(value: Interval): bigint {
  return value.micros + (BigInt(value.days) + BigInt(value.months) * 30n) * MICROS_PER_DAY;
}

/** By length: `1 mon` = `30 days`. */
export function compareIntervals(a: Interval, b: Interval): -1 | 0 | 1 {
  const x = intervalLength(a);
  const y = intervalLength(b);
  return x === y ? 0 : x < y ? -1 : 1;
}

/** Part by part. */
export function addIntervals(a: Interval, b: Interval): Interval {
  return makeInterval(a.months + b.months, a.days + b.days, a.micros + b.micros);
}

/** Part by part. */
export function negateInterval(value: Interval): Interval {
  return makeInterval(-value.months, -value.days, -value.micros);
}

/** `interval * factor`: fractions of months flow into days (30 a month), fractions of days into time, as in PostgreSQL. */
export function multiplyInterval(value: Interval, factor: number): Interval {
  const exactMonths = value.months * factor;
  const exactDays = value.days * factor;
  const months = Math.trunc(exactMonths);
  let days = Math.trunc(exactDays);
  if (!Number.isFinite(exactMonths) || !Number.isFinite(exactDays))
    throw failure('datetimeOutOfRange', { what: 'interval' });
  const monthRemainderDays = roundMicros((exactMonths - months) * 30);
  let secRemainder = roundMicros((exactDays - days + monthRemainderDays - Math.trunc(monthRemainderDays)) * 86_400);
  if (Math.abs(secRemainder) >= 86_400) {
    days += Math.trunc(secRemainder / 86_400);
    secRemainder -= Math.trunc(secRemainder / 86_400) * 86_400;
  }
  days += Math.trunc(monthRemainderDays);
  const micros = roundHalfEven(Number(value.micros) * factor + secRemainder * 1_000_000);
  if (!Number.isFinite(micros)) throw failure('datetimeOutOfRange', { what: 'interval' });
  return makeInterval(months, days, BigInt(micros));
}

/** Rounds a number of days or seconds to its microseconds, to shake off float noise. */
function roundMicros(value: number): number {
  return roundHalfEven(value * 1_000_000) / 1_000_000;
}

/** C's rint: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** justify_hours: whole 24 hours become days. */
export function justifyHours(value: Interval): Interval {
  const wholeDays = value.micros / MICROS_PER_DAY;
  let days = value.days + Number(wholeDays);
  let micros = value.micros - wholeDays * MICROS_PER_DAY;
  if (days > 0 && micros < 0n) {
    micros += MICROS_PER_DAY;
    days -= 1;
  } else if (days < 0 && micros > 0n) {
    micros -= MICROS_PER_DAY;
    days += 1;
  }
  return makeInterval(value.months, days, micros);
}

/** justify_days: whole 30 days become months. */
export function justifyDays(value: Interval): Interval {
  const wholeMonths = Math.trunc(value.days / 30);
  let months = value.months + wholeMonths;
  let days = value.days - wholeMonths * 30;
  if (months > 0 && days < 0) {
    days += 30;
    months -= 1;
  } else if (months < 0 && days > 0) {
    days -= 30;
    months += 1;
  }
  return makeInterval(months, days, value.micros);
}

/** justify_interval: both, with all parts of one sign. */
export function justifyInterval(value: Interval): Interval {
  const wholeDays = value.micros / MICROS_PER_DAY;
  let micros = value.micros - wholeDays * MICROS_PER_DAY;
  let days = value.days + Number(wholeDays);
  const wholeMonths = Math.trunc(days / 30);
  let months = value.months + wholeMonths;
  days -= wholeMonths * 30;
  if (months > 0 && (days < 0 || (days === 0 && micros < 0n))) {
    days += 30;
    months -= 1;
  } else if (months < 0 && (days > 0 || (days === 0 && micros > 0n))) {
    days -= 30;
    months += 1;
  }
  if (days > 0 && micros < 0n) {
    micros += MICROS_PER_DAY;
    days -= 1;
  } else if (days < 0 && micros > 0n) {
    micros -= MICROS_PER_DAY;
    days += 1;
  }
  return makeInterval(months, days, micros);
}

/** Adds months to a local timestamp; the day is cut to the month's length (Jan 31 + 1 mon = Feb 28). */
export function addMonths(localMicros: bigint, months: number): bigint {
  if (months === 0) return localMicros;
  const { days, micros } = splitMicros(localMicros);
  const date = civilFromDays(days);
  const index = date.year * 12 + date.month - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  const day = Math.min(date.day, daysInMonth(year, month));
  return BigInt(daysFromCivil(year, month, day)) * MICROS_PER_DAY + BigInt(micros);
}

/** timestamp + interval: months, then days, then time. 22008 outside the range; infinities stay. */
export function addToTimestamp(timestamp: bigint, interval: Interval): bigint {
  if (isInfiniteTimestamp(timestamp)) return timestamp;
  const days = BigInt(interval.days) * MICROS_PER_DAY;
  return checkedTimestamp(addMonths(timestamp, interval.months) + days + interval.micros);
}

function part(value: number, unit: string, isFirst: boolean, afterNegative: boolean): string {
  return `${isFirst ? '' : ' '}${afterNegative && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`;
}

/** IntervalStyle postgres: `1 year 2 mons 3 days 04:05:06.7`, `-1 days +02:03:00`, `00:00:00`. */
export function formatInterval(value: Interval): string {
  let text = '';
  let afterNegative = false;
  const years = Math.trunc(value.months / 12);
  for (const [amount, unit] of [
    [years, 'year'],
    [value.months - years * 12, 'mon'],
    [value.days, 'day'],
  ] as const) {
    if (amount === 0) continue;
    text += part(amount, unit, text === '', afterNegative);
    afterNegative = amount < 0;
  }
  if (value.micros === 0n && text !== '') return text;
  const negative = value.micros < 0n;
  const sign = negative ? '-' : afterNegative ? '+' : '';
  return `${text}${text === '' ? '' : ' '}${sign}${formatDuration(negative ? -value.micros : value.micros)}`;
}

/** A span of microseconds >= 0 as `hh:mm:ss[.ffffff]`; hours may have more than two digits. */
function formatDuration(micros: bigint): string {
  const seconds = micros / 1_000_000n;
  const fraction = Number(micros % 1_000_000n);
  const hours = (seconds / 3600n).toString().padStart(2, '0');
  const rest = Number(seconds % 3600n);
  const clock = `${hours}:${two(Math.floor(rest / 60))}:${two(rest % 60)}`;
  return fraction === 0 ? clock : `${clock}.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
