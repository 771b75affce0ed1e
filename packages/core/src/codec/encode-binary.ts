import { DATE_INFINITY, DATE_MINUS_INFINITY, TIMESTAMP_INFINITY, TIMESTAMP_MINUS_INFINITY } from '../types/civil.ts';
import type { DataType } from '../types/data-type.ts';
import { parseNumeric } from '../types/numeric.ts';
import { oidOf } from '../types/oid.ts';
import type { Interval, Value } from '../types/value.ts';
import { valueAt } from '../vector/access.ts';
import type { BytesVector, ColumnVector, FixedVector } from '../vector/column-vector.ts';
import { readDecimal128 } from '../vector/decimal128.ts';
import { writeUuid } from '../vector/fixed16.ts';
import { EPOCH_2000_DAYS, EPOCH_2000_MICROS } from './binary-input.ts';
import type { ByteWriter } from './byte-writer.ts';
import { writeNumericBinary, writeNumericSpecial } from './numeric-binary.ts';

function writeDate(days: number, out: ByteWriter): void {
  out.int32(days === DATE_INFINITY || days === DATE_MINUS_INFINITY ? days : days - EPOCH_2000_DAYS);
}
function writeTimestamp(micros: bigint, out: ByteWriter): void {
  out.int64(micros === TIMESTAMP_INFINITY || micros === TIMESTAMP_MINUS_INFINITY ? micros : micros - EPOCH_2000_MICROS);
}

function writeFixed(type: DataType, value: number | bigint, out: ByteWriter): void {
  switch (type.kind) {
    case 'int2':
      out.int16(value as number);
      return;
    case 'int8':
      out.int64(value as bigint);
      return;
    case 'float4':
      out.float32(value as number);
      return;
    case 'float8':
      out.float64(value as number);
      return;
    case 'date':
      writeDate(value as number, out);
      return;
    case 'timestamp':
    case 'timestamptz':
      writeTimestamp(value as bigint, out);
      return;
    default:
      out.int32((value as number) | 0);
      return;
  }
}

function writeBytes(vector: BytesVector, i: number, type: DataType, out: ByteWriter): void {
  if (type.kind === 'numeric') {
    writeValue(type, valueAt(vector, i), out);
    return;
  }
  if (type.kind === 'jsonb') out.uint8(1);
  out.range(vector.data, vector.offsets[i]!, vector.offsets[i + 1]!);
}

function writeValue(type: DataType, value: Value, out: ByteWriter): void {
  switch (type.kind) {
    case 'bool':
      out.uint8(value === true ? 1 : 0);
      return;
    case 'numeric': {
      const number = parseNumeric(value as string);
      if (!writeNumericSpecial(number.special, out)) writeNumericBinary(number.coefficient, number.scale, out);
      return;
    }
    case 'uuid':
      writeUuid(out.ensure(16).subarray(out.length), 0, value as string);
      out.advance(16);
      return;
    case 'interval':
      writeInterval(value as Interval, out);
      return;
    case 'bytea':
      out.bytes(value as Uint8Array);
      return;
    case 'jsonb':
      out.uint8(1);
      out.text(value as string);
      return;
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
    case 'json':
    case 'unknown':
    case 'void':
      out.text(value as string);
      return;
    case 'array':
      writeArray(type.item, value as readonly Value[], out);
      return;
    default:
      writeFixed(type, value as number | bigint, out);
      return;
  }
}

function writeInterval(value: Interval, out: ByteWriter): void {
  out.int64(value.micros);
  out.int32(value.days);
  out.int32(value.months);
}

function writeArray(item: DataType, items: readonly Value[], out: ByteWriter): void {
  out.int32(items.length === 0 ? 0 : 1);
  out.int32(items.includes(null) ? 1 : 0);
  out.int32(oidOf(item));
  if (items.length === 0) return;
  out.int32(items.length);
  out.int32(1);
  for (const value of items) {
    if (value === null) {
      out.int32(-1);
      continue;
    }
    const at = out.length;
    out.int32(0);
    writeValue(item, value, out);
    out.patchInt32(at, out.length - at - 4);
  }
}

/** Appends PostgreSQL's binary form of value i, which is not NULL; without its length. */
export function encodeBinary(vector: ColumnVector, i: number, out: ByteWriter): void {
  switch (vector.kind) {
    case 'fixed':
      writeFixed(vector.type, (vector as FixedVector).values[i]!, out);
      return;
    case 'bits':
      out.uint8((vector.values[i >> 3]! & (1 << (i & 7))) !== 0 ? 1 : 0);
      return;
    case 'bytes':
      writeBytes(vector, i, vector.type, out);
      return;
    case 'dictionary':
      writeBytes(vector.dictionary, vector.codes[i]!, vector.type, out);
      return;
    case 'fixed16':
      if (vector.type.kind === 'uuid') {
        out.range(vector.values, i * 16, i * 16 + 16);
        return;
      }
      if (vector.type.kind === 'numeric') {
        writeNumericBinary(readDecimal128(vector.values, i), vector.type.scale ?? 0, out);
      } else writeValue(vector.type, valueAt(vector, i), out);
      return;
    case 'constant':
    case 'list':
      writeValue(vector.type, valueAt(vector, i), out);
      return;
    default:
      vector satisfies never;
      return;
  }
}
