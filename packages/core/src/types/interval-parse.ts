import { failure } from '../errors/table.ts';
import { roundHalfEven } from './interval.ts';
import type { Interval } from './value.ts';

type Unit = 'us' | 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mon' | 'y' | 'dec' | 'c' | 'mil';

const UNITS: ReadonlyMap<string, Unit> = new Map(
  (
    [
      ['us', 'us usec usecs usecond useconds microsecon microsecond microseconds'],
      ['ms', 'ms msec msecs msecond mseconds millisecon millisecond milliseconds'],
      ['s', 's sec secs second seconds'],
      ['m', 'm min mins minute minutes'],
      ['h', 'h hr hrs hour hours'],
      ['d', 'd day days'],
      ['w', 'w week weeks'],
      ['mon', 'mon mons month months'],
      ['y', 'y yr yrs year years'],
      ['dec', 'dec decs decade decades'],
      ['c', 'c cent centuries century'],
      ['mil', 'mil mils millennia millennium'],
    ] as const
  ).flatMap(([unit, names]) => names.split(' ').map((name): [string, Unit] => [name, unit])),
);

const MICROS: Readonly<Partial<Record<Unit, number>>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };
const YEARS: Readonly<Partial<Record<Unit, number>>> = { y: 1, dec: 10, c: 100, mil: 1000 };

/** Sums up parts; range checks come at the end. */
class Parts {
  months = 0;
  days = 0;
  micros = 0n;

  /** `whole` and `fraction` (same sign, |fraction| < 1) of a unit. Fractions flow down as in PostgreSQL: a month's into days, a day's into time. */
  add(unit: Unit, whole: number, fraction: number): void {
    const micros = MICROS[unit];
    const years = YEARS[unit];
    if (micros !== undefined) {
      this.micros += BigInt(whole) * BigInt(micros) + BigInt(roundHalfEven(fraction * micros));
    } else if (years !== undefined) {
      this.months += whole * 12 * years + roundHalfEven(fraction * 12 * years);
    } else if (unit === 'mon') {
      this.months += whole;
      this.#addDays(fraction * 30);
    } else {
      this.days += unit === 'w' ? whole * 7 : whole;
      this.#addDays(unit === 'w' ? fraction * 7 : fraction);
    }
  }

  #addDays(exact: number): void {
    const whole = Math.trunc(exact);
    this.days += whole;
    this.micros += BigInt(roundHalfEven((exact - whole) * 86_400e6));
  }

  finish(text: string): Interval {
    const { months, days, micros } = this;
    const fits = (value: number): boolean => value >= -2_147_483_648 && value <= 2_147_483_647;
    if (!fits(months) || !fits(days) || BigInt.asIntN(64, micros) !== micros) throw outOfRange(text);
    return { months: months + 0, days: days + 0, micros };
  }

  negate(): void {
    this.months = -this.months;
    this.days = -this.days;
    this.micros = -this.micros;
  }
}

function outOfRange(text: string): Error {
  return failure('intervalFieldOverflow', { value: text });
}
function malformed(text: string): Error {
  return failure('badDatetime', { type: 'interval', value: text });
}

const TOKEN =
  /[ \t\n\r\v\f]*(?:([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}))?(\.\d*)?(?![\d:])|([+-]?)(\d+)-(\d{1,2})(?!\d)|([+-]?)(?=\.?\d)(\d*)(\.\d*)?(?=[^\d.]|$)[ \t\n\r\v\f]*([a-zA-Z]+)?|@)/y;

/**
 * PostgreSQL's interval input: `1 year 2 mons 3 days 04:05:06.7`, verbose (`@ 1 day ago`), ISO 8601 (`P1Y2M3DT4H`, `P0001-02-03T04:05:06`),
 * SQL (`1-2`, `3 4:05:06`). 22007 for anything else, 22015 out of range.
 */
export function parseInterval(text: string): Interval {
  const trimmed = text.trim();
  if (trimmed === '') throw malformed(text);
  if (/^[-+]?P/i.test(trimmed)) return parseIso(text, trimmed);
  const parts = new Parts();
  let body = trimmed;
  let ago = false;
  const agoMatch = /[\s\d]ago$/i.exec(trimmed) ?? /[a-z]\s+ago$/i.exec(trimmed);
  if (agoMatch !== null) {
    ago = true;
    body = trimmed.slice(0, -3).trimEnd();
  }
  let any = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const match = TOKEN.exec(body);
    if (match === null || match[0] === '') throw malformed(text);
    if (match[0].trim() === '@') {
      if (any) throw malformed(text);
      continue;
    }
    addToken(parts, match, text, body.slice(TOKEN.lastIndex));
    any = true;
  }
  if (!any) throw malformed(text);
  if (ago) parts.negate();
  return parts.finish(text);
}

function addToken(parts: Parts, match: RegExpExecArray, text: string, rest: string): void {
  if (match[2] !== undefined) {
    addClock(parts, match, text);
  } else if (match[7] !== undefined) {
    const sign = match[6] === '-' ? -1 : 1;
    if (Number(match[8]) >= 12) throw outOfRange(text);
    parts.add('y', sign * Number(match[7]), 0);
    parts.add('mon', sign * Number(match[8]), 0);
  } else {
    const digits = match[10] ?? '';
    const fraction = match[11] ?? '';
    if (digits === '' && fraction.length < 2) throw malformed(text);
    const sign = match[9] === '-' ? -1 : 1;
    const whole = Number(digits);
    if (!Number.isSafeInteger(whole)) throw outOfRange(text);
    parts.add(unitOf(match[12], rest, text), sign * whole, sign * Number(`0${fraction === '.' ? '' : fraction}`));
  }
}

/** A number without unit: days before a clock time, otherwise seconds, and then it must be the last. */
function unitOf(name: string | undefined, rest: string, text: string): Unit {
  if (name !== undefined) {
    const unit = UNITS.get(name.toLowerCase());
    if (unit === undefined) throw malformed(text);
    return unit;
  }
  if (/^\s*[+-]?\d+:/.test(rest)) return 'd';
  if (rest.trim() !== '') throw malformed(text);
  return 's';
}

function addClock(parts: Parts, match: RegExpExecArray, text: string): void {
  const sign = match[1] === '-' ? -1 : 1;
  const fraction = Number(`0${match[5] === undefined || match[5] === '.' ? '' : match[5]}`);
  let hours = Number(match[2]);
  let minutes = Number(match[3]);
  let seconds = match[4] === undefined ? 0 : Number(match[4]);
  if (match[4] === undefined && match[5] !== undefined) {
    seconds = minutes;
    minutes = hours;
    hours = 0;
  }
  if (minutes > 59 || seconds > 60 || !Number.isSafeInteger(hours)) throw outOfRange(text);
  parts.add('h', sign * hours, 0);
  parts.add('m', sign * minutes, 0);
  parts.add('s', sign * seconds, sign * fraction);
}

const ISO_PARTS =
  /^([-+]?)P(?:([-+]?\d*\.?\d*)Y)?(?:([-+]?\d*\.?\d*)M)?(?:([-+]?\d*\.?\d*)W)?(?:([-+]?\d*\.?\d*)D)?(?:T(?:([-+]?\d*\.?\d*)H)?(?:([-+]?\d*\.?\d*)M)?(?:([-+]?\d*\.?\d*)S)?)?$/i;
const ISO_ALTERNATIVE = /^P(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?)?$/i;
const ISO_UNITS: readonly Unit[] = ['y', 'mon', 'w', 'd', 'h', 'm', 's'];

function parseIso(text: string, trimmed: string): Interval {
  const parts = new Parts();
  const add = (unit: Unit, amount: string): void => {
    const value = Number(amount);
    if (amount === '' || Number.isNaN(value)) throw malformed(text);
    const whole = Math.trunc(value);
    const point = amount.indexOf('.');
    const fraction = point < 0 ? 0 : Number(`0${amount.slice(point)}`) * (amount.startsWith('-') ? -1 : 1);
    if (!Number.isSafeInteger(whole)) throw outOfRange(text);
    parts.add(unit, whole, fraction);
  };
  const alternative = ISO_ALTERNATIVE.exec(trimmed);
  if (alternative !== null) {
    const units: readonly Unit[] = ['y', 'mon', 'd', 'h', 'm', 's'];
    units.forEach((unit, k) => {
      const amount = alternative[k + 1];
      if (amount !== undefined) add(unit, amount);
    });
    return parts.finish(text);
  }
  const match = ISO_PARTS.exec(trimmed);
  if (match === null || /[PT]$/i.test(trimmed) || match[1] !== '') throw malformed(text);
  ISO_UNITS.forEach((unit, k) => {
    const amount = match[k + 2];
    if (amount !== undefined) add(unit, amount);
  });
  return parts.finish(text);
}
