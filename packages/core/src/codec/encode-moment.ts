import type { ByteWriter } from './byte-writer.ts';
import { putDigits } from './digits.ts';

/** Dates and timestamps of the years 1..9999 straight into bytes; false for all others, which go through their text. */

const MICROS_PER_DAY = 86_400_000_000;
/** 0001-01-01 and 10000-01-01 as days since 1970. */
const FIRST_DAY = -719_162;
const END_DAY = 2_932_897;

/** `YYYY-MM-DD` at `at`; the arithmetic of `civilFromDays`, in integers and without an object. */
function putDay(target: Uint8Array, at: number, days: number): void {
  const shifted = (days + 719_468) | 0;
  const era = (shifted / 146_097) | 0;
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1_460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0));
  const m = ((5 * dayOfYear + 2) / 153) | 0;
  const month = m < 10 ? m + 3 : m - 9;
  putDigits(target, at, yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
  target[at + 4] = 0x2d;
  putDigits(target, at + 5, month, 2);
  target[at + 7] = 0x2d;
  putDigits(target, at + 8, dayOfYear - (((153 * m + 2) / 5) | 0) + 1, 2);
}

/** `YYYY-MM-DD` of days since 1970. */
export function writeDay(days: number, out: ByteWriter): boolean {
  if (days < FIRST_DAY || days >= END_DAY) return false;
  putDay(out.ensure(10), out.length, days);
  out.advance(10);
  return true;
}

/** `YYYY-MM-DD hh:mm:ss[.ffffff]` of local microseconds (a safe integer). */
export function writeLocalMicros(micros: number, out: ByteWriter): boolean {
  const days = Math.floor(micros / MICROS_PER_DAY);
  if (!(days >= FIRST_DAY && days < END_DAY)) return false;
  const target = out.ensure(26);
  const at = out.length;
  putDay(target, at, days);
  const ofDay = micros - days * MICROS_PER_DAY;
  const seconds = Math.floor(ofDay / 1_000_000);
  let fraction = ofDay - seconds * 1_000_000;
  target[at + 10] = 0x20;
  putDigits(target, at + 11, (seconds / 3600) | 0, 2);
  target[at + 13] = 0x3a;
  putDigits(target, at + 14, ((seconds / 60) | 0) % 60, 2);
  target[at + 16] = 0x3a;
  putDigits(target, at + 17, seconds % 60, 2);
  let width = 19;
  if (fraction !== 0) {
    let digits = 6;
    while (fraction % 10 === 0) {
      fraction /= 10;
      digits -= 1;
    }
    target[at + 19] = 0x2e;
    putDigits(target, at + 20, fraction, digits);
    width = 20 + digits;
  }
  out.advance(width);
  return true;
}
