import { checkedOrInfinite, checkedTimestamp } from '../types/checked-timestamp.ts';
import { civilFromDays, daysFromCivil, isInfiniteTimestamp, MICROS_PER_DAY, splitMicros } from '../types/civil.ts';
import { types } from '../types/data-type.ts';
import { makeInterval } from '../types/interval.ts';
import { localToUtc, type TimeZone, timeZoneOf, utcToLocal } from '../types/time-zone.ts';
import type { Interval } from '../types/value.ts';
import { sessionZone } from './datetime-arithmetic.ts';
import { type DateTimeUnit, TIMESTAMP_NAME, TIMESTAMPTZ_NAME, unitOf, unsupportedUnit } from './datetime-units.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { simple } from './shorthand.ts';

/** Sizes of the units below a day, in microseconds. */
const CLOCK_MICROS: Partial<Record<DateTimeUnit, bigint>> = {
  microseconds: 1n,
  milliseconds: 1_000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
};

const floorTo = (value: bigint, size: bigint): bigint => value - (((value % size) + size) % size);

/** The first day of the unit that a day falls in; null for units that are none of a calendar. */
function firstDay(unit: DateTimeUnit, days: number): number | null {
  const { year, month } = civilFromDays(days);
  const january = (y: number): number => daysFromCivil(y, 1, 1);
  switch (unit) {
    case 'day':
      return days;
    case 'week':
      return days - ((((days + 3) % 7) + 7) % 7);
    case 'month':
      return daysFromCivil(year, month, 1);
    case 'quarter':
      return daysFromCivil(year, month - ((month - 1) % 3), 1);
    case 'year':
      return january(year);
    case 'decade':
      return january(Math.floor(year / 10) * 10);
    case 'century':
      return january(Math.floor((year - 1) / 100) * 100 + 1);
    case 'millennium':
      return january(Math.floor((year - 1) / 1000) * 1000 + 1);
    default:
      return null;
  }
}

function truncateLocal(name: string, local: bigint, type: string): bigint {
  const unit = unitOf(name, type);
  if (isInfiniteTimestamp(local)) return local;
  const size = CLOCK_MICROS[unit];
  if (size !== undefined) return floorTo(local, size);
  const day = firstDay(unit, splitMicros(local).days);
  if (day === null) throw unsupportedUnit(name.toLowerCase(), type);
  return BigInt(day) * MICROS_PER_DAY;
}

/** date_trunc of an instant in a zone's local time. Below a day the offset stays, so an hour that occurs twice is not merged. */
function truncateInstant(name: string, instant: bigint, zone: TimeZone): bigint {
  if (isInfiniteTimestamp(instant)) return truncateLocal(name, instant, TIMESTAMPTZ_NAME);
  const local = utcToLocal(zone, instant);
  const truncated = truncateLocal(name, local, TIMESTAMPTZ_NAME);
  if (CLOCK_MICROS[unitOf(name, TIMESTAMPTZ_NAME)] !== undefined)
    return checkedTimestamp(truncated - (local - instant));
  if (zone !== lastZone || truncated !== lastLocal) {
    lastInstant = checkedTimestamp(localToUtc(zone, truncated));
    lastZone = zone;
    lastLocal = truncated;
  }
  return lastInstant;
}

/** The conversion made last: neighbouring rows mostly fall on the same day. */
let lastZone: TimeZone | null = null;
let lastLocal = 0n;
let lastInstant = 0n;

const MONTHS: Partial<Record<DateTimeUnit, number>> = {
  month: 1,
  quarter: 3,
  year: 12,
  decade: 120,
  century: 1_200,
  millennium: 12_000,
};

function truncateInterval(name: string, value: Interval): Interval {
  const unit = unitOf(name, 'interval');
  const months = MONTHS[unit];
  if (months !== undefined) return makeInterval(value.months - (value.months % months), 0, 0n);
  if (unit === 'day') return makeInterval(value.months, value.days, 0n);
  const size = CLOCK_MICROS[unit];
  if (size === undefined) {
    throw unsupportedUnit(
      name.toLowerCase(),
      'interval',
      unit === 'week' ? 'Months usually have fractional weeks.' : undefined,
    );
  }
  return makeInterval(value.months, value.days, value.micros - (value.micros % size));
}

/** date_trunc (PostgreSQL manual 9.9.2); weeks begin on Monday. A date is truncated as a timestamptz, as in PostgreSQL, by the binder's cast. */
export const dateTruncFunctions: readonly FunctionDefinition[] = [
  simple<[string, bigint]>('date_trunc', ['text', 'timestamp'], types.timestamp, (unit, micros) =>
    checkedOrInfinite(truncateLocal(unit, micros, TIMESTAMP_NAME)),
  ),
  simple<[string, Interval]>('date_trunc', ['text', 'interval'], types.interval, truncateInterval),
  defineScalarFunction({
    name: 'date_trunc',
    args: ['text', 'timestamptz'],
    returns: types.timestamptz,
    volatility: 'stable',
    row: ([unit, instant], context) => truncateInstant(unit as string, instant as bigint, sessionZone(context)),
  }),
  defineScalarFunction({
    name: 'date_trunc',
    args: ['text', 'timestamptz', 'text'],
    returns: types.timestamptz,
    volatility: 'stable',
    row: ([unit, instant, zone]) => truncateInstant(unit as string, instant as bigint, timeZoneOf(zone as string)),
  }),
];
