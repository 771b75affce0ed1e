import { failure } from '../errors/table.ts';
import {
  DATE_INFINITY,
  DATE_MINUS_INFINITY,
  daysFromCivil,
  daysInMonth,
  isDateInRange,
  isTimestampInRange,
  MICROS_PER_DAY,
  splitMicros,
  TIMESTAMP_INFINITY,
  TIMESTAMP_MINUS_INFINITY,
} from './civil.ts';
import { type DateTimeFields, readDateTime } from './datetime-fields.ts';
import { findTimeZone, localToUtc, type TimeZone, utcToLocal } from './time-zone.ts';

/** What input may depend on: the session's zone, and the transaction's start for `now`, `today` ... */
export interface DateTimeContext {
  readonly zone: TimeZone;
  /** undefined: `now` and its kin are refused (0A000), for want of a clock. */
  readonly nowMicros: bigint | undefined;
}

type TypeName = 'date' | 'timestamp' | 'timestamp with time zone';

function outOfRange(value: string): Error {
  return failure('datetimeFieldOverflow', { value });
}

/** The fields' day number, checked: month 1..12, day of the month, year 1.. */
function dayOf(fields: DateTimeFields, text: string): number {
  if (fields.julianDay !== null) return fields.julianDay;
  if (fields.dayOfYear !== null) return daysFromCivil(fields.year, 1, 1) + fields.dayOfYear - 1;
  const { year, month, day } = fields;
  if (month < 1 || month > 12 || day < 1 || day > 31) throw outOfRange(text);
  if (fields.yearText === 0) throw outOfRange(text);
  if (day > daysInMonth(year, month)) throw outOfRange(text);
  return daysFromCivil(year, month, day);
}

function now(context: DateTimeContext): bigint {
  if (context.nowMicros === undefined)
    throw failure('notSupported', { feature: '"now" where the transaction\'s time is not known' });
  return context.nowMicros;
}

function today(context: DateTimeContext): number {
  return splitMicros(utcToLocal(context.zone, now(context))).days;
}

const SPECIAL_DAYS: Readonly<Record<string, number>> = { today: 0, tomorrow: 1, yesterday: -1 };

/** PostgreSQL's date input, as days since 1970-01-01. A time of day and a zone are read and dropped. 22007, 22008. */
export function parseDate(text: string, context: DateTimeContext): number {
  const fields = readDateTime(text, 'date');
  switch (fields.special) {
    case 'infinity':
      return DATE_INFINITY;
    case '-infinity':
      return DATE_MINUS_INFINITY;
    case 'epoch':
      return 0;
    case 'now':
      return today(context);
    case 'today':
    case 'tomorrow':
    case 'yesterday':
      return today(context) + SPECIAL_DAYS[fields.special]!;
    case null: {
      const days = dayOf(fields, text);
      if (!isDateInRange(days)) throw failure('valueOutOfRangeDate', { what: `date out of range: "${text}"` });
      return days;
    }
    default:
      return fields.special satisfies never;
  }
}

/** The local time that the fields say, or null for infinities and instants (`now`, `epoch`). */
function localMicros(fields: DateTimeFields, text: string, context: DateTimeContext): bigint {
  const days = fields.special === null ? dayOf(fields, text) : today(context) + (SPECIAL_DAYS[fields.special] ?? 0);
  return BigInt(days) * MICROS_PER_DAY + BigInt(fields.timeMicros);
}

function checked(micros: bigint, type: TypeName, text: string): bigint {
  if (!isTimestampInRange(micros))
    throw failure('valueOutOfRangeDate', { what: `${type === 'date' ? 'date' : 'timestamp'} out of range: "${text}"` });
  return micros;
}

/** PostgreSQL's timestamp input; a zone in the text is dropped. */
export function parseTimestamp(text: string, context: DateTimeContext): bigint {
  const fields = readDateTime(text, 'timestamp');
  if (fields.special === 'infinity') return TIMESTAMP_INFINITY;
  if (fields.special === '-infinity') return TIMESTAMP_MINUS_INFINITY;
  if (fields.special === 'epoch') return 0n;
  if (fields.special === 'now') return utcToLocal(context.zone, now(context));
  return checked(localMicros(fields, text, context), 'timestamp', text);
}

/** PostgreSQL's timestamptz input: in the text's zone, otherwise in the session's. */
export function parseTimestamptz(text: string, context: DateTimeContext): bigint {
  const fields = readDateTime(text, 'timestamp with time zone');
  if (fields.special === 'infinity') return TIMESTAMP_INFINITY;
  if (fields.special === '-infinity') return TIMESTAMP_MINUS_INFINITY;
  if (fields.special === 'epoch') return 0n;
  if (fields.special === 'now') return now(context);
  const local = localMicros(fields, text, context);
  if (fields.offsetSeconds !== null) {
    return checked(local - BigInt(fields.offsetSeconds) * 1_000_000n, 'timestamp with time zone', text);
  }
  let zone = context.zone;
  if (fields.zoneName !== null) {
    const named = findTimeZone(fields.zoneName);
    if (named === undefined) throw failure('invalidTimeZone', { value: fields.zoneName });
    zone = named;
  }
  return checked(localToUtc(zone, local), 'timestamp with time zone', text);
}

/** timestamp -> date: the day it falls on. */
export function dateOfTimestamp(micros: bigint): number {
  if (micros === TIMESTAMP_INFINITY) return DATE_INFINITY;
  if (micros === TIMESTAMP_MINUS_INFINITY) return DATE_MINUS_INFINITY;
  return splitMicros(micros).days;
}

/** date -> timestamp: midnight; 22008 when that is out of range. */
export function timestampOfDate(days: number): bigint {
  if (days === DATE_INFINITY) return TIMESTAMP_INFINITY;
  if (days === DATE_MINUS_INFINITY) return TIMESTAMP_MINUS_INFINITY;
  const micros = BigInt(days) * MICROS_PER_DAY;
  if (!isTimestampInRange(micros)) throw failure('valueOutOfRangeDate', { what: 'date out of range for timestamp' });
  return micros;
}
