import { failure } from '../errors/table.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { checkedTimestamp } from '../types/checked-timestamp.ts';
import { isDateInRange, isInfiniteDate, isInfiniteTimestamp, MICROS_PER_DAY } from '../types/civil.ts';
import { type DataType, types } from '../types/data-type.ts';
import { timestampOfDate } from '../types/datetime-parse.ts';
import {
  addIntervals,
  addMonths,
  addToTimestamp,
  justifyHours,
  makeInterval,
  multiplyInterval,
  negateInterval,
} from '../types/interval.ts';
import { localToUtc, type TimeZone, timeZoneOf, utcToLocal } from '../types/time-zone.ts';
import type { Interval, Value } from '../types/value.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { divideInterval } from './interval-division.ts';
import { safe, simple } from './shorthand.ts';

const { date, timestamp, timestamptz, interval, int4 } = types;

/** The session's time zone. */
export function sessionZone(context: EvaluationContext): TimeZone {
  return timeZoneOf(context.format.timeZone);
}

/** 22008 with a message of its own. */
export function datetimeError(message: string): Error {
  return failure('datetimeError', { message });
}

/** timestamptz + interval: months and days in the zone's local time (a day may have 23 hours), the rest in real time. 22008 out of range. */
function addToInstant(instant: bigint, span: Interval, zone: TimeZone): bigint {
  if (isInfiniteTimestamp(instant)) return instant;
  let result = instant;
  if (span.months !== 0 || span.days !== 0) {
    const local = addMonths(utcToLocal(zone, instant), span.months) + BigInt(span.days) * MICROS_PER_DAY;
    result = localToUtc(zone, checkedTimestamp(local));
  }
  return checkedTimestamp(result + span.micros);
}

function addDays(day: number, count: number): number {
  if (isInfiniteDate(day)) return day;
  const result = day + count;
  if (!isDateInRange(result)) throw failure('datetimeOutOfRange', { what: 'date' });
  return result;
}

function subtractDates(a: number, b: number): number {
  if (isInfiniteDate(a) || isInfiniteDate(b)) throw datetimeError('cannot subtract infinite dates');
  return a - b;
}

/** The time between two timestamps, in days and time. */
function subtractTimestamps(a: bigint, b: bigint): Interval {
  if (isInfiniteTimestamp(a) || isInfiniteTimestamp(b)) throw datetimeError('cannot subtract infinite timestamps');
  return justifyHours(makeInterval(0, 0, a - b));
}

function subtractIntervals(a: Interval, b: Interval): Interval {
  return makeInterval(a.months - b.months, a.days - b.days, a.micros - b.micros);
}

const addDateInterval = (day: number, span: Interval): bigint => addToTimestamp(timestampOfDate(day), span);

/** `x + interval`, `interval + x` and `x - interval` for one type of x. */
function intervalShifts(
  kind: 'date' | 'timestamp',
  returns: DataType,
  add: (x: never, span: Interval) => Value,
): FunctionDefinition[] {
  return [
    simple<[never, Interval]>('+', [kind, 'interval'], returns, add),
    simple<[Interval, never]>('+', ['interval', kind], returns, (span, x) => add(x, span)),
    simple<[never, Interval]>('-', [kind, 'interval'], returns, (x, span) => add(x, negateInterval(span))),
  ];
}

const instantShifts: readonly FunctionDefinition[] = (
  [
    ['+', ['timestamptz', 'interval'], 1],
    ['+', ['interval', 'timestamptz'], 1],
    ['-', ['timestamptz', 'interval'], -1],
  ] as const
).map(([name, args, sign]) =>
  defineScalarFunction({
    name,
    args,
    returns: timestamptz,
    volatility: 'stable',
    row: ([a, b], context) => {
      const [instant, span] = args[0] === 'interval' ? [b, a] : [a, b];
      const shift = sign === 1 ? (span as Interval) : negateInterval(span as Interval);
      return addToInstant(instant as bigint, shift, sessionZone(context));
    },
  }),
);

/** `+ - * /` over dates, timestamps and intervals (PostgreSQL manual, table 9.32). Out of range is 22008. */
export const datetimeArithmetic: readonly FunctionDefinition[] = [
  simple<[number, number]>('+', ['date', 'int4'], date, addDays),
  simple<[number, number]>('+', ['int4', 'date'], date, (count, day) => addDays(day, count)),
  simple<[number, number]>('-', ['date', 'int4'], date, (day, count) => addDays(day, -count)),
  simple<[number, number]>('-', ['date', 'date'], int4, subtractDates),
  ...intervalShifts('date', timestamp, addDateInterval),
  ...intervalShifts('timestamp', timestamp, addToTimestamp),
  ...instantShifts,
  simple<[bigint, bigint]>('-', ['timestamp', 'timestamp'], interval, subtractTimestamps),
  simple<[bigint, bigint]>('-', ['timestamptz', 'timestamptz'], interval, subtractTimestamps),
  simple<[Interval, Interval]>('+', ['interval', 'interval'], interval, addIntervals),
  simple<[Interval, Interval]>('-', ['interval', 'interval'], interval, subtractIntervals),
  simple<[Interval]>('-', ['interval'], interval, negateInterval),
  simple<[Interval, number]>('*', ['interval', 'float8'], interval, multiplyInterval),
  simple<[number, Interval]>('*', ['float8', 'interval'], interval, (factor, span) => multiplyInterval(span, factor)),
  simple<[Interval, number]>('/', ['interval', 'float8'], interval, divideInterval),
  safe<[number]>('isfinite', ['date'], types.bool, (day) => !isInfiniteDate(day)),
  safe<[bigint]>('isfinite', ['timestamp'], types.bool, (micros) => !isInfiniteTimestamp(micros)),
  safe<[bigint]>('isfinite', ['timestamptz'], types.bool, (micros) => !isInfiniteTimestamp(micros)),
  safe<[Interval]>('isfinite', ['interval'], types.bool, () => true),
];
