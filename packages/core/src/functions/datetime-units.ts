import { failure } from '../errors/table.ts';

/** A field of a date, time or interval, by its one name. */
export type DateTimeUnit =
  | 'microseconds'
  | 'milliseconds'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year'
  | 'decade'
  | 'century'
  | 'millennium'
  | 'epoch'
  | 'dow'
  | 'isodow'
  | 'doy'
  | 'isoyear'
  | 'julian'
  | 'timezone'
  | 'timezone_hour'
  | 'timezone_minute';

const SPELLINGS: Readonly<Record<DateTimeUnit, string>> = {
  microseconds: 'microsecond us usec usecond useconds usecs',
  milliseconds: 'millisecond ms msec msecond mseconds msecs',
  second: 'seconds sec secs s',
  minute: 'minutes min mins m',
  hour: 'hours hr hrs h',
  day: 'days d',
  week: 'weeks w',
  month: 'months mon mons',
  quarter: 'qtr',
  year: 'years yr yrs y',
  decade: 'decades dec decs',
  century: 'centuries cent c',
  millennium: 'millennia mil mils',
  epoch: '',
  dow: '',
  isodow: '',
  doy: '',
  isoyear: '',
  julian: 'j jd',
  timezone: '',
  timezone_hour: 'timezone_h',
  timezone_minute: 'timezone_m',
};

const BY_NAME: ReadonlyMap<string, DateTimeUnit> = new Map(
  Object.entries(SPELLINGS).flatMap(([unit, names]) =>
    [unit, ...names.split(' ')].map((name): [string, DateTimeUnit] => [name, unit as DateTimeUnit]),
  ),
);

/** The unit that a text names, in any case; 22023 if there is none. `type` is only for the message. */
export function unitOf(text: string, type: string): DateTimeUnit {
  const unit = BY_NAME.get(text.toLowerCase());
  if (unit === undefined || text === '') {
    throw failure('invalidParameterValue', { message: `unit "${text.toLowerCase()}" not recognized for type ${type}` });
  }
  return unit;
}

/** 0A000: a unit that a type does not have. */
export function unsupportedUnit(unit: string, type: string, detail?: string): Error {
  return failure('unitNotSupported', { unit, type }, { detail });
}

/** The full names of the types, for messages. */
export const TIMESTAMP_NAME = 'timestamp without time zone';
export const TIMESTAMPTZ_NAME = 'timestamp with time zone';
