import { failure } from '../errors/table.ts';
import { checkedOrInfinite, checkedTimestamp } from '../types/checked-timestamp.ts';
import {
  civilFromDays,
  daysFromCivil,
  isInfiniteDate,
  isInfiniteTimestamp,
  MICROS_PER_DAY,
  splitMicros,
} from '../types/civil.ts';
import { type DataType, types } from '../types/data-type.ts';
import { dateOfTimestamp, timestampOfDate } from '../types/datetime-parse.ts';
import { addToTimestamp, negateInterval } from '../types/interval.ts';
import { localToUtc, timeZoneOf, utcToLocal } from '../types/time-zone.ts';
import type { Interval } from '../types/value.ts';
import { datetimeError } from './datetime-arithmetic.ts';
import type { FunctionDefinition } from './definition.ts';
import { simple } from './shorthand.ts';

/** The start of the bucket of `size` that `value` falls in, buckets being aligned to `origin`. */
function bucketStart(value: bigint, size: bigint, origin: bigint): bigint {
  const distance = value - origin;
  return value - (((distance % size) + size) % size);
}

function dateBin(stride: Interval, value: bigint, origin: bigint): bigint {
  if (isInfiniteTimestamp(value)) return value;
  if (isInfiniteTimestamp(origin)) throw datetimeError('origin out of range');
  if (stride.months !== 0) {
    throw failure('cannotBin', { message: 'timestamps cannot be binned into intervals containing months or years' });
  }
  const size = BigInt(stride.days) * MICROS_PER_DAY + stride.micros;
  if (size <= 0n) throw datetimeError('stride must be greater than zero');
  return checkedTimestamp(bucketStart(value, size, origin));
}

/** Where buckets begin unless said otherwise: Monday 2000-01-03 for days and time, 2000-01-01 for months. */
const ORIGIN = BigInt(daysFromCivil(2000, 1, 3)) * MICROS_PER_DAY;
const MONTH_ORIGIN = BigInt(daysFromCivil(2000, 1, 1)) * MICROS_PER_DAY;

function timeBucket(width: Interval, value: bigint, origin?: bigint): bigint {
  if (isInfiniteTimestamp(value)) return value;
  if (origin !== undefined && isInfiniteTimestamp(origin)) throw datetimeError('origin out of range');
  if (width.months !== 0) return monthBucket(width, value, origin ?? MONTH_ORIGIN);
  const size = BigInt(width.days) * MICROS_PER_DAY + width.micros;
  if (size <= 0n) throw failure('invalidParameterValue', { message: 'period must be greater than 0' });
  return bucketStart(value, size, origin ?? ORIGIN);
}

/** Whole months from the origin's month on; the origin's day and time are kept where it has some. */
function monthBucket(width: Interval, value: bigint, origin: bigint): bigint {
  if (width.days !== 0 || width.micros !== 0n) {
    throw failure('invalidParameterValue', { message: 'month intervals cannot have day or time component' });
  }
  if (width.months < 0) throw failure('invalidParameterValue', { message: 'period must be greater than 0' });
  const start = civilFromDays(splitMicros(origin).days);
  const offset = origin - BigInt(daysFromCivil(start.year, start.month, 1)) * MICROS_PER_DAY;
  const at = civilFromDays(splitMicros(value - offset).days);
  const months = (at.year - start.year) * 12 + at.month - start.month;
  const first = start.month + Math.floor(months / width.months) * width.months;
  return BigInt(daysFromCivil(start.year, first, 1)) * MICROS_PER_DAY + offset;
}

function timeBucketWithOffset(width: Interval, value: bigint, offset: Interval): bigint {
  if (isInfiniteTimestamp(value)) return value;
  return addToTimestamp(timeBucket(width, addToTimestamp(value, negateInterval(offset))), offset);
}

function dateBucket(width: Interval, day: number, origin?: number): number {
  if (isInfiniteDate(day)) return day;
  const start = origin === undefined ? undefined : timestampOfDate(origin);
  return dateOfTimestamp(timeBucket(width, timestampOfDate(day), start));
}

function zonedBucket(width: Interval, instant: bigint, name: string): bigint {
  if (isInfiniteTimestamp(instant)) return instant;
  const zone = timeZoneOf(name);
  return checkedTimestamp(localToUtc(zone, timeBucket(width, utcToLocal(zone, instant))));
}

function integerBucket(width: bigint, value: bigint): bigint {
  if (width <= 0n) throw failure('invalidParameterValue', { message: 'period must be greater than 0' });
  return bucketStart(value, width, 0n);
}

function bucketsOf(kind: 'timestamp' | 'timestamptz'): FunctionDefinition[] {
  const type: DataType = types[kind];
  return [
    simple<[Interval, bigint, bigint]>('date_bin', ['interval', kind, kind], type, dateBin),
    simple<[Interval, bigint]>('time_bucket', ['interval', kind], type, (width, value) =>
      checkedOrInfinite(timeBucket(width, value)),
    ),
    simple<[Interval, bigint, bigint]>('time_bucket', ['interval', kind, kind], type, (...args) =>
      checkedOrInfinite(timeBucket(...args)),
    ),
    simple<[Interval, bigint, Interval]>('time_bucket', ['interval', kind, 'interval'], type, timeBucketWithOffset),
  ];
}

/**
 * date_bin, and time_bucket as TimescaleDB defines it: buckets of a number of months count from 2000-01-01, others from Monday 2000-01-03;
 * timestamptz in UTC, or in the zone of the third argument.
 */
export const dateBinFunctions: readonly FunctionDefinition[] = [
  ...bucketsOf('timestamp'),
  ...bucketsOf('timestamptz'),
  simple<[Interval, bigint, string]>(
    'time_bucket',
    ['interval', 'timestamptz', 'text'],
    types.timestamptz,
    zonedBucket,
  ),
  simple<[Interval, number]>('time_bucket', ['interval', 'date'], types.date, (width, day) => dateBucket(width, day)),
  simple<[Interval, number, number]>('time_bucket', ['interval', 'date', 'date'], types.date, dateBucket),
  simple<[number, number]>('time_bucket', ['int4', 'int4'], types.int4, (width, value) =>
    Number(integerBucket(BigInt(width), BigInt(value))),
  ),
  simple<[bigint, bigint]>('time_bucket', ['int8', 'int8'], types.int8, integerBucket),
];
