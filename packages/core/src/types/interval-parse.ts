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

const INT32_MAX = 2_147_483_647n;

/** Sums up parts; a unit may come once. Range checks come at the end. */
class Parts {
  #months = 0;
  #days = 0;
  #micros = 0n;
  readonly #seen = new Set<Unit>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * `digits` and `fraction` (0 <= fraction < 1) of a unit. Fractions flow down as in PostgreSQL: a month's into days, a day's into time.
   */
  add(unit: Unit, sign: 1 | -1, digits: string, fraction: number): void {
    if (this.#seen.has(unit)) throw malformed(this.#text);
    this.#seen.add(unit);
    const exact = BigInt(digits === '' ? '0' : digits);
    const micros = MICROS[unit];
    if (micros !== undefined) {
      this.#micros += BigInt(sign) * (exact * BigInt(micros) + BigInt(roundHalfEven(fraction * micros)));
      return;
    }
    // There is one more negative number than positive ones.
    if (exact > (sign < 0 ? INT32_MAX + 1n : INT32_MAX)) throw outOfRange(this.#text);
    const years = YEARS[unit];
    const whole = sign * Number(exact);
    if (years !== undefined) this.#months += whole * 12 * years + sign * roundHalfEven(fraction * 12 * years);
    else if (unit === 'mon') {
      this.#months += whole;
      this.#addDays(sign * fraction * 30);
    } else {
      this.#days += unit === 'w' ? whole * 7 : whole;
      this.#addDays(sign * (unit === 'w' ? fraction * 7 : fraction));
    }
  }

  #addDays(exact: number): void {
    const whole = Math.trunc(exact);
    this.#days += whole;
    this.#micros += BigInt(roundHalfEven((exact - whole) * 86_400e6));
  }

  finish(negate: boolean): Interval {
    const months = negate ? 0 - this.#months : this.#months;
    const days = negate ? 0 - this.#days : this.#days;
    const micros = negate ? -this.#micros : this.#micros;
    const fits = (value: number): boolean => value >= -2_147_483_648 && value <= 2_147_483_647;
    if (!fits(days) || BigInt.asIntN(64, micros) !== micros) throw outOfRange(this.#text);
    if (!fits(months)) throw failure('datetimeOutOfRange', { what: 'interval' });
    return { months: months + 0, days: days + 0, micros };
  }
}

function outOfRange(text: string): Error {
  return failure('intervalFieldOverflow', { value: text });
}
function malformed(text: string): Error {
  return failure('badDatetime', { type: 'interval', value: text });
}

const TOKEN =
  /[ \t\n\r\v\f]*(?:([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}))?(\.\d*)?(?![\d:])|([+-]?)(\d+)-(\d{1,2})(?![\d-])|([+-]?)[ \t\n\r\v\f]*(?=\.?\d)(\d*)(\.\d*)?(?=[^\d.]|$)[ \t\n\r\v\f]*([a-zA-Z]+)?|@)/y;

/**
 * PostgreSQL's interval input: `1 year 2 mons 3 days 04:05:06.7`, verbose (`@ 1 day ago`), ISO 8601 (`P1Y2M3DT4H`, `P0001-02-03T04:05:06`),
 * SQL (`1-2`, `3 4:05:06`). 22007 for anything else, 22015 out of range.
 */
export function parseInterval(text: string): Interval {
  const trimmed = text.trim();
  if (trimmed === '') throw malformed(text);
  if (/^[-+]?P/i.test(trimmed)) return parseIso(text, trimmed);
  const parts = new Parts(text);
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
  return parts.finish(ago);
}

function addToken(parts: Parts, match: RegExpExecArray, text: string, rest: string): void {
  if (match[2] !== undefined) {
    addClock(parts, match, text);
  } else if (match[7] !== undefined) {
    const sign = match[6] === '-' ? -1 : 1;
    if (Number(match[8]) >= 12) throw outOfRange(text);
    parts.add('y', sign, match[7], 0);
    parts.add('mon', sign, match[8]!, 0);
  } else {
    const fraction = match[11] === undefined || match[11] === '.' ? 0 : Number(`0${match[11]}`);
    parts.add(unitOf(match[12], rest, text), match[9] === '-' ? -1 : 1, match[10]!, fraction);
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
  let hours = match[2]!;
  let minutes = match[3]!;
  let seconds = match[4] ?? '0';
  if (match[4] === undefined && match[5] !== undefined) {
    seconds = minutes;
    minutes = hours;
    hours = '0';
  }
  if (Number(minutes) > 59 || Number(seconds) > 60) throw outOfRange(text);
  parts.add('h', sign, hours, 0);
  parts.add('m', sign, minutes, 0);
  parts.add('s', sign, seconds, fraction);
}

const ISO_PARTS =
  /^([-+]?)P(?:([-+]?\d*\.?\d*)Y)?(?:([-+]?\d*\.?\d*)M)?(?:([-+]?\d*\.?\d*)W)?(?:([-+]?\d*\.?\d*)D)?(?:T(?:([-+]?\d*\.?\d*)H)?(?:([-+]?\d*\.?\d*)M)?(?:([-+]?\d*\.?\d*)S)?)?$/i;
const ISO_ALTERNATIVE = /^P(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?)?$/i;
const ISO_UNITS: readonly Unit[] = ['y', 'mon', 'w', 'd', 'h', 'm', 's'];

function parseIso(text: string, trimmed: string): Interval {
  const parts = new Parts(text);
  const add = (unit: Unit, amount: string): void => {
    const match = /^([-+]?)(\d*)(\.\d*)?$/.exec(amount);
    if (match === null || !/\d/.test(amount)) throw malformed(text);
    parts.add(unit, match[1] === '-' ? -1 : 1, match[2]!, Number(`0${match[3] === '.' ? '' : (match[3] ?? '')}`));
  };
  const alternative = ISO_ALTERNATIVE.exec(trimmed);
  if (alternative !== null) {
    const units: readonly Unit[] = ['y', 'mon', 'd', 'h', 'm', 's'];
    units.forEach((unit, k) => {
      const amount = alternative[k + 1];
      if (amount !== undefined) add(unit, amount);
    });
    return parts.finish(false);
  }
  const match = ISO_PARTS.exec(trimmed);
  if (match === null || /P$/i.test(trimmed) || match[1] !== '') throw malformed(text);
  ISO_UNITS.forEach((unit, k) => {
    const amount = match[k + 2];
    if (amount !== undefined) add(unit, amount);
  });
  return parts.finish(false);
}
