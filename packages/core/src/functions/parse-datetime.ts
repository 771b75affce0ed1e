import { failure } from '../errors/table.ts';
import { daysFromCivil, daysInMonth, isDateInRange, isTimestampInRange, MICROS_PER_DAY } from '../types/civil.ts';
import { types } from '../types/data-type.ts';
import { fixedTimeZone, localToUtc, timeZoneOf } from '../types/time-zone.ts';
import { sessionZone } from './datetime-arithmetic.ts';
import { DAYS, MONTHS, parseTemplate, ROMAN_MONTHS, type TemplatePart } from './datetime-template.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { lastOf } from './shorthand.ts';

type Field = Extract<TemplatePart, { readonly kind: 'field' }>;

/** What a text said, by field; fields that were not there are missing. */
type Found = Map<string, number>;

/** How many digits a field takes where another field follows it at once. */
const WIDTHS: Readonly<Record<string, number>> = {
  YYYY: 4,
  IYYY: 4,
  YYY: 3,
  IYY: 3,
  YY: 2,
  IY: 2,
  Y: 1,
  I: 1,
  DDD: 3,
  IDDD: 3,
  MS: 3,
  US: 6,
  D: 1,
  ID: 1,
  Q: 1,
  W: 1,
  J: 7,
  SSSS: 5,
  SSSSS: 5,
};
const parseCached = lastOf(parseTemplate);

/** Reads a text by a template, in PostgreSQL's lenient way: blanks before fields do not count, any separator stands for any other. */
class Reader {
  readonly found: Found = new Map();
  readonly #text: string;
  readonly #parts: readonly TemplatePart[];
  zoneName: string | null = null;
  #at = 0;

  constructor(text: string, template: string) {
    this.#text = text;
    this.#parts = parseCached(template);
  }

  read(): this {
    this.#parts.forEach((part, k) => {
      if (part.kind === 'text') this.#skip(part.text);
      else if (this.#at < this.#text.length) this.#field(part, this.#parts[k + 1]);
    });
    return this;
  }

  #skip(text: string): void {
    for (const character of text) {
      const isSeparator = /[^A-Za-z0-9]/.test(character);
      if (!isSeparator || /[^A-Za-z0-9+-]/.test(this.#text[this.#at] ?? 'x') || this.#text[this.#at] === character)
        this.#at++;
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    const match = pattern.exec(this.#text.slice(this.#at));
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  #field(field: Field, next: TemplatePart | undefined): void {
    this.#match(/^\s+/);
    const name = field.field;
    if (['MONTH', 'MON', 'DAY', 'DY', 'RM'].includes(name)) this.#name(field);
    else if (/^[AP]\.?M\.?$/.test(name)) this.found.set('PM', this.#word(field, /^([AP])\.?M\.?/i) === 'P' ? 1 : 0);
    else if (/^(AD|BC|A\.D\.|B\.C\.)$/.test(name))
      this.found.set('BC', this.#word(field, /^([AB])\.?[DC]\.?/i) === 'B' ? 1 : 0);
    else if (name === 'TZ') this.zoneName = this.#match(/^[A-Za-z]+(?:\/[A-Za-z_]+)*/)?.[0] ?? null;
    else if (name === 'TZH' || name === 'OF') this.#offset(name);
    else this.#number(field, next);
    if (field.ordinal !== null) this.#match(/^(?:st|nd|rd|th)/i);
  }

  #word(field: Field, pattern: RegExp): string {
    const match = this.#match(pattern);
    if (match === null)
      throw this.#invalid(field, 'The given value did not match any of the allowed values for this field.');
    return (match[1] ?? match[0]).toUpperCase();
  }

  #name(field: Field): void {
    const isDay = field.field === 'DAY' || field.field === 'DY';
    const names = isDay ? DAYS : field.field === 'RM' ? ROMAN_MONTHS : MONTHS;
    const isShort = field.field === 'MON' || field.field === 'DY';
    const rest = this.#text.slice(this.#at).toUpperCase();
    let best = -1;
    let length = 0;
    names.forEach((name, k) => {
      const wanted = (isShort ? name.slice(0, 3) : name).toUpperCase();
      if (rest.startsWith(wanted) && wanted.length > length) [best, length] = [k, wanted.length];
    });
    if (best < 0) throw this.#invalid(field, 'The given value did not match any of the allowed values for this field.');
    this.#at += length;
    if (!isDay) this.found.set('MM', best + 1);
  }

  #offset(name: string): void {
    const match = this.#match(name === 'OF' ? /^([+-]?)(\d{1,2})(?::?(\d{2}))?/ : /^([+-]?)(\d{1,2})/);
    if (match === null) return;
    const sign = match[1] === '-' ? -1 : 1;
    this.found.set('TZSIGN', sign);
    this.found.set('TZH', Number(match[2]));
    if (match[3] !== undefined) this.found.set('TZM', Number(match[3]));
  }

  #number(field: Field, next: TemplatePart | undefined): void {
    const name = field.field === 'Y,YYY' ? 'YYYY' : field.field;
    const isFraction = name === 'MS' || name === 'US' || /^FF\d$/.test(name);
    const width = WIDTHS[name] ?? (/^FF\d$/.test(name) ? Number(name[2]) : 2);
    const isBounded = next?.kind === 'field' || isFraction;
    const pattern = field.field === 'Y,YYY' ? /^\d{1,3},\d{3}/ : new RegExp(`^[+-]?\\d{1,${isBounded ? width : 9}}`);
    const match = this.#match(pattern);
    if (match === null) throw this.#invalid(field, 'Value must be an integer.', width);
    const digits = match[0].replace(',', '');
    if (isFraction) this.found.set('US', Number(digits.padEnd(6, '0').slice(0, 6)));
    else if (/^I?Y{1,3}$/.test(name)) this.found.set(name.startsWith('I') ? 'IYYY' : 'YYYY', fullYear(digits));
    else this.found.set(name, Number(digits));
  }

  #invalid(field: Field, detail: string, width = 100): Error {
    const value = /^\S*/.exec(this.#text.slice(this.#at))?.[0].slice(0, width) ?? '';
    return failure('badFormat', { message: `invalid value "${value}" for "${field.written}"` }, { detail });
  }
}

/** Years of less than four digits are the nearest to 2020. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length >= 4) return year;
  if (year < 70) return 2000 + year;
  if (year < 100) return 1900 + year;
  return year < 520 ? 2000 + year : 1000 + year;
}

function outOfRange(text: string): Error {
  return failure('datetimeFieldOverflow', { value: text });
}

function dayOf(found: Found, text: string): number {
  const julian = found.get('J');
  if (julian !== undefined) return julian - 2_440_588;
  let year = found.get('YYYY') ?? found.get('IYYY') ?? 0;
  if (found.get('BC') === 1 && year > 0) year = 1 - year;
  const week = found.get('IW');
  if (week !== undefined) {
    if (week < 1 || week > 53) throw outOfRange(text);
    const fourth = daysFromCivil(year, 1, 4);
    return fourth - ((((fourth + 3) % 7) + 7) % 7) + (week - 1) * 7 + (found.get('ID') ?? 1) - 1;
  }
  const dayOfYear = found.get('DDD');
  if (dayOfYear !== undefined && !found.has('DD')) {
    if (dayOfYear < 1 || dayOfYear > 366) throw outOfRange(text);
    return daysFromCivil(year, 1, dayOfYear);
  }
  const month = found.get('MM') ?? 1;
  const day = found.get('DD') ?? 1;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) throw outOfRange(text);
  return daysFromCivil(year, month, day);
}

function microsOf(found: Found, text: string): number {
  const seconds = found.get('SSSS') ?? found.get('SSSSS');
  if (seconds !== undefined) {
    if (seconds < 0 || seconds >= 86_400) throw outOfRange(text);
    return seconds * 1_000_000 + (found.get('US') ?? 0);
  }
  let hour = found.get('HH24') ?? found.get('HH12') ?? found.get('HH') ?? 0;
  const minute = found.get('MI') ?? 0;
  const second = found.get('SS') ?? 0;
  const isTwelve = found.has('HH12') || found.has('HH');
  if (isTwelve && (hour < 1 || hour > 12)) {
    throw failure(
      'badFormat',
      { message: `hour "${hour}" is invalid for the 12-hour clock` },
      { hint: 'Use the 24-hour clock, or give an hour between 1 and 12.' },
    );
  }
  if (isTwelve && found.has('PM')) hour = (hour % 12) + 12 * found.get('PM')!;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) throw outOfRange(text);
  return ((hour * 60 + minute) * 60 + second) * 1_000_000 + (found.get('US') ?? 0);
}

/** to_date and to_timestamp by template (PostgreSQL manual 9.8). 22007 for a text that does not fit, 22008 for values out of range. */
export const parseDatetimeFunctions: readonly FunctionDefinition[] = [
  defineScalarFunction({
    name: 'to_date',
    args: ['text', 'text'],
    returns: types.date,
    volatility: 'stable',
    row: ([text, template]) => {
      const days = dayOf(new Reader(text as string, template as string).read().found, text as string);
      if (!isDateInRange(days)) throw outOfRange(text as string);
      return days;
    },
  }),
  defineScalarFunction({
    name: 'to_timestamp',
    args: ['text', 'text'],
    returns: types.timestamptz,
    volatility: 'stable',
    row: ([text, template], context) => {
      const { found, zoneName } = new Reader(text as string, template as string).read();
      const local = BigInt(dayOf(found, text as string)) * MICROS_PER_DAY + BigInt(microsOf(found, text as string));
      const hours = found.get('TZH');
      const offset = (found.get('TZSIGN') ?? 1) * ((hours ?? 0) * 3600 + (found.get('TZM') ?? 0) * 60);
      const named = zoneName === null ? sessionZone(context) : timeZoneOf(zoneName);
      const instant = localToUtc(hours === undefined ? named : fixedTimeZone(offset), local);
      if (!isTimestampInRange(instant)) throw outOfRange(text as string);
      return instant;
    },
  }),
];
