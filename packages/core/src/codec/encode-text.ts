import type { FormatSettings } from '../ports/query-handler.ts';
import { formatByteaEscape } from '../types/bytea.ts';
import { valueAt } from '../vector/access.ts';
import type { BytesVector, ColumnVector, Fixed16Vector, FixedVector } from '../vector/column-vector.ts';
import { readDecimal128Safe } from '../vector/decimal128.ts';
import type { ByteWriter } from './byte-writer.ts';
import { formatFloat4, formatFloat8 } from './float-text.ts';
import { valueToText } from './value-to-text.ts';

/** Decimal digits of a safe integer. */
export function writeInteger(value: number, out: ByteWriter): void {
  if (value < 0) {
    out.uint8(0x2d);
    value = -value;
  }
  let width = 1;
  for (let limit = 10; value >= limit; limit *= 10) width += 1;
  writeDigits(value, width, out);
}

/** Exactly `width` decimal digits, zeros in front. */
function writeDigits(value: number, width: number, out: ByteWriter): void {
  const target = out.ensure(width);
  const at = out.length;
  let rest = value;
  for (let k = at + width - 1; k >= at; k -= 1) {
    const next = Math.floor(rest / 10);
    target[k] = 48 + rest - next * 10;
    rest = next;
  }
  out.advance(width);
}

/** A BigInt64Array's element as a safe integer through its halves, or NaN. */
function safeInt64(values: BigInt64Array, i: number): number {
  const value = values[i]!;
  return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : Number.NaN;
}

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

const HEX: Uint8Array = new TextEncoder().encode('0123456789abcdef');

function writeHex(data: Uint8Array, start: number, end: number, out: ByteWriter): void {
  const target = out.ensure((end - start) * 2 + 2);
  let at = out.length;
  target[at] = 0x5c;
  target[at + 1] = 0x78;
  at += 2;
  for (let k = start; k < end; k += 1, at += 2) {
    target[at] = HEX[data[k]! >> 4]!;
    target[at + 1] = HEX[data[k]! & 15]!;
  }
  out.advance((end - start) * 2 + 2);
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
      const value = safeInt64(values as BigInt64Array, i);
      if (Number.isNaN(value)) return false;
      writeInteger(value, out);
      return true;
    }
    case 'float8':
      out.text(formatFloat8(values[i] as number, format.extraFloatDigits));
      return true;
    case 'float4':
      out.text(formatFloat4(values[i] as number, format.extraFloatDigits));
      return true;
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
