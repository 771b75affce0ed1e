import type { FormatSettings } from '../ports/query-handler.ts';
import { formatByteaEscape } from '../types/bytea.ts';
import { formatOffset, timeZoneOf } from '../types/time-zone.ts';
import { valueAt } from '../vector/access.ts';
import type { BytesVector, ColumnVector, Fixed16Vector, FixedVector } from '../vector/column-vector.ts';
import { readDecimal128Safe } from '../vector/decimal128.ts';
import type { ByteWriter } from './byte-writer.ts';
import { writeDigits, writeHexDigits, writeInteger, writeUuidText } from './digits.ts';
import { writeDay, writeLocalMicros } from './encode-moment.ts';
import { formatFloat4, formatFloat8 } from './float-text.ts';
import { valueToText } from './value-to-text.ts';

function writeDecimal(vector: Fixed16Vector, i: number, scale: number, out: ByteWriter): boolean {
  let value = readDecimal128Safe(vector.values, i);
  if (Number.isNaN(value) || scale > 15) return false;
  if (scale === 0) {
    writeInteger(value, out);
    return true;
  }
  if (value < 0) {
    out.uint8(0x2d);
    value = -value;
  }
  const unit = 10 ** scale;
  const whole = Math.floor(value / unit);
  writeInteger(whole, out);
  out.uint8(0x2e);
  writeDigits(value - whole * unit, scale, out);
  return true;
}

function writeHex(data: Uint8Array, start: number, end: number, out: ByteWriter): void {
  out.int16(0x5c78);
  writeHexDigits(data, start, end, out);
}

/** In the session's zone with its offset; UTC without asking anybody. */
function writeInstant(value: bigint, format: FormatSettings, out: ByteWriter): boolean {
  const micros = Number(value);
  if (!Number.isSafeInteger(micros)) return false;
  const offset = format.timeZone === 'UTC' ? 0 : timeZoneOf(format.timeZone).offsetAt(value);
  if (!writeLocalMicros(micros + offset * 1_000_000, out)) return false;
  if (offset === 0) {
    out.uint8(0x2b);
    out.int16(0x3030);
  } else out.text(formatOffset(offset));
  return true;
}

function writeBytes(
  vector: BytesVector,
  i: number,
  type: ColumnVector['type'],
  format: FormatSettings,
  out: ByteWriter,
): void {
  const start = vector.offsets[i]!;
  const end = vector.offsets[i + 1]!;
  if (type.kind !== 'bytea') out.range(vector.data, start, end);
  else if (format.byteaOutput === 'hex') writeHex(vector.data, start, end, out);
  else out.text(formatByteaEscape(vector.data.subarray(start, end)));
}

function writeFixed(vector: FixedVector, i: number, format: FormatSettings, out: ByteWriter): boolean {
  const { values, type } = vector;
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'oid':
      writeInteger(values[i] as number, out);
      return true;
    case 'int8': {
      const value = Number(values[i]);
      if (!Number.isSafeInteger(value)) return false;
      writeInteger(value, out);
      return true;
    }
    case 'float8':
      out.text(formatFloat8(values[i] as number, format.extraFloatDigits));
      return true;
    case 'float4':
      out.text(formatFloat4(values[i] as number, format.extraFloatDigits));
      return true;
    case 'date':
      return writeDay(values[i] as number, out);
    case 'timestamp': {
      const micros = Number(values[i]);
      return Number.isSafeInteger(micros) && writeLocalMicros(micros, out);
    }
    case 'timestamptz':
      return writeInstant(values[i] as bigint, format, out);
    default:
      return false;
  }
}

/** Appends PostgreSQL's text of value i, which is not NULL. What `valueToText` gives, mostly without making the string. */
export function encodeText(vector: ColumnVector, i: number, format: FormatSettings, out: ByteWriter): void {
  switch (vector.kind) {
    case 'bytes':
      writeBytes(vector, i, vector.type, format, out);
      return;
    case 'dictionary':
      writeBytes(vector.dictionary, vector.codes[i]!, vector.type, format, out);
      return;
    case 'bits':
      out.uint8((vector.values[i >> 3]! & (1 << (i & 7))) !== 0 ? 0x74 : 0x66);
      return;
    case 'fixed':
      if (writeFixed(vector, i, format, out)) return;
      break;
    case 'fixed16':
      if (vector.type.kind === 'uuid') {
        writeUuidText(vector.values, i, out);
        return;
      }
      if (vector.type.kind === 'numeric' && writeDecimal(vector, i, vector.type.scale ?? 0, out)) return;
      break;
    case 'constant':
    case 'list':
      break;
    default:
      vector satisfies never;
  }
  out.text(valueToText(vector.type, valueAt(vector, i), format));
}
