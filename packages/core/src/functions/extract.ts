import { civilFromDays, daysFromCivil, isInfiniteDate, isInfiniteTimestamp, splitMicros } from '../types/civil.ts';
import { types } from '../types/data-type.ts';
import { timestampOfDate } from '../types/datetime-parse.ts';
import { addNumeric, divideNumeric, formatDecimal, formatNumeric, makeNumeric } from '../types/numeric.ts';
import { utcToLocal } from '../types/time-zone.ts';
import type { Interval, Value } from '../types/value.ts';
import { sessionZone } from './datetime-arithmetic.ts';
import { type DateTimeUnit, TIMESTAMP_NAME, TIMESTAMPTZ_NAME, unitOf, unsupportedUnit } from './datetime-units.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { simple } from './shorthand.ts';

/** Day number of 1970-01-01 in the Julian count. */
const JULIAN_EPOCH = 2_440_588;

/** ISO 8601 year and week of a day. */
export function isoWeekOf(days: number): { readonly year: number; readonly week: number } {
  const thursday = days - ((((days + 3) % 7) + 7) % 7) + 3;
  const { year } = civilFromDays(thursday);
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 };
}

/** Day of the week, Sunday = 0. */
export function dayOfWeek(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

/** Astronomical year to one without year 0: 0 is -1 (1 BC). */
const historic = (year: number): number => (year > 0 ? year : year - 1);
const spanOfYears = (year: number, size: number): number =>
  year > 0 ? Math.floor((year + size - 1) / size) : -Math.floor((size - 1 - (year - 1)) / size);

/** A field of a calendar day as an integer; null where the unit is none of a day. */
function dayField(unit: DateTimeUnit, days: number): number | null {
  const { year, month, day } = civilFromDays(days);
  switch (unit) {
    case 'day':
      return day;
    case 'month':
      return month;
    case 'quarter':
      return Math.floor((month - 1) / 3) + 1;
    case 'week':
      return isoWeekOf(days).week;
    case 'year':
      return historic(year);
    case 'isoyear':
      return historic(isoWeekOf(days).year);
    case 'decade':
      return Math.floor(year / 10);
    case 'century':
      return spanOfYears(year, 100);
    case 'millennium':
      return spanOfYears(year, 1000);
    case 'dow':
      return dayOfWeek(days);
    case 'isodow':
      return dayOfWeek(days) || 7;
    case 'doy':
      return days - daysFromCivil(year, 1, 1) + 1;
    default:
      return null;
  }
}

const CLOCK: Partial<
  Record<DateTimeUnit, { readonly perUnit: bigint; readonly wrap: bigint; readonly scale: number }>
> = {
  microseconds: { perUnit: 1n, wrap: 60_000_000n, scale: 0 },
  milliseconds: { perUnit: 1n, wrap: 60_000_000n, scale: 3 },
  second: { perUnit: 1n, wrap: 60_000_000n, scale: 6 },
  minute: { perUnit: 60_000_000n, wrap: 60n, scale: 0 },
  hour: { perUnit: 3_600_000_000n, wrap: 1n << 60n, scale: 0 },
};

/** A field of a time in microseconds (negative for intervals); null where the unit is none of a time. */
function clockField(unit: DateTimeUnit, micros: bigint): string | null {
  const shape = CLOCK[unit];
  return shape === undefined ? null : formatDecimal((micros / shape.perUnit) % shape.wrap, shape.scale);
}

const MONOTONIC: ReadonlySet<DateTimeUnit> = new Set([
  'year',
  'decade',
  'century',
  'millennium',
  'julian',
  'isoyear',
  'epoch',
]);

function infiniteField(unit: DateTimeUnit, isPositive: boolean): string | null {
  if (!MONOTONIC.has(unit)) return null;
  return isPositive ? 'Infinity' : '-Infinity';
}

/** A field of a local timestamp; `undefined` where the type has no such field. */
function localField(unit: DateTimeUnit, local: bigint): string | null | undefined {
  if (isInfiniteTimestamp(local)) return infiniteField(unit, local > 0n);
  const { days, micros } = splitMicros(local);
  if (unit === 'epoch') return formatDecimal(local, 6);
  if (unit === 'julian') {
    const fraction = divideNumeric(makeNumeric(BigInt(micros), 0), makeNumeric(86_400_000_000n, 0));
    return formatNumeric(addNumeric(makeNumeric(BigInt(days + JULIAN_EPOCH), 0), fraction));
  }
  const field = dayField(unit, days);
  return field === null ? (clockField(unit, BigInt(micros)) ?? undefined) : String(field);
}

/** `extract(field FROM timestamp)` as numeric text. */
export function extractTimestamp(name: string, local: bigint): string | null {
  const unit = unitOf(name, TIMESTAMP_NAME);
  const field = localField(unit, local);
  if (field === undefined) throw unsupportedUnit(name.toLowerCase(), TIMESTAMP_NAME);
  return field;
}

function extractInstant(name: string, instant: bigint, offsetOf: (instant: bigint) => number): string | null {
  const unit = unitOf(name, TIMESTAMPTZ_NAME);
  if (isInfiniteTimestamp(instant)) return infiniteField(unit, instant > 0n);
  if (unit === 'epoch') return formatDecimal(instant, 6);
  const offset = offsetOf(instant);
  if (unit === 'timezone') return String(offset);
  if (unit === 'timezone_hour') return String(Math.trunc(offset / 3600));
  if (unit === 'timezone_minute') return String(Math.trunc(offset / 60) % 60);
  const field = localField(unit, instant + BigInt(offset) * 1_000_000n);
  if (field === undefined) throw unsupportedUnit(name.toLowerCase(), TIMESTAMPTZ_NAME);
  return field;
}

function extractDate(name: string, days: number): string | null {
  const unit = unitOf(name, 'date');
  if (clockField(unit, 0n) !== null || unit.startsWith('timezone')) throw unsupportedUnit(name.toLowerCase(), 'date');
  if (isInfiniteDate(days)) return infiniteField(unit, days > 0);
  if (unit === 'epoch') return String(days * 86_400);
  if (unit === 'julian') return String(days + JULIAN_EPOCH);
  return String(dayField(unit, days));
}

/** Seconds of an average year of 365.25 days, of a month of 30 days and of a day: what `epoch` of an interval counts. */
const YEAR_SECONDS = 31_557_600n;
const MONTH_SECONDS = 2_592_000n;
const DAY_SECONDS = 86_400n;

/** `extract(field FROM interval)` as numeric text. */
function extractInterval(name: string, value: Interval): string {
  const unit = unitOf(name, 'interval');
  const years = Math.trunc(value.months / 12);
  const months = value.months % 12;
  switch (unit) {
    case 'epoch': {
      const seconds = BigInt(years) * YEAR_SECONDS + BigInt(months) * MONTH_SECONDS + BigInt(value.days) * DAY_SECONDS;
      return formatDecimal(seconds * 1_000_000n + value.micros, 6);
    }
    case 'day':
      return String(value.days);
    case 'month':
      return String(months);
    case 'quarter':
      return String(Math.trunc(months / 3) + 1);
    case 'year':
      return String(years);
    case 'decade':
      return String(Math.trunc(years / 10));
    case 'century':
      return String(Math.trunc(years / 100));
    case 'millennium':
      return String(Math.trunc(years / 1000));
    default: {
      const field = clockField(unit, value.micros);
      if (field === null) throw unsupportedUnit(name.toLowerCase(), 'interval');
      return field;
    }
  }
}

const asFloat = (field: string | null): Value => (field === null ? null : Number(field));
const { numeric, float8 } = types;

const instantFunctions = (['extract', 'date_part'] as const).map((name) =>
  defineScalarFunction({
    name,
    args: ['text', 'timestamptz'],
    returns: name === 'extract' ? numeric : float8,
    volatility: 'stable',
    row: ([unit, instant], context) => {
      const zone = sessionZone(context);
      const offsetOf = (at: bigint): number => Number((utcToLocal(zone, at) - at) / 1_000_000n);
      const field = extractInstant(unit as string, instant as bigint, offsetOf);
      return name === 'extract' ? field : asFloat(field);
    },
  }),
);

/** extract (numeric) and date_part (float8); a field that an infinite value does not have is NULL. */
export const extractFunctions: readonly FunctionDefinition[] = [
  simple<[string, number]>('extract', ['text', 'date'], numeric, extractDate),
  simple<[string, bigint]>('extract', ['text', 'timestamp'], numeric, extractTimestamp),
  simple<[string, Interval]>('extract', ['text', 'interval'], numeric, extractInterval),
  simple<[string, number]>('date_part', ['text', 'date'], float8, (unit, days) =>
    asFloat(extractTimestamp(unit, timestampOfDate(days))),
  ),
  simple<[string, bigint]>('date_part', ['text', 'timestamp'], float8, (unit, micros) =>
    asFloat(extractTimestamp(unit, micros)),
  ),
  simple<[string, Interval]>('date_part', ['text', 'interval'], float8, (unit, span) =>
    asFloat(extractInterval(unit, span)),
  ),
  ...instantFunctions,
];
