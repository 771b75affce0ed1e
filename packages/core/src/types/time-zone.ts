import { failure } from '../errors/table.ts';
import { daysFromCivil } from './civil.ts';

/** A time zone: a fixed offset or one of the IANA database (through Intl). */
export interface TimeZone {
  /** The canonical spelling, as `SHOW TimeZone` prints it. */
  readonly name: string;
  /** Seconds east of UTC at an instant (microseconds since 1970 UTC). */
  offsetAt(utcMicros: bigint): number;
}

const ZONES_MAX = 64;
const BUCKETS_MAX = 4_096;
/** 2^20 seconds, some 12 days: no zone changes its offset twice within. */
const BUCKET_SECONDS = 1_048_576;
/** Outside these years (1801..2430) an equivalent instant inside is asked: before there are no rules, after they repeat. */
const EARLIEST_SECONDS: number = daysFromCivil(1801, 1, 1) * 86_400;
const LATEST_SECONDS: number = daysFromCivil(2430, 1, 1) * 86_400;
const CYCLE_SECONDS = 146_097 * 86_400;

class FixedZone implements TimeZone {
  readonly name: string;
  readonly #seconds: number;
  constructor(name: string, seconds: number) {
    this.name = name;
    this.#seconds = seconds;
  }
  offsetAt(): number {
    return this.#seconds;
  }
}

type Bucket = number | { readonly before: number; readonly changeSeconds: number; readonly after: number };

/** Offsets are remembered per 12-day bucket, with the instant of the change where a bucket has one. */
class IanaZone implements TimeZone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #buckets = new Map<number, Bucket>();

  constructor(name: string, format: Intl.DateTimeFormat) {
    this.name = name;
    this.#format = format;
  }

  offsetAt(utcMicros: bigint): number {
    let seconds = Number(utcMicros / 1_000_000n);
    if (utcMicros < 0n && utcMicros % 1_000_000n !== 0n) seconds -= 1;
    if (seconds < EARLIEST_SECONDS) seconds = EARLIEST_SECONDS;
    else if (seconds >= LATEST_SECONDS) {
      seconds -= Math.ceil((seconds - LATEST_SECONDS + 1) / CYCLE_SECONDS) * CYCLE_SECONDS;
    }
    const key = Math.floor(seconds / BUCKET_SECONDS);
    const bucket = this.#buckets.get(key) ?? this.#fill(key);
    return typeof bucket === 'number' ? bucket : seconds < bucket.changeSeconds ? bucket.before : bucket.after;
  }

  #fill(key: number): Bucket {
    let low = key * BUCKET_SECONDS;
    let high = low + BUCKET_SECONDS - 1;
    const before = this.#ask(low);
    const after = this.#ask(high);
    while (before !== after && high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle) === before) low = middle;
      else high = middle;
    }
    const bucket: Bucket = before === after ? before : { before, changeSeconds: high, after };
    if (this.#buckets.size >= BUCKETS_MAX) this.#buckets.clear();
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #ask(seconds: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(seconds * 1000)) part[type] = Number(value);
    const local =
      daysFromCivil(part['year']!, part['month']!, part['day']!) * 86_400 +
      part['hour']! * 3600 +
      part['minute']! * 60 +
      part['second']!;
    return local - seconds;
  }
}

const UTC: TimeZone = new FixedZone('UTC', 0);
const UTC_NAMES: ReadonlySet<string> = new Set([
  'utc',
  'gmt',
  'z',
  'zulu',
  'etc/utc',
  'etc/gmt',
  'uct',
  'etc/uct',
  'universal',
  'greenwich',
  'gmt0',
]);

/** Zones by lower-case name; null = known not to exist. Bounded: emptied when full. */
const zones = new Map<string, TimeZone | null>();

/** The zone of a name (any case), of `UTC`, or of a POSIX offset like `<+02>-02` or `UTC+3` (positive = west). undefined if unknown. */
export function findTimeZone(name: string): TimeZone | undefined {
  const key = name.toLowerCase();
  const known = zones.get(key);
  if (known !== undefined) return known ?? undefined;
  const zone = makeZone(name, key);
  if (zones.size >= ZONES_MAX) zones.clear();
  zones.set(key, zone);
  return zone ?? undefined;
}

/** As `findTimeZone`; 22023 if unknown. */
export function timeZoneOf(name: string): TimeZone {
  const zone = findTimeZone(name);
  if (zone === undefined) throw failure('invalidTimeZone', { value: name });
  return zone;
}

function makeZone(name: string, key: string): TimeZone | null {
  if (UTC_NAMES.has(key)) return key === 'utc' ? UTC : new FixedZone(canonicalUtcName(name, key), 0);
  const posix = /^(?:<([+-]?\w+)>|[A-Za-z]{3,})?([+-]?)(\d{1,2})(?::?(\d{2}))?(?::(\d{2}))?$/.exec(name);
  if (posix !== null) {
    const hours = Number(posix[3]);
    const seconds = hours * 3600 + Number(posix[4] ?? 0) * 60 + Number(posix[5] ?? 0);
    return hours > 15 ? null : new FixedZone(name, posix[2] === '-' ? seconds : -seconds);
  }
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return new IanaZone(zoneSpelling(name, format.resolvedOptions().timeZone), format);
  } catch {
    return null;
  }
}

function canonicalUtcName(name: string, key: string): string {
  return key.startsWith('etc/')
    ? `Etc/${key.slice(4).toUpperCase()}`
    : key === 'gmt' || key === 'uct'
      ? key.toUpperCase()
      : name;
}

/** Intl resolves links (`US/Pacific` to `America/Los_Angeles`); PostgreSQL keeps the name that was asked for, with its usual capitals. */
function zoneSpelling(asked: string, resolved: string): string {
  if (asked.toLowerCase() === resolved.toLowerCase()) return resolved;
  return asked === asked.toLowerCase()
    ? asked.replace(/(^|[/_-])([a-z])/g, (_, edge: string, c: string) => edge + c.toUpperCase())
    : asked;
}

/** A zone with a fixed offset, printed as PostgreSQL does after `SET TIME ZONE 2` (`<+02>-02`). */
export function fixedTimeZone(secondsEast: number): TimeZone {
  const text = formatOffset(secondsEast);
  return new FixedZone(`<${text}>${text.startsWith('-') ? '+' : '-'}${text.slice(1)}`, secondsEast);
}

/** `+02`, `-07:30`, `-07:52:58`: the offset as timestamptz output ends with it. */
export function formatOffset(secondsEast: number): string {
  const total = Math.abs(secondsEast);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const seconds = total % 60;
  const tail = seconds !== 0 ? `:${two(minutes)}:${two(seconds)}` : minutes !== 0 ? `:${two(minutes)}` : '';
  return `${secondsEast < 0 ? '-' : '+'}${two(Math.floor(total / 3600))}${tail}`;
}

/**
 * Local time to UTC as PostgreSQL does: a time inside a gap is read with the offset from before, an ambiguous one with the offset from
 * after the change (standard time in both cases).
 */
export function localToUtc(zone: TimeZone, localMicros: bigint): bigint {
  if (zone instanceof FixedZone) return localMicros - BigInt(zone.offsetAt()) * 1_000_000n;
  const before = zone.offsetAt(localMicros - 86_400_000_000n);
  const after = zone.offsetAt(localMicros + 86_400_000_000n);
  const early = localMicros - BigInt(before) * 1_000_000n;
  if (before === after) return early;
  const late = localMicros - BigInt(after) * 1_000_000n;
  if (zone.offsetAt(late) === after) return late;
  return early;
}

/** UTC to local time in a zone. */
export function utcToLocal(zone: TimeZone, utcMicros: bigint): bigint {
  return utcMicros + BigInt(zone.offsetAt(utcMicros)) * 1_000_000n;
}
