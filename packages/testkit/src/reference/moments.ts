import { failure, type Interval } from '@millrace/core';
import { checkDate, dateFromText, dayOf, daysOf, daysOfMonth, eraOf, isInfiniteDate, textOfDay } from './dates.ts';

/** Timestamps, with and without time zone (the session's is UTC), are microseconds since 1970; the int64 limits are infinite. */
const INFINITE = 2n ** 63n - 1n;
const DAY_MICROS = 86_400_000_000n;
const HOUR_MICROS = 3_600_000_000n;
const MINUTE_MICROS = 60_000_000n;
const SECOND_MICROS = 1_000_000n;
/** 4714-11-24 BC. */
const FIRST = -210_866_803_200_000_000n;

/** Whether a moment is `infinity` or `-infinity`. */
export function isInfinite(moment: bigint): boolean {
  return moment === INFINITE || moment === -INFINITE - 1n;
}

function checkMoment(moment: bigint): bigint {
  if (moment < FIRST || moment >= INFINITE) throw failure('datetimeOutOfRange', { what: 'timestamp' });
  return moment;
}

/** Whole days since 1970 and the microseconds of the last one, both rounded down. */
function splitMoment(moment: bigint): { readonly days: number; readonly micros: bigint } {
  const micros = ((moment % DAY_MICROS) + DAY_MICROS) % DAY_MICROS;
  return { days: Number((moment - micros) / DAY_MICROS), micros };
}

/** Midnight of a date. */
export function momentOfDate(days: number): bigint {
  if (isInfiniteDate(days)) return days > 0 ? INFINITE : -INFINITE - 1n;
  return checkMoment(BigInt(days) * DAY_MICROS);
}

/** The date of a moment. */
export function dateOfMoment(moment: bigint): number {
  if (isInfinite(moment)) return moment > 0n ? 2_147_483_647 : -2_147_483_648;
  return checkDate(splitMoment(moment).days);
}

function clockText(micros: bigint): string {
  const pad = (value: bigint): string => String(value).padStart(2, '0');
  const fraction = micros % SECOND_MICROS;
  const rest = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  const [hours, minutes] = [micros / HOUR_MICROS, (micros % HOUR_MICROS) / MINUTE_MICROS];
  return `${pad(hours)}:${pad(minutes)}:${pad((micros % MINUTE_MICROS) / SECOND_MICROS)}${rest}`;
}

/** `2024-01-01 12:00:00.5`, with time zone `+00` behind it. */
export function textFromMoment(moment: bigint, hasZone: boolean): string {
  if (isInfinite(moment)) return moment > 0n ? 'infinity' : '-infinity';
  const { days, micros } = splitMoment(moment);
  const day = dayOf(days);
  return `${textOfDay(day)} ${clockText(micros)}${hasZone ? '+00' : ''}${eraOf(day)}`;
}

/** Reads what `textFromMoment` writes, and dates. 22007 for other text, 22008 for days and times that do not exist. */
export function momentFromText(text: string, type: string): bigint {
  const match =
    /^\s*(\S*\d-\d\d-\d\d|-?infinity)(?:[ t](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:\+00|z)?)?( bc)?\s*$/i.exec(
      text,
    );
  if (match === null) throw failure('badDatetime', { type, value: text });
  const date = momentOfDate(dateFromText(`${match[1] ?? ''}${match[6] ?? ''}`));
  if (isInfinite(date)) return date;
  const [hours, minutes, seconds] = [match[2], match[3], match[4]].map((digits) => BigInt(digits ?? 0)) as [
    bigint,
    bigint,
    bigint,
  ];
  if (hours > 24n || minutes > 59n || seconds > 60n) throw failure('datetimeFieldOverflow', { value: text });
  const fraction = BigInt((match[5] ?? '').padEnd(6, '0'));
  return checkMoment(date + hours * HOUR_MICROS + minutes * MINUTE_MICROS + seconds * SECOND_MICROS + fraction);
}

/** Months first (a day that the month does not have becomes its last), then days, then time. Infinite moments stay. */
export function addInterval(moment: bigint, span: Interval, sign: 1 | -1): bigint {
  if (isInfinite(moment)) return moment;
  const { days, micros } = splitMoment(moment);
  let shifted = days;
  if (span.months !== 0) {
    const day = dayOf(days);
    const months = day.year * 12 + day.month - 1 + sign * span.months;
    const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
    shifted = daysOf({ year, month, day: Math.min(day.day, daysOfMonth(year, month)) });
  }
  return checkMoment(BigInt(shifted + sign * span.days) * DAY_MICROS + micros + BigInt(sign) * span.micros);
}

/** The days and the time between two moments; 22008 if one is infinite. */
export function momentDifference(a: bigint, b: bigint): Interval {
  if (isInfinite(a) || isInfinite(b))
    throw failure('datetimeError', { message: 'cannot subtract infinite timestamps' });
  const micros = a - b;
  return { months: 0, days: Number(micros / DAY_MICROS), micros: micros % DAY_MICROS };
}

/** The start of a unit. 22023 for units that there are not. */
export function truncateMoment(unit: string, moment: bigint): bigint {
  const { days, micros } = isInfinite(moment) ? { days: 0, micros: 0n } : splitMoment(moment);
  const day = dayOf(days);
  const start = (month: number): bigint => momentOfDate(daysOf({ year: day.year, month, day: 1 }));
  const found: Readonly<Record<string, () => bigint>> = {
    second: () => moment - (micros % SECOND_MICROS),
    minute: () => moment - (micros % MINUTE_MICROS),
    hour: () => moment - (micros % HOUR_MICROS),
    day: () => moment - micros,
    week: () => moment - micros - BigInt((((days + 3) % 7) + 7) % 7) * DAY_MICROS,
    month: () => start(day.month),
    quarter: () => start(day.month - ((day.month - 1) % 3)),
    year: () => start(1),
  };
  const truncate = found[unit];
  if (truncate === undefined)
    throw failure('invalidParameterValue', { message: `unit "${unit}" not recognized for type timestamp` });
  return isInfinite(moment) ? moment : checkMoment(truncate());
}

/** EXTRACT from a moment, as numeric's text; null for the fields that an infinite moment does not have. 22023 for unknown ones. */
export function extractField(field: string, moment: bigint): string | null {
  const { days, micros } = isInfinite(moment) ? { days: 0, micros: 0n } : splitMoment(moment);
  const day = dayOf(days);
  const weekday = (((days + 4) % 7) + 7) % 7;
  const decimal = (value: bigint, scale: number): string => {
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
    return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  };
  const fields: Readonly<Record<string, () => string>> = {
    epoch: () => decimal(moment, 6),
    year: () => String(day.year > 0 ? day.year : day.year - 1),
    quarter: () => String(Math.floor((day.month - 1) / 3) + 1),
    month: () => String(day.month),
    day: () => String(day.day),
    doy: () => String(days - daysOf({ year: day.year, month: 1, day: 1 }) + 1),
    dow: () => String(weekday),
    isodow: () => String(weekday === 0 ? 7 : weekday),
    hour: () => String(micros / HOUR_MICROS),
    minute: () => String((micros % HOUR_MICROS) / MINUTE_MICROS),
    second: () => decimal(micros % MINUTE_MICROS, 6),
    milliseconds: () => decimal(micros % MINUTE_MICROS, 3),
    microseconds: () => String(micros % MINUTE_MICROS),
  };
  const extract = fields[field];
  if (extract === undefined)
    throw failure('invalidParameterValue', { message: `unit "${field}" not recognized for type timestamp` });
  if (!isInfinite(moment)) return extract();
  return field === 'epoch' || field === 'year' ? (moment > 0n ? 'Infinity' : '-Infinity') : null;
}
