import {
  civilFromDays,
  DATE_INFINITY,
  DATE_MINUS_INFINITY,
  splitMicros,
  TIMESTAMP_INFINITY,
  TIMESTAMP_MINUS_INFINITY,
} from './civil.ts';
import { formatOffset, type TimeZone } from './time-zone.ts';

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** `YYYY-MM-DD` without the era. */
function dayText(days: number): { readonly text: string; readonly isBc: boolean } {
  const { year, month, day } = civilFromDays(days);
  const isBc = year <= 0;
  return { text: `${String(isBc ? 1 - year : year).padStart(4, '0')}-${two(month)}-${two(day)}`, isBc };
}

/** DateStyle ISO: `2024-02-29`, `0044-03-15 BC`, `infinity`. */
export function formatDate(days: number): string {
  if (days === DATE_INFINITY) return 'infinity';
  if (days === DATE_MINUS_INFINITY) return '-infinity';
  const { text, isBc } = dayText(days);
  return isBc ? `${text} BC` : text;
}

/** Microseconds of a day as `hh:mm:ss[.ffffff]`, trailing zeros dropped. */
export function formatTimeOfDay(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const fraction = micros - seconds * 1_000_000;
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}

/** `2024-02-29 12:34:56.789`. */
export function formatTimestamp(micros: bigint): string {
  return formatLocal(micros, '');
}

/** In the zone's local time, with its offset: `2024-02-29 12:34:56+01`. */
export function formatTimestamptz(micros: bigint, zone: TimeZone): string {
  if (micros === TIMESTAMP_INFINITY || micros === TIMESTAMP_MINUS_INFINITY) return formatLocal(micros, '');
  const offset = zone.offsetAt(micros);
  return formatLocal(micros + BigInt(offset) * 1_000_000n, formatOffset(offset));
}

function formatLocal(micros: bigint, suffix: string): string {
  if (micros === TIMESTAMP_INFINITY) return 'infinity';
  if (micros === TIMESTAMP_MINUS_INFINITY) return '-infinity';
  const parts = splitMicros(micros);
  const { text, isBc } = dayText(parts.days);
  return `${text} ${formatTimeOfDay(parts.micros)}${suffix}${isBc ? ' BC' : ''}`;
}
