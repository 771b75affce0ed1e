import { failure } from '../errors/table.ts';
import { ABBREVIATIONS, DAY_NAMES, MONTHS, SPECIALS } from './datetime-words.ts';
import { findTimeZone } from './time-zone.ts';

/** What a date/time text says, before it is put together. */
export interface DateTimeFields {
  readonly special: 'infinity' | '-infinity' | 'epoch' | 'now' | 'today' | 'tomorrow' | 'yesterday' | null;
  /** Astronomical (0 = 1 BC). */
  readonly year: number;
  /** As written; 0 is no year. */
  readonly yearText: number;
  readonly month: number;
  readonly day: number;
  /** Days since 1970 of a `J2451187` date. */
  readonly julianDay: number | null;
  /** 1..366 of a `2024.060` date, which has no month. */
  readonly dayOfYear: number | null;
  readonly timeMicros: number;
  /** Seconds east; null when the text has none or a named zone. */
  readonly offsetSeconds: number | null;
  readonly zoneName: string | null;
}

const JULIAN_EPOCH = 2_440_588;

/** Collects fields while the tokens go by; a field given twice is malformed. */
class Fields {
  year: number | null = null;
  month: number | null = null;
  day: number | null = null;
  julianDay: number | null = null;
  dayOfYear: number | null = null;
  timeMicros: number | null = null;
  offsetSeconds: number | null = null;
  zoneName: string | null = null;
  special: DateTimeFields['special'] = null;
  isBc = false;
  meridiem: 'am' | 'pm' | null = null;
  yearDigits = 4;
  readonly text: string;
  readonly type: string;

  constructor(text: string, type: string) {
    this.text = text;
    this.type = type;
  }

  malformed(): Error {
    return failure('badDatetime', { type: this.type, value: this.text });
  }
  overflow(): Error {
    return failure('datetimeFieldOverflow', { value: this.text });
  }

  setYear(digits: string): void {
    if (this.year !== null) throw this.malformed();
    this.year = Number(digits);
    this.yearDigits = digits.length;
  }
  setMonth(month: number): void {
    if (this.month !== null) throw this.malformed();
    this.month = month;
  }
  setDay(day: number): void {
    if (this.day !== null) throw this.malformed();
    this.day = day;
  }
  setZone(offsetSeconds: number | null, name: string | null): void {
    if (this.offsetSeconds !== null || this.zoneName !== null) throw this.malformed();
    this.offsetSeconds = offsetSeconds;
    this.zoneName = name;
  }

  setTime(hours: number, minutes: number, seconds: number, fraction: string): void {
    if (this.timeMicros !== null) throw this.malformed();
    if (minutes > 59 || seconds > 60) throw this.overflow();
    const micros = fraction === '' ? 0 : Math.round(Number(`0.${fraction}`) * 1e6);
    const total = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros;
    if (hours > 24 || total > 86_400_000_000) throw this.overflow();
    this.timeMicros = total;
  }
}

/** The tokens of a date/time text, by alternative. */
const TOKEN = new RegExp(
  [
    String.raw`(?<monthDayYear>[a-zA-Z]{3,9}-\d{1,2}-\d+)`,
    String.raw`(?<yearDay>\d{4,5}[.-]\d{3}(?![\d.-]))`,
    String.raw`(?<posixZone>[a-zA-Z]{3,}[+-]\d{1,2}(?![\d:-]))`,
    String.raw`T?(?<hour>\d{1,2}):(?<minute>\d{1,2})(?::(?<second>\d{1,2})(?:\.(?<fraction>\d*))?)?`,
    String.raw`(?<word>[a-zA-Z]+(?:[/_][a-zA-Z_/+-]+(?:\d+)?)*)`,
    String.raw`(?<offset>[+-]\d{1,2}(?::\d{2}){1,2}|[+-]\d{1,6}(?![-/.:\d]))`,
    String.raw`(?<a>\d+)(?<separator>[-/.])(?<b>\d+|[a-zA-Z]+)\k<separator>(?<c>\d+)`,
    String.raw`(?<digits>\d+)(?:\.(?<decimals>\d+))?`,
  ]
    .map((alternative) => `[\\s,]*${alternative}`)
    .join('|'),
  'y',
);
type Token = Readonly<Record<string, string | undefined>>;

/** Reads PostgreSQL's usual date/time texts (DateStyle ISO, MDY). 22007 when it is none, 22008 for fields out of range. */
export function readDateTime(text: string, type: string): DateTimeFields {
  const fields = new Fields(text, type);
  const body = text.trim();
  const lower = body.toLowerCase();
  if (lower === '') throw fields.malformed();
  if (lower === 'infinity' || lower === '+infinity') return { ...finish(fields, true), special: 'infinity' };
  if (lower === '-infinity') return { ...finish(fields, true), special: '-infinity' };
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const match = TOKEN.exec(body);
    if (match === null) throw fields.malformed();
    readToken(fields, match.groups!, body, TOKEN.lastIndex);
  }
  return finish(fields, false);
}

function readToken(fields: Fields, token: Token, body: string, end: number): void {
  if (token['hour'] !== undefined) {
    const { hour, minute, second, fraction } = token;
    fields.setTime(Number(hour), Number(minute), Number(second ?? 0), fraction ?? '');
  } else if (token['word'] !== undefined) readWord(fields, token['word'], body.slice(end));
  else if (token['offset'] !== undefined)
    readOffset(fields, token['offset'], /\s$/.test(body.slice(0, end - token['offset'].length)));
  else if (token['a'] !== undefined) readTriple(fields, token['a'], token['b']!, token['c']!);
  else if (token['digits'] !== undefined) {
    const { digits, decimals } = token;
    const length = digits.length + (decimals === undefined ? 0 : decimals.length + 1);
    readNumber(fields, digits, decimals ?? '', body.slice(0, end - length));
  } else if (token['posixZone'] !== undefined) fields.setZone(null, token['posixZone']);
  else if (token['yearDay'] !== undefined) {
    fields.setYear(token['yearDay'].slice(0, -4));
    fields.dayOfYear = Number(token['yearDay'].slice(-3));
    if (fields.dayOfYear < 1 || fields.dayOfYear > 366) throw fields.overflow();
  } else readMonthDayYear(fields, token['monthDayYear']!);
}

/** `Jan-08-1999`. */
function readMonthDayYear(fields: Fields, text: string): void {
  const [name, day, year] = text.split('-') as [string, string, string];
  const month = MONTHS.get(name.toLowerCase());
  if (month === undefined) throw fields.malformed();
  fields.setMonth(month);
  fields.setDay(Number(day));
  fields.setYear(year);
}

function readWord(fields: Fields, word: string, rest: string): void {
  const lower = word.toLowerCase();
  const month = MONTHS.get(lower);
  if (month !== undefined) fields.setMonth(month);
  else if (DAY_NAMES.has(lower)) return;
  else if (lower === 'bc') fields.isBc = true;
  else if (lower === 'ad') return;
  else if (lower === 'am' || lower === 'pm') fields.meridiem = lower;
  else if (lower === 't' && /^\d/.test(rest)) return;
  else if (lower === 'j' && /^\d/.test(rest)) fields.julianDay = 0;
  else if (lower === 'allballs') fields.setTime(0, 0, 0, '');
  else if (SPECIALS.has(lower)) {
    if (fields.special !== null) throw fields.malformed();
    fields.special = lower as DateTimeFields['special'];
  } else {
    const hours = ABBREVIATIONS[lower];
    if (hours !== undefined) fields.setZone(hours * 3600, null);
    else if (findTimeZone(word) !== undefined) fields.setZone(null, word);
    else throw word.includes('/') ? failure('invalidTimeZone', { value: lower }) : fields.malformed();
  }
}

/** `+02`, `-0730`, `+05:30:15`: a zone once there is a time (or a date), otherwise nothing we know. */
function readOffset(fields: Fields, token: string, isApart: boolean): void {
  const parts =
    /^([+-])(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(token) ?? /^([+-])(\d{1,2}?)(\d{2})?(\d{2})?$/.exec(token);
  if (parts === null) throw fields.malformed();
  const [, sign, hours, minutes, seconds] = parts;
  const hasTime = fields.timeMicros !== null || fields.special !== null;
  if (!hasTime && (fields.day === null || (token.startsWith('-') && !isApart))) throw fields.malformed();
  if (Number(hours) > 15 || Number(minutes ?? 0) > 59 || Number(seconds ?? 0) > 59) {
    throw failure('timeZoneDisplacement', { value: fields.text });
  }
  const total = Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  fields.setZone(sign === '-' ? -total : total, null);
}

/** Three parts with one separator: Y-M-D, M/D/Y, D-Mon-Y, Y-Mon-D. */
function readTriple(fields: Fields, a: string, b: string, c: string): void {
  if (fields.timeMicros !== null) throw fields.malformed();
  if (/^[a-zA-Z]/.test(b)) {
    const month = MONTHS.get(b.toLowerCase());
    if (month === undefined) throw fields.malformed();
    fields.setMonth(month);
    const yearFirst = a.length > 2;
    fields.setYear(yearFirst ? a : c);
    fields.setDay(Number(yearFirst ? c : a));
  } else if (a.length > 2) {
    fields.setYear(a);
    fields.setMonth(Number(b));
    fields.setDay(Number(c));
  } else {
    fields.setMonth(Number(a));
    fields.setDay(Number(b));
    fields.setYear(c);
  }
}

/** A bare number: a Julian day, YYYYMMDD, hhmmss after a date, or the day and year beside a month's name. */
function readNumber(fields: Fields, digits: string, fraction: string, before: string): void {
  if (fields.julianDay !== null && fields.day === null && /j$/i.test(before)) {
    fields.julianDay = Number(digits) - JULIAN_EPOCH;
    fields.day = 1;
    if (fraction !== '') fields.timeMicros = Math.round(Number(`0.${fraction}`) * 86_400e6);
  } else if (
    fields.year === null &&
    fields.month === null &&
    fields.julianDay === null &&
    digits.length >= 6 &&
    fraction === '' &&
    !/t$/i.test(before)
  ) {
    fields.setYear(digits.slice(0, digits.length - 4));
    fields.setMonth(Number(digits.slice(-4, -2)));
    fields.setDay(Number(digits.slice(-2)));
  } else if (
    fields.timeMicros === null &&
    (digits.length === 6 || digits.length === 4) &&
    (/t$/i.test(before) || (fields.year !== null && fields.day !== null))
  ) {
    fields.setTime(Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4) || 0), fraction);
  } else if (fields.timeMicros === null && digits.length === 2 && /t$/i.test(before)) {
    fields.setTime(Number(digits), 0, 0, '');
  } else if (fraction !== '') {
    throw fields.malformed();
  } else if (digits.length > 2) {
    fields.setYear(digits);
  } else if (fields.month === null && fields.day === null && fields.year !== null) {
    fields.setMonth(Number(digits));
  } else if (fields.day === null) {
    fields.setDay(Number(digits));
  } else fields.setYear(digits);
}

function applyMeridiem(fields: Fields): number {
  const time = fields.timeMicros ?? 0;
  if (fields.meridiem === null) return time;
  const hour = Math.floor(time / 3_600e6);
  if (hour > 12 || fields.timeMicros === null) throw fields.overflow();
  if (fields.meridiem === 'pm' && hour < 12) return time + 12 * 3_600e6;
  return fields.meridiem === 'am' && hour === 12 ? time - 12 * 3_600e6 : time;
}

/** What is there of a date could be none, whatever else came with it; a number by itself would be the month. */
function isOutOfRange({ year, month, day }: Fields): boolean {
  const isMonth = (value: number | null): boolean => value === null || (value >= 1 && value <= 12);
  if (year === null && month === null) return !isMonth(day);
  return !isMonth(month) || (day !== null && (day < 1 || day > 31));
}

function finish(fields: Fields, isSpecial: boolean): DateTimeFields {
  const { special, julianDay } = fields;
  const hasDay = julianDay !== null || fields.dayOfYear !== null || (fields.month !== null && fields.day !== null);
  if (!isSpecial && special === null && !(hasDay && (julianDay !== null || fields.year !== null))) {
    throw isOutOfRange(fields) ? fields.overflow() : fields.malformed();
  }
  if (special !== null && (fields.year !== null || fields.month !== null)) throw fields.malformed();
  const written = fields.year ?? 0;
  let year = written;
  if (fields.isBc) year = 1 - written;
  else if (fields.yearDigits <= 2) year = written < 70 ? 2000 + written : 1900 + written;
  return {
    special,
    year,
    yearText: fields.yearDigits <= 2 && !fields.isBc ? year : written,
    month: fields.month ?? 0,
    day: fields.day ?? 0,
    julianDay,
    dayOfYear: fields.dayOfYear,
    timeMicros: applyMeridiem(fields),
    offsetSeconds: fields.offsetSeconds,
    zoneName: fields.zoneName,
  };
}
