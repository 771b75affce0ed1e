import { failure } from '../errors/table.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import {
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  isDateInRange,
  isInfiniteTimestamp,
  isTimestampInRange,
  MICROS_PER_DAY,
  splitMicros,
  TIMESTAMP_INFINITY,
  TIMESTAMP_MINUS_INFINITY,
} from '../types/civil.ts';
import { types } from '../types/data-type.ts';
import { justifyDays, justifyHours, justifyInterval, makeInterval, roundHalfEven } from '../types/interval.ts';
import { localToUtc, timeZoneOf, utcToLocal } from '../types/time-zone.ts';
import type { Interval, Value } from '../types/value.ts';
import { datetimeError, sessionZone } from './datetime-arithmetic.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { simple } from './shorthand.ts';

const { date, timestamp, timestamptz, interval } = types;
const two = (value: number): string => String(value).padStart(2, '0');

/** The day of a civil date; a negative year is BC. 22008 if there is none. */
function makeDate(year: number, month: number, day: number): number {
  const astronomical = year < 0 ? year + 1 : year;
  const isValid = year !== 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(astronomical, month);
  if (!isValid) throw datetimeError(`date field value out of range: ${year}-${two(month)}-${two(day)}`);
  const days = daysFromCivil(astronomical, month, day);
  if (!isDateInRange(days)) throw datetimeError(`date out of range: ${year}-${two(month)}-${two(day)}`);
  return days;
}

type TimestampParts = [year: number, month: number, day: number, hour: number, minute: number, second: number];

function makeTimestamp(...[year, month, day, hour, minute, second]: TimestampParts): bigint {
  const days = makeDate(year, month, day);
  const isValid = hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60;
  if (!isValid || (hour === 24 && (minute > 0 || second > 0))) {
    throw datetimeError(`time field value out of range: ${hour}:${two(minute)}:${two(second)}`);
  }
  const micros = roundHalfEven(second * 1_000_000) + (hour * 60 + minute) * 60_000_000;
  const result = BigInt(days) * MICROS_PER_DAY + BigInt(micros);
  if (!isTimestampInRange(result)) throw failure('datetimeOutOfRange', { what: 'timestamp' });
  return result;
}

type IntervalParts = [
  years?: number,
  months?: number,
  weeks?: number,
  days?: number,
  hours?: number,
  mins?: number,
  secs?: number,
];

function makeIntervalOf(
  ...[years = 0, months = 0, weeks = 0, days = 0, hours = 0, mins = 0, secs = 0]: IntervalParts
): Interval {
  if (!Number.isFinite(secs)) throw failure('datetimeOutOfRange', { what: 'interval' });
  const micros = BigInt(hours * 60 + mins) * 60_000_000n + BigInt(roundHalfEven(secs * 1_000_000));
  return makeInterval(years * 12 + months, weeks * 7 + days, micros);
}

const EPOCH_2000_SECONDS = 946_684_800;

/** to_timestamp(float8): seconds since 1970. */
function instantOfSeconds(seconds: number): bigint {
  if (Number.isNaN(seconds)) throw datetimeError('timestamp cannot be NaN');
  if (!Number.isFinite(seconds)) return seconds > 0 ? TIMESTAMP_INFINITY : TIMESTAMP_MINUS_INFINITY;
  const micros = roundHalfEven((seconds - EPOCH_2000_SECONDS) * 1_000_000);
  const result = Math.abs(micros) < 1e19 ? BigInt(micros) + BigInt(EPOCH_2000_SECONDS) * 1_000_000n : null;
  if (result === null || !isTimestampInRange(result))
    throw datetimeError(`timestamp out of range: "${printSeconds(seconds)}"`);
  return result;
}

/** As C's %g prints numbers that are this large: `1e+20`. */
function printSeconds(seconds: number): string {
  const [mantissa = '', exponent = ''] = seconds.toExponential(5).split('e');
  return `${mantissa.replace(/\.?0+$/, '')}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
}

/** Months, days and time between two local timestamps, as a calendar counts them. */
function ageOf(a: bigint, b: bigint): Interval {
  if (isInfiniteTimestamp(a) || isInfiniteTimestamp(b)) throw failure('datetimeOutOfRange', { what: 'timestamp' });
  const [later, earlier] = a >= b ? [a, b] : [b, a];
  const to = splitMicros(later);
  const from = splitMicros(earlier);
  const toDate = civilFromDays(to.days);
  const fromDate = civilFromDays(from.days);
  let micros = to.micros - from.micros;
  let days = toDate.day - fromDate.day;
  let months = (toDate.year - fromDate.year) * 12 + toDate.month - fromDate.month;
  if (micros < 0) {
    micros += 86_400_000_000;
    days--;
  }
  if (days < 0) {
    days += daysInMonth(fromDate.year, fromDate.month);
    months--;
  }
  const sign = a >= b ? 1 : -1;
  return makeInterval(sign * months, sign * days, BigInt(sign * micros));
}

const localMidnight = (context: EvaluationContext): bigint => {
  const local = utcToLocal(sessionZone(context), context.transactionMicros);
  return BigInt(splitMicros(local).days) * MICROS_PER_DAY;
};

const zoned = (name: string, args: ['timestamptz'] | ['timestamptz', 'timestamptz']): FunctionDefinition =>
  defineScalarFunction({
    name,
    args,
    returns: interval,
    volatility: 'stable',
    row: ([a, b], context) => {
      const local = (value: Value): bigint =>
        isInfiniteTimestamp(value as bigint) ? (value as bigint) : utcToLocal(sessionZone(context), value as bigint);
      return b === undefined ? ageOf(localMidnight(context), local(a!)) : ageOf(local(a!), local(b));
    },
  });

/** make_*, to_timestamp(float8), age and justify_*. */
export const makeDatetimeFunctions: readonly FunctionDefinition[] = [
  simple<[number, number, number]>('make_date', ['int4', 'int4', 'int4'], date, makeDate),
  simple<TimestampParts>(
    'make_timestamp',
    ['int4', 'int4', 'int4', 'int4', 'int4', 'float8'],
    timestamp,
    makeTimestamp,
  ),
  ...[['int4', 'int4', 'int4', 'int4', 'int4', 'float8'] as const].flatMap((args) =>
    [args, [...args, 'text'] as const].map((withZone) =>
      defineScalarFunction({
        name: 'make_timestamptz',
        args: withZone,
        returns: timestamptz,
        volatility: 'stable',
        row: (values, context) => {
          const zone = values[6] === undefined ? sessionZone(context) : timeZoneOf(values[6] as string);
          return localToUtc(zone, makeTimestamp(...(values.slice(0, 6) as TimestampParts)));
        },
      }),
    ),
  ),
  simple<IntervalParts>(
    'make_interval',
    ['int4', 'int4', 'int4', 'int4', 'int4', 'int4', 'float8'],
    interval,
    makeIntervalOf,
    {
      optionalArgs: 7,
    },
  ),
  simple<[number]>('to_timestamp', ['float8'], timestamptz, instantOfSeconds),
  simple<[bigint, bigint]>('age', ['timestamp', 'timestamp'], interval, ageOf),
  defineScalarFunction({
    name: 'age',
    args: ['timestamp'],
    returns: interval,
    volatility: 'stable',
    row: ([value], context) => ageOf(localMidnight(context), value as bigint),
  }),
  zoned('age', ['timestamptz', 'timestamptz']),
  zoned('age', ['timestamptz']),
  simple<[Interval]>('justify_days', ['interval'], interval, justifyDays),
  simple<[Interval]>('justify_hours', ['interval'], interval, justifyHours),
  simple<[Interval]>('justify_interval', ['interval'], interval, justifyInterval),
];
