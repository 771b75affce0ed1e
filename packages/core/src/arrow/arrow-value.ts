import { DataType as ArrowType, type Data } from 'apache-arrow';
import { castNumber } from '../cast/cast-number.ts';
import { utf8ToString, validateUtf8 } from '../codec/utf8.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import { failure } from '../errors/table.ts';
import { isDateInRange, isTimestampInRange, MICROS_PER_DAY, splitMicros } from '../types/civil.ts';
import { type DataType, formatType, layoutOf } from '../types/data-type.ts';
import { formatDecimal } from '../types/numeric.ts';
import type { Value } from '../types/value.ts';
import { readDecimal128 } from '../vector/decimal128.ts';
import { readUuid } from '../vector/fixed16.ts';

/** Microseconds a unit of an Arrow timestamp (s, ms, us); nanoseconds are divided, downwards. */
const MICROS_PER_UNIT: readonly bigint[] = [1_000_000n, 1_000n, 1n];

function unsupported(from: ArrowType, to: DataType): Error {
  return failure('notSupported', { feature: `reading Arrow ${String(from)} as ${formatType(to)}` });
}

function textAt(data: Data, i: number): string {
  const offsets = data.valueOffsets as Int32Array | BigInt64Array;
  const start = Number(offsets[i]!);
  const end = Number(offsets[i + 1]!);
  validateUtf8(data.values as Uint8Array, start, end);
  return utf8ToString(data.values as Uint8Array, start, end);
}

function bytesAt(data: Data, i: number): Uint8Array {
  const from = data.type as ArrowType;
  const values = data.values as Uint8Array;
  if (ArrowType.isFixedSizeBinary(from)) return values.slice(i * from.byteWidth, (i + 1) * from.byteWidth);
  const offsets = data.valueOffsets as Int32Array | BigInt64Array;
  return values.slice(Number(offsets[i]!), Number(offsets[i + 1]!));
}

function isText(type: DataType): boolean {
  return layoutOf(type) === 'bytes' && type.kind !== 'bytea' && type.kind !== 'numeric';
}

function isNumber(type: DataType): boolean {
  return ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'].includes(type.kind);
}

/** The instant in microseconds; 22008 outside the range. */
function microsAt(data: Data, i: number): bigint {
  const { unit } = data.type as ArrowType & { readonly unit: number };
  const value = (data.values as BigInt64Array)[i]!;
  const factor = MICROS_PER_UNIT[unit];
  const micros = factor === undefined ? (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n : value * factor;
  if (!isTimestampInRange(micros)) throw failure('datetimeOutOfRange', { what: 'timestamp' });
  return micros;
}

/** Days of a date in days or milliseconds. */
function daysAt(data: Data, i: number): number {
  const { unit } = data.type as ArrowType & { readonly unit: number };
  const raw = (data.values as Int32Array | BigInt64Array)[i]!;
  const days = unit === 0 ? Number(raw) : Math.floor(Number(raw) / 86_400_000);
  if (!isDateInRange(days)) throw failure('datetimeOutOfRange', { what: 'date' });
  return days;
}

function moment(data: Data, i: number, to: DataType): Value {
  const from = data.type as ArrowType;
  if (ArrowType.isDate(from)) {
    const days = daysAt(data, i);
    if (to.kind === 'date') return days;
    return to.kind === 'timestamp' || to.kind === 'timestamptz' ? BigInt(days) * MICROS_PER_DAY : missing(from, to);
  }
  const micros = microsAt(data, i);
  if (to.kind === 'timestamp' || to.kind === 'timestamptz') return micros;
  return to.kind === 'date' ? splitMicros(micros).days : missing(from, to);
}

function missing(from: ArrowType, to: DataType): never {
  throw unsupported(from, to);
}

function decimalText(data: Data, i: number): string {
  const { scale, bitWidth } = data.type as ArrowType & { readonly scale: number; readonly bitWidth: number };
  const words = data.values as Uint32Array;
  if (bitWidth === 128) {
    return formatDecimal(readDecimal128(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), i), scale);
  }
  const width = bitWidth / 32;
  let coefficient = BigInt(words[(i + 1) * width - 1]! | 0);
  for (let k = (i + 1) * width - 2; k >= i * width; k -= 1) coefficient = (coefficient << 32n) | BigInt(words[k]!);
  return formatDecimal(coefficient, scale);
}

/** Value i, which is not NULL, of Arrow data as a value of the requested type. */
export function readArrowValue(data: Data, i: number, to: DataType): Value {
  const from = data.type as ArrowType;
  if (ArrowType.isDictionary(from)) return dictionaryValue(data, i, to);
  if (ArrowType.isUtf8(from) || ArrowType.isLargeUtf8(from)) return valueFromText(to, textAt(data, i));
  if (ArrowType.isBinary(from) || ArrowType.isLargeBinary(from) || ArrowType.isFixedSizeBinary(from)) {
    if (to.kind === 'bytea') return bytesAt(data, i);
    if (to.kind === 'uuid' && ArrowType.isFixedSizeBinary(from) && from.byteWidth === 16)
      return readUuid(data.values as Uint8Array, i);
    return isText(to) && !ArrowType.isFixedSizeBinary(from) ? valueFromText(to, textAt(data, i)) : missing(from, to);
  }
  if (ArrowType.isTimestamp(from) || ArrowType.isDate(from)) return moment(data, i, to);
  if (ArrowType.isDecimal(from) && isNumber(to))
    return castNumber(decimalText(data, i), { kind: 'numeric', precision: null, scale: null }, to);
  if (ArrowType.isInt(from)) return integerValueAt(data, i, to);
  if (ArrowType.isFloat(from) && from.precision !== 0 && isNumber(to)) {
    return castNumber((data.values as Float64Array)[i]!, { kind: from.precision === 1 ? 'float4' : 'float8' }, to);
  }
  if (ArrowType.isInterval(from) && from.unit === 2 && to.kind === 'interval') return intervalAt(data, i);
  if (to.kind === 'array') return arrayAt(data, i, to);
  return missing(from, to);
}

function integerValueAt(data: Data, i: number, to: DataType): Value {
  const value = BigInt((data.values as Int32Array | BigInt64Array)[i]!);
  if (isNumber(to)) return castNumber(value.toString(), { kind: 'numeric', precision: null, scale: null }, to);
  if (layoutOf(to) === 'uint32' && value >= 0n && value <= 0xffff_ffffn) return Number(value);
  return to.kind === 'bool' && value >= 0n && value <= 1n ? value === 1n : missing(data.type as ArrowType, to);
}

function intervalAt(data: Data, i: number): Value {
  const words = data.values as Int32Array;
  const nanos = (BigInt(words[i * 4 + 3]!) << 32n) | BigInt(words[i * 4 + 2]! >>> 0);
  return { months: words[i * 4]!, days: words[i * 4 + 1]!, micros: nanos / 1000n };
}

/** A dictionary may come in several pieces. */
function dictionaryValue(data: Data, i: number, to: DataType): Value {
  let code = Number((data.values as Int32Array)[i]!);
  for (const piece of data.dictionary?.data ?? []) {
    if (code < piece.length) return piece.getValid(code) ? readArrowValue(piece, code, to) : null;
    code -= piece.length;
  }
  return missing(data.type as ArrowType, to);
}

function arrayAt(data: Data, i: number, to: DataType & { kind: 'array' }): Value {
  const from = data.type as ArrowType;
  const child = data.children[0];
  if (child === undefined) return missing(from, to);
  let start: number;
  let end: number;
  if (ArrowType.isFixedSizeList(from)) {
    start = i * from.listSize;
    end = start + from.listSize;
  } else if (ArrowType.isList(from) || ArrowType.isLargeList(from)) {
    start = Number((data.valueOffsets as Int32Array)[i]!);
    end = Number((data.valueOffsets as Int32Array)[i + 1]!);
  } else return missing(from, to);
  const items: Value[] = [];
  for (let k = start; k < end; k += 1) items.push(child.getValid(k) ? readArrowValue(child, k, to.item) : null);
  return items;
}
