import { civilFromDays, type DataType, daysFromCivil, failure, splitMicros, type Value } from '@millrace/core';

/**
 * A partition value as `add.partitionValues` has it ("Partition Value Serialization"). null for NULL. Timestamps are
 * written with their zone (`2024-01-01T00:00:00.000000Z`), those without one the old way; floats as Java prints them.
 */
export function formatPartitionValue(type: DataType, value: Value): string | null {
  if (value === null) return null;
  switch (type.kind) {
    case 'date':
      return dateText(value as number);
    case 'timestamp':
      return timestampText(value as bigint, ' ', 6);
    case 'timestamptz':
      return `${timestampText(value as bigint, 'T', 6)}Z`;
    case 'float4':
      return javaDouble(shortestFloat(value as number));
    case 'float8':
      return javaDouble(value as number);
    default:
      return String(value);
  }
}

/** The inverse; also of other engines' forms. XX001 naming the column if the text is not of the type. */
export function parsePartitionValue(type: DataType, text: string | null | undefined, column: string): Value {
  if (text === null || text === undefined || text === '') return null;
  const value = parseByType(type, text);
  if (value === undefined) {
    const message = `partition value ${JSON.stringify(text)} of column "${column}" is not of type ${type.kind}`;
    throw failure('dataCorrupted', { message });
  }
  return value;
}

function parseByType(type: DataType, text: string): Value | undefined {
  switch (type.kind) {
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'int2':
    case 'int4':
    case 'oid':
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    case 'int8':
      return /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;
    case 'float4':
    case 'float8': {
      const value = Number(text);
      return Number.isNaN(value) && text !== 'NaN' ? undefined : type.kind === 'float4' ? Math.fround(value) : value;
    }
    case 'numeric':
      return type.precision === null ? text : parseDecimal(text, type.scale ?? 0);
    case 'date':
      return parseDate(text);
    case 'timestamp':
    case 'timestamptz':
      return parseTimestamp(text);
    default:
      return text;
  }
}

/** Brings `1`, `1.5` to the column's scale, as the vectors have it. */
function parseDecimal(text: string, scale: number): string | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return undefined;
  const digits = match[2]!.replace(/^0+(?=\d)/, '');
  const isZero = digits === '0' && fraction === '';
  return `${match[1] === '-' && !isZero ? '-' : ''}${digits}${scale === 0 ? '' : `.${fraction.padEnd(scale, '0')}`}`;
}

/** `2024-02-29`. Years outside 0001..9999 get a sign, as ISO 8601 has it; other engines do not read them. */
export function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days);
  const yearText = year >= 0 && year <= 9999 ? pad(year, 4) : `${year < 0 ? '-' : '+'}${pad(Math.abs(year), 6)}`;
  return `${yearText}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** `2024-02-29T12:00:00.000000` with this separator and 3 or 6 digits of a second (rounded down). */
export function timestampText(micros: bigint, separator: ' ' | 'T', digits: 3 | 6): string {
  const { days, micros: rest } = splitMicros(micros);
  const seconds = Math.floor(rest / 1_000_000);
  const fraction = digits === 6 ? pad(rest % 1_000_000, 6) : pad(Math.floor((rest % 1_000_000) / 1_000), 3);
  const time = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${dateText(days)}${separator}${time}.${fraction}`;
}

const DATE = /^([+-]?\d{4,6})-(\d{1,2})-(\d{1,2})$/;
const TIMESTAMP =
  /^([+-]?\d{4,6}-\d{1,2}-\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(?:(Z|UTC)|([+-])(\d{2}):?(\d{2}))?$/;

/** Days since 1970 of an ISO date; undefined if it is none. */
export function parseDate(text: string): number | undefined {
  const match = DATE.exec(text);
  return match === null ? undefined : daysFromCivil(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** Microseconds since 1970 of an ISO timestamp; without a zone it is taken as UTC. Undefined if it is none. */
export function parseTimestamp(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const days = parseDate(match[1]!);
  if (days === undefined) return undefined;
  const seconds = Number(match[2] ?? 0) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  const fraction = Number((match[5] ?? '').padEnd(6, '0').slice(0, 6));
  const offset =
    match[7] === undefined ? 0 : (Number(match[8]) * 3600 + Number(match[9]) * 60) * (match[7] === '-' ? -1 : 1);
  return (BigInt(days) * 86_400n + BigInt(seconds - offset)) * 1_000_000n + BigInt(fraction);
}

/** The shortest decimal that is this float4, as a double. */
function shortestFloat(value: number): number {
  if (!Number.isFinite(value)) return value;
  for (let precision = 1; precision <= 9; precision++) {
    const candidate = Number(value.toPrecision(precision));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** `Double.toString`: `1.0`, `1.0E10`, `-0.0`, `NaN`. */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

function pad(value: number, width: number): string {
  return value.toString().padStart(width, '0');
}
