import { failure } from '@millrace/core';

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysOfYear = (year: number): number => (isLeap(year) ? 366 : 365);
/** Days of a month, 1 to 12. */
export const daysOfMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : ([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);

/** The calendar repeats itself after 400 years. */
const CYCLE_YEARS = 400;
const CYCLE_DAYS = 146_097;
/** int32 limits: what no calendar reaches. */
const INFINITE_DAYS = 2_147_483_647;
/** 4714-11-24 BC, PostgreSQL's first day. */
const FIRST_DAY = -2_440_588;
/** 5874897-12-31, PostgreSQL's last day. */
const LAST_DAY = 2_145_042_905;

/** A day of the proleptic Gregorian calendar; the year 0 is 1 BC. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Whether a date is `infinity` or `-infinity`. */
export function isInfiniteDate(days: number): boolean {
  return days === INFINITE_DAYS || days === -INFINITE_DAYS - 1;
}

/** The date's own value if it is one that PostgreSQL has; 22008 otherwise. */
export function checkDate(days: number): number {
  if (days < FIRST_DAY || days > LAST_DAY) throw failure('datetimeOutOfRange', { what: 'date' });
  return days;
}

/** Days since 1970-01-01, counted cycle by cycle, year by year and month by month. */
export function daysOf({ year, month, day }: Day): number {
  const cycles = Math.floor((year - 1970) / CYCLE_YEARS);
  let days = cycles * CYCLE_DAYS + day - 1;
  for (let y = 1970 + cycles * CYCLE_YEARS; y < year; y++) days += daysOfYear(y);
  for (let m = 1; m < month; m++) days += daysOfMonth(year, m);
  return days;
}

/** The day that many days after 1970-01-01. */
export function dayOf(days: number): Day {
  const cycles = Math.floor(days / CYCLE_DAYS);
  let year = 1970 + cycles * CYCLE_YEARS;
  let rest = days - cycles * CYCLE_DAYS;
  for (; rest >= daysOfYear(year); year++) rest -= daysOfYear(year);
  let month = 1;
  for (; rest >= daysOfMonth(year, month); month++) rest -= daysOfMonth(year, month);
  return { year, month, day: rest + 1 };
}

/**
 * Days since 1970-01-01 of an ISO date or `infinity`. 22007 for other text, 22008 for days that do not exist and for numbers that can be no
 * date. Dates in other formats are not read.
 */
export function dateFromText(text: string): number {
  const word = text.trim().toLowerCase();
  if (word === 'infinity') return INFINITE_DAYS;
  if (word === '-infinity') return -INFINITE_DAYS - 1;
  if (/^(0+|\d{9,13})$/.test(text)) throw failure('datetimeFieldOverflow', { value: text });
  const match = /^(\d{4,7})-(\d{2})-(\d{2})( bc)?$/.exec(word);
  if (match === null) throw failure('badDatetime', { type: 'date', value: text });
  const [number, month, day] = match.slice(1).map(Number) as [number, number, number];
  const year = match[4] === undefined ? number : 1 - number;
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month) || number < 1)
    throw failure('datetimeFieldOverflow', { value: text });
  return checkDate(daysOf({ year, month, day }));
}

/** A date as `YYYY-MM-DD`, before the year 1 with ` BC`. */
export function textFromDate(days: number): string {
  if (isInfiniteDate(days)) return days > 0 ? 'infinity' : '-infinity';
  return `${textOfDay(dayOf(days))}${eraOf(dayOf(days))}`;
}

/** The day without its era. */
export function textOfDay({ year, month, day }: Day): string {
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  return `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** ` BC` or nothing. */
export function eraOf({ year }: Day): string {
  return year > 0 ? '' : ' BC';
}
