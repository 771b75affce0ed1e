import { failure } from '../errors/table.ts';
import {
  DATE_INFINITY,
  DATE_MINUS_INFINITY,
  isDateInRange,
  isTimestampInRange,
  TIMESTAMP_INFINITY,
  TIMESTAMP_MINUS_INFINITY,
} from '../types/civil.ts';
import type { DataType } from '../types/data-type.ts';
import { canonicalJsonb, validateJson } from '../types/json.ts';
import { formatDecimal, formatNumeric } from '../types/numeric.ts';
import { coefficientFor } from '../types/numeric-convert.ts';
import { fitText } from '../types/text-length.ts';
import type { Value } from '../types/value.ts';
import { readUuid } from '../vector/fixed16.ts';
import { readArrayBinary } from './array-binary.ts';
import { readNumericBinary } from './numeric-binary.ts';
import { utf8ToString, validateUtf8 } from './utf8.ts';

/** PostgreSQL counts from 2000-01-01. */
export const EPOCH_2000_DAYS = 10_957;
export const EPOCH_2000_MICROS = 946_684_800_000_000n;

/** 22P03 of a value whose bytes do not fit its type. */
export function badBinary(type: DataType): Error {
  return failure('invalidBinaryValue', { type: type.kind });
}

/** One value's bytes: a view for each of them would cost more than reading it. */
const VALUE: Uint8Array = new Uint8Array(16);
const VALUE_VIEW: DataView = new DataView(VALUE.buffer);

/** The value's bytes, to be read at once. */
function viewOf(type: DataType, bytes: Uint8Array, start: number, end: number, width: number): DataView {
  if (end - start !== width) throw badBinary(type);
  for (let i = 0; i < width; i += 1) VALUE[i] = bytes[start + i]!;
  return VALUE_VIEW;
}

function readDate(view: DataView): number {
  const days = view.getInt32(0);
  if (days === DATE_INFINITY || days === DATE_MINUS_INFINITY) return days;
  if (!isDateInRange(days + EPOCH_2000_DAYS)) throw failure('datetimeOutOfRange', { what: 'date' });
  return days + EPOCH_2000_DAYS;
}

function readTimestamp(view: DataView): bigint {
  const micros = view.getBigInt64(0);
  if (micros === TIMESTAMP_INFINITY || micros === TIMESTAMP_MINUS_INFINITY) return micros;
  if (!isTimestampInRange(micros + EPOCH_2000_MICROS)) throw failure('datetimeOutOfRange', { what: 'timestamp' });
  return micros + EPOCH_2000_MICROS;
}

/** Binary input of a type of fixed width, from bytes `[start, end)`: big-endian, dates and times from 2000. */
export function readBinaryFixed(
  type: DataType,
  bytes: Uint8Array,
  start: number,
  end: number,
): number | bigint | boolean {
  switch (type.kind) {
    case 'bool':
      if (end - start !== 1) throw badBinary(type);
      return bytes[start] !== 0;
    case 'int2':
      return viewOf(type, bytes, start, end, 2).getInt16(0);
    case 'int4':
      return viewOf(type, bytes, start, end, 4).getInt32(0);
    case 'int8':
      return viewOf(type, bytes, start, end, 8).getBigInt64(0);
    case 'float4':
      return viewOf(type, bytes, start, end, 4).getFloat32(0);
    case 'float8':
      return viewOf(type, bytes, start, end, 8).getFloat64(0);
    case 'date':
      return readDate(viewOf(type, bytes, start, end, 4));
    case 'timestamp':
    case 'timestamptz':
      return readTimestamp(viewOf(type, bytes, start, end, 8));
    default:
      return viewOf(type, bytes, start, end, 4).getUint32(0);
  }
}

/** PostgreSQL's binary input of one value, modifiers enforced. 22P03, 22021, 22001, 22003. */
export function valueFromBinary(type: DataType, bytes: Uint8Array): Value {
  switch (type.kind) {
    case 'numeric': {
      const text = readNumericBinary(bytes);
      if (type.precision === null) return formatNumeric(text);
      return formatDecimal(coefficientFor(text, type.precision, type.scale ?? 0), type.scale ?? 0);
    }
    case 'uuid':
      if (bytes.length !== 16) throw badBinary(type);
      return readUuid(bytes, 0);
    case 'interval': {
      const view = viewOf(type, bytes, 0, bytes.length, 16);
      return { months: view.getInt32(12), days: view.getInt32(8), micros: view.getBigInt64(0) };
    }
    case 'bytea':
      return bytes.slice();
    case 'array':
      return readArrayBinary(type.item, bytes, (item) => valueFromBinary(type.item, item));
    case 'jsonb':
      if (bytes[0] !== 1) throw failure('unsupportedJsonbVersion', { version: bytes[0] ?? 0 });
      return canonicalJsonb(textOf(bytes.subarray(1)));
    case 'json': {
      const text = textOf(bytes);
      validateJson(text);
      return text;
    }
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
    case 'unknown':
    case 'void':
      return fitText(type, textOf(bytes), 'assignment');
    default:
      return readBinaryFixed(type, bytes, 0, bytes.length);
  }
}

function textOf(bytes: Uint8Array): string {
  validateUtf8(bytes, 0, bytes.length);
  return utf8ToString(bytes, 0, bytes.length);
}
