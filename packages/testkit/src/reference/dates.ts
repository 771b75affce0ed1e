import { failure } from '@millrace/core';

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysOfYear = (year: number): number => (isLeap(year) ? 366 : 365);
const daysOfMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : ([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);

/**
 * Days since 1970-01-01 of an ISO date, counted year by year and month by month. 22007 for other text, 22008 for days that do not
 * exist and for numbers that can be no date. Dates in other formats are not read.
 */
export function dateFromText(text: string): number {
  const match = /^\s*(\d{4})-(\d{2})-(\d{2})\s*$/.exec(text);
  if (/^(0+|\d{9,13})$/.test(text)) throw failure('datetimeFieldOverflow', { value: text });
  if (match === null) throw failure('badDatetime', { type: 'date', value: text });
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month) || year < 1)
    throw failure('datetimeFieldOverflow', { value: text });
  let days = day - 1;
  for (let y = 1970; y < year; y++) days += daysOfYear(y);
  for (let y = 1969; y >= year; y--) days -= daysOfYear(y);
  for (let m = 1; m < month; m++) days += daysOfMonth(year, m);
  return days;
}

/** A date as `YYYY-MM-DD`; years 1 to 9999. */
export function textFromDate(days: number): string {
  let year = 1970;
  let rest = days;
  for (; rest < 0; rest += daysOfYear(year)) year--;
  for (; rest >= daysOfYear(year); rest -= daysOfYear(year - 1)) year++;
  let month = 1;
  for (; rest >= daysOfMonth(year, month); month++) rest -= daysOfMonth(year, month);
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(rest + 1, 2)}`;
}
