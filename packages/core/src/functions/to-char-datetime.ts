import { failure } from '../errors/table.ts';
import { civilFromDays, daysFromCivil, isInfiniteTimestamp, splitMicros } from '../types/civil.ts';
import { types } from '../types/data-type.ts';
import { formatOffset, type TimeZone, utcToLocal } from '../types/time-zone.ts';
import type { Interval } from '../types/value.ts';
import { sessionZone } from './datetime-arithmetic.ts';
import { DAYS, MONTHS, parseTemplate, ROMAN_MONTHS, type TemplatePart } from './datetime-template.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { dayOfWeek, extractTimestamp, isoWeekOf } from './extract.ts';
import { lastOf, simple } from './shorthand.ts';

/** What a template can show. Intervals have no calendar day (`local` null). */
interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Days since 1970, null for intervals. */
  readonly days: number | null;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micro: number;
  readonly zone: { readonly offset: number; readonly name: string } | null;
}

type Field = Extract<TemplatePart, { readonly kind: 'field' }>;

const parseCached = lastOf(parseTemplate);

/** Prints a moment by a template. */
function print(template: string, moment: Moment): string {
  return parseCached(template)
    .map((part) => (part.kind === 'text' ? part.text : printField(part, moment)))
    .join('');
}

function printField(field: Field, moment: Moment): string {
  const number = numberField(field.field, moment);
  if (number !== null) {
    const digits = String(Math.abs(number.value));
    const padded = (number.value < 0 ? '-' : '') + (field.isCompact ? digits : digits.padStart(number.width, '0'));
    return padded + (field.ordinal === null ? '' : ordinalSuffix(number.value, field.ordinal));
  }
  return textField(field, moment);
}

/** `st`, `nd`, `rd`, `th`. */
export function ordinalSuffix(value: number, written: 'th' | 'TH'): string {
  const last = Math.abs(value) % 100;
  const suffix = last > 10 && last < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][last % 10] ?? 'th');
  return written === 'TH' ? suffix.toUpperCase() : suffix;
}

function numberField(field: string, moment: Moment): { readonly value: number; readonly width: number } | null {
  const { hour, minute, second, micro } = moment;
  const of = (value: number, width: number): { value: number; width: number } => ({ value, width });
  switch (field) {
    case 'HH24':
      return of(hour, 2);
    case 'HH12':
    case 'HH':
      return of(hour % 12 === 0 ? 12 : hour % 12, 2);
    case 'MI':
      return of(minute, 2);
    case 'SS':
      return of(second, 2);
    case 'MS':
      return of(Math.trunc(micro / 1000), 3);
    case 'US':
      return of(micro, 6);
    case 'SSSS':
    case 'SSSSS':
      return of(hour * 3600 + minute * 60 + second, 1);
    case 'MM':
      return of(moment.month, 2);
    case 'DD':
      return of(moment.day, 2);
    default:
      if (/^FF\d$/.test(field)) return of(Math.trunc(micro / 10 ** (6 - Number(field[2]))), Number(field[2]));
      return /^(I?Y{1,4}|I)$/.test(field) ? yearField(field, moment) : calendarField(field, moment);
  }
}

function yearField(field: string, moment: Moment): { readonly value: number; readonly width: number } {
  const isIso = field.startsWith('I') && moment.days !== null;
  const year = isIso ? isoWeekOf(moment.days!).year : moment.year;
  const shown = moment.days === null ? year : year <= 0 ? 1 - year : year;
  const width = field.length;
  return width === 4 ? { value: shown, width } : { value: shown % 10 ** width, width };
}

function calendarField(
  field: string,
  { days, year, month, day }: Moment,
): { readonly value: number; readonly width: number } | null {
  if (days === null) return null;
  const of = (value: number, width: number): { value: number; width: number } => ({ value, width });
  const dayOfYear = days - daysFromCivil(year, 1, 1) + 1;
  switch (field) {
    case 'DDD':
      return of(dayOfYear, 3);
    case 'D':
      return of(dayOfWeek(days) + 1, 1);
    case 'ID':
      return of(dayOfWeek(days) || 7, 1);
    case 'IDDD':
      return of((isoWeekOf(days).week - 1) * 7 + (dayOfWeek(days) || 7), 3);
    case 'WW':
      return of(Math.floor((dayOfYear - 1) / 7) + 1, 2);
    case 'IW':
      return of(isoWeekOf(days).week, 2);
    case 'W':
      return of(Math.floor((day - 1) / 7) + 1, 1);
    case 'CC':
      return of(Number(extractTimestamp('century', BigInt(days) * 86_400_000_000n)), 2);
    case 'J':
      return of(days + 2_440_588, 1);
    case 'Q':
      return of(Math.floor((month - 1) / 3) + 1, 1);
    default:
      return null;
  }
}

/** A name in the case of the template's word, padded to `width` unless FM. */
function named(name: string, field: Field, width: number): string {
  const { written } = field;
  const cased =
    written === written.toUpperCase()
      ? name.toUpperCase()
      : written === written.toLowerCase()
        ? name.toLowerCase()
        : name;
  return field.isCompact ? cased : cased.padEnd(width);
}

function textField(field: Field, moment: Moment): string {
  const isLower = field.written === field.written.toLowerCase();
  const cased = (text: string): string => (isLower ? text.toLowerCase() : text);
  switch (field.field) {
    case 'AM':
    case 'PM':
      return cased(moment.hour % 24 >= 12 ? 'PM' : 'AM');
    case 'A.M.':
    case 'P.M.':
      return cased(moment.hour % 24 >= 12 ? 'P.M.' : 'A.M.');
    case 'Y,YYY': {
      const year = moment.days !== null && moment.year <= 0 ? 1 - moment.year : moment.year;
      return `${Math.trunc(year / 1000)},${String(year % 1000).padStart(3, '0')}`;
    }
    case 'RM': {
      const numeral = cased(ROMAN_MONTHS[moment.month - 1] ?? '');
      return field.isCompact ? numeral : numeral.padEnd(4);
    }
    case 'TZ':
      return cased(moment.zone?.name ?? '');
    case 'TZH':
      return moment.zone === null ? '' : formatOffset(Math.trunc(moment.zone.offset / 3600) * 3600).slice(0, 3);
    case 'TZM':
      return String(Math.trunc(Math.abs(moment.zone?.offset ?? 0) / 60) % 60).padStart(2, '0');
    case 'OF':
      return moment.zone === null ? '' : formatOffset(moment.zone.offset);
    default:
      return calendarName(field, moment);
  }
}

function calendarName(field: Field, { days, year, month }: Moment): string {
  if (days === null) throw notForIntervals();
  const isLower = field.written === field.written.toLowerCase();
  const era = year <= 0 ? 'BC' : 'AD';
  switch (field.field) {
    case 'MONTH':
      return named(MONTHS[month - 1]!, field, 9);
    case 'MON':
      return named(MONTHS[month - 1]!.slice(0, 3), field, 3);
    case 'DAY':
      return named(DAYS[dayOfWeek(days)]!, field, 9);
    case 'DY':
      return named(DAYS[dayOfWeek(days)]!.slice(0, 3), field, 3);
    case 'BC':
    case 'AD':
      return isLower ? era.toLowerCase() : era;
    default:
      return isLower ? `${era[0]}.${era[1]}.`.toLowerCase() : `${era[0]}.${era[1]}.`;
  }
}

function notForIntervals(): Error {
  return failure(
    'badFormat',
    { message: 'invalid format specification for an interval value' },
    {
      hint: 'Intervals are not tied to specific calendar dates.',
    },
  );
}

function momentOf(local: bigint, zone: Moment['zone']): Moment {
  const { days, micros } = splitMicros(local);
  const seconds = Math.floor(micros / 1_000_000);
  return {
    ...civilFromDays(days),
    days,
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    micro: micros % 1_000_000,
    zone,
  };
}

function momentOfInterval({ months, days, micros }: Interval): Moment {
  const seconds = Number(micros / 1_000_000n);
  return {
    year: Math.trunc(months / 12),
    month: months % 12,
    day: days,
    days: null,
    hour: Math.trunc(seconds / 3600),
    minute: Math.trunc(seconds / 60) % 60,
    second: seconds % 60,
    micro: Number(micros % 1_000_000n),
    zone: null,
  };
}

/** The zone's abbreviation where there is a usual one (`UTC`, `EST`), else its offset. */
function abbreviation(zone: TimeZone, instant: bigint, offset: number): string {
  if (/^(utc|gmt)$/i.test(zone.name)) return zone.name.toUpperCase();
  if (!/^[A-Za-z]+(\/|$)/.test(zone.name)) return formatOffset(offset);
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone.name, timeZoneName: 'short' }).formatToParts(
    Number(instant / 1000n),
  );
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
  return /^[A-Z]{3,5}$/.test(name) ? name : formatOffset(offset);
}

/** to_char of timestamps and intervals. NULL for an infinite value or an empty template, as in PostgreSQL. */
export const toCharDatetime: readonly FunctionDefinition[] = [
  simple<[bigint, string]>('to_char', ['timestamp', 'text'], types.text, (local, template) =>
    isInfiniteTimestamp(local) || template === '' ? null : print(template, momentOf(local, null)),
  ),
  simple<[Interval, string]>('to_char', ['interval', 'text'], types.text, (span, template) =>
    template === '' ? null : print(template, momentOfInterval(span)),
  ),
  defineScalarFunction({
    name: 'to_char',
    args: ['timestamptz', 'text'],
    returns: types.text,
    volatility: 'stable',
    row: ([value, template], context) => {
      const instant = value as bigint;
      if (isInfiniteTimestamp(instant) || template === '') return null;
      const zone = sessionZone(context);
      const local = utcToLocal(zone, instant);
      const offset = Number((local - instant) / 1_000_000n);
      return print(template as string, momentOf(local, { offset, name: abbreviation(zone, instant, offset) }));
    },
  }),
];
