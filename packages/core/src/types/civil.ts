/**
 * The proleptic Gregorian calendar in integers. Years are astronomical: 0 is 1 BC, -1 is 2 BC. Days count from 1970-01-01.
 */
export interface CivilDate {
  readonly year: number;
  /** 1..12 */
  readonly month: number;
  readonly day: number;
}

/** Microseconds. */
export const MICROS_PER_DAY = 86_400_000_000n;

/** Days since 1970-01-01 of a civil date; any integer month or day is carried over. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month - 3;
  const y = year + Math.floor(shifted / 12);
  const m = ((shifted % 12) + 12) % 12;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * m + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The civil date of a day number. */
export function civilFromDays(days: number): CivilDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1,
  };
}

/** Every fourth year, but of the centuries only every fourth. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const MONTH_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number of days of a month (1..12). */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : MONTH_DAYS[month - 1]!;
}

/** Floor division of a timestamp into its day number and the microseconds of that day. */
export function splitMicros(micros: bigint): { readonly days: number; readonly micros: number } {
  let days = micros / MICROS_PER_DAY;
  let rest = micros - days * MICROS_PER_DAY;
  if (rest < 0n) {
    days -= 1n;
    rest += MICROS_PER_DAY;
  }
  return { days: Number(days), micros: Number(rest) };
}

/** `infinity` and `-infinity` of date (days) and of timestamps (microseconds). */
export const DATE_INFINITY = 2_147_483_647;
export const DATE_MINUS_INFINITY = -2_147_483_648;
export const TIMESTAMP_INFINITY = 9_223_372_036_854_775_807n;
export const TIMESTAMP_MINUS_INFINITY = -9_223_372_036_854_775_808n;
/**
 * PostgreSQL's ranges: dates 4714-11-24 BC .. 5874897-12-31; timestamps from 4714-11-24 BC to 294246-12-31, some 30 years less than
 * PostgreSQL's, because here they count from 1970 and PostgreSQL's from 2000.
 */
export const DATE_MIN: number = daysFromCivil(-4713, 11, 24);
export const DATE_MAX: number = daysFromCivil(5_874_897, 12, 31);
export const TIMESTAMP_MIN: bigint = BigInt(daysFromCivil(-4713, 11, 24)) * MICROS_PER_DAY;
export const TIMESTAMP_END: bigint = BigInt(daysFromCivil(294_247, 1, 1)) * MICROS_PER_DAY;

/** True for infinity and -infinity. */
export function isInfiniteTimestamp(micros: bigint): boolean {
  return micros === TIMESTAMP_INFINITY || micros === TIMESTAMP_MINUS_INFINITY;
}
/** True for infinity and -infinity. */
export function isInfiniteDate(days: number): boolean {
  return days === DATE_INFINITY || days === DATE_MINUS_INFINITY;
}
/** Whether a finite timestamp is inside PostgreSQL's range. */
export function isTimestampInRange(micros: bigint): boolean {
  return micros >= TIMESTAMP_MIN && micros < TIMESTAMP_END;
}
/** Whether a finite date is inside PostgreSQL's range. */
export function isDateInRange(days: number): boolean {
  return days >= DATE_MIN && days <= DATE_MAX;
}
