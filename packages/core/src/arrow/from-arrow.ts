import {
  type Field as ArrowField,
  type RecordBatch as ArrowRecordBatch,
  DataType as ArrowType,
  type Data,
} from 'apache-arrow';
import { assert } from '../errors/millrace-error.ts';
import { failure } from '../errors/table.ts';
import { type DataType, formatType, isTextLike, layoutOf, types } from '../types/data-type.ts';
import { sliceBitmap } from '../vector/bitmap.ts';
import { createVectorBuilder } from '../vector/builder.ts';
import type { ColumnVector, RecordBatch } from '../vector/column-vector.ts';
import { pgTypeOf } from './arrow-type.ts';
import { readArrowValue } from './arrow-value.ts';

/** Bytes of NULL slots and bits before an offset never show: the bitmap starts at bit 0 afterwards. */
function validityOf(data: Data): Uint8Array | null {
  if (data.nullCount === 0 || data.nullBitmap === null || data.nullBitmap.length === 0) return null;
  return sliceBitmap(data.nullBitmap, data.offset, data.offset + data.length);
}

/** Whether a value of the Arrow type lies in memory exactly as in a vector of this type. */
function isSameLayout(from: ArrowType, type: DataType): boolean {
  switch (layoutOf(type)) {
    case 'bits':
      return ArrowType.isBool(from);
    case 'int16':
      return ArrowType.isInt(from) && from.isSigned && from.bitWidth === 16;
    case 'int32':
      return type.kind === 'date' ? ArrowType.isDate(from) && from.unit === 0 : isInt(from, 32, true);
    case 'uint32':
      return isInt(from, 32, false);
    case 'int64':
      return type.kind === 'int8' ? isInt(from, 64, true) : ArrowType.isTimestamp(from) && from.unit === 2;
    case 'float32':
      return ArrowType.isFloat(from) && from.precision === 1;
    case 'float64':
      return ArrowType.isFloat(from) && from.precision === 2;
    case 'fixed16':
      if (type.kind === 'uuid') return ArrowType.isFixedSizeBinary(from) && from.byteWidth === 16;
      if (type.kind !== 'numeric' || !ArrowType.isDecimal(from) || from.bitWidth !== 128) return false;
      return from.scale === (type.scale ?? 0) && from.precision <= (type.precision ?? 38);
    case 'bytes':
      if (type.kind === 'bytea') return ArrowType.isBinary(from);
      // What has rules of its own (a length, canonical forms) is checked value by value.
      return (
        ArrowType.isUtf8(from) &&
        (type.kind === 'text' || (type.kind === 'varchar' && type.length === null) || type.kind === 'unknown')
      );
    case 'list':
      return false;
    default:
      return false;
  }
}

function isInt(from: ArrowType, bits: number, isSigned: boolean): boolean {
  return ArrowType.isInt(from) && from.bitWidth === bits && from.isSigned === isSigned;
}

/** The same memory as a vector. */
function wrap(data: Data, type: DataType): ColumnVector {
  const { length } = data;
  const validity = validityOf(data);
  switch (layoutOf(type)) {
    case 'bits':
      return {
        kind: 'bits',
        type,
        length,
        validity,
        values: sliceBitmap(data.values as Uint8Array, data.offset, data.offset + length),
      };
    case 'fixed16': {
      const source = data.values as Uint8Array | Uint32Array;
      const values = new Uint8Array(source.buffer, source.byteOffset, length * 16);
      return { kind: 'fixed16', type, length, validity, values };
    }
    case 'bytes':
      return {
        kind: 'bytes',
        type,
        length,
        validity,
        offsets: data.valueOffsets as Int32Array,
        data: data.values as Uint8Array,
      };
    default:
      return { kind: 'fixed', type, length, validity, values: (data.values as Float64Array).subarray(0, length) };
  }
}

/** int32 codes of any integer index type. */
function codesOf(data: Data): Int32Array {
  const codes = data.values as Int32Array | BigInt64Array;
  if (codes instanceof Int32Array) return codes.subarray(0, data.length);
  const result = new Int32Array(data.length);
  for (let i = 0; i < data.length; i += 1) result[i] = Number(codes[i]!);
  return result;
}

/** Dictionaries of strings stay dictionaries; others are read value by value. */
function fromDictionary(data: Data, type: DataType): ColumnVector | null {
  const dictionary = data.dictionary?.data;
  if (
    dictionary === undefined ||
    dictionary.length !== 1 ||
    !isSameLayout(dictionary[0]!.type, type) ||
    !isTextLike(type)
  )
    return null;
  const values = wrap(dictionary[0]!, type);
  assert(values.kind === 'bytes', 'a dictionary of text is bytes');
  const validity = validityOf(data);
  const codes = codesOf(data);
  if (validity !== null || values.validity !== null) {
    if (values.validity !== null) return null;
    const clean = codes.slice();
    for (let i = 0; i < clean.length; i += 1) if ((validity![i >> 3]! & (1 << (i & 7))) === 0) clean[i] = 0;
    return { kind: 'dictionary', type, length: data.length, validity, codes: clean, dictionary: values };
  }
  return { kind: 'dictionary', type, length: data.length, validity, codes, dictionary: values };
}

/**
 * Arrow data as a vector of the requested type: the same memory where the layouts agree, otherwise converted value by value, exactly or
 * not at all (22003 and the like when a value does not fit, 0A000 when there is no conversion).
 */
export function fromArrowData(data: Data, type: DataType): ColumnVector {
  const from = data.type as ArrowType;
  if (isSameLayout(from, type)) return wrap(data, type);
  if (ArrowType.isNull(from)) return { kind: 'constant', type, length: data.length, value: null };
  if (ArrowType.isDictionary(from)) {
    const vector = fromDictionary(data, type);
    if (vector !== null) return vector;
  }
  if (ArrowType.isList(from) && type.kind === 'array') {
    const child = fromArrowData(data.children[0]!, type.item);
    return {
      kind: 'list',
      type,
      length: data.length,
      validity: validityOf(data),
      offsets: data.valueOffsets as Int32Array,
      child,
    };
  }
  const validity = validityOf(data);
  const builder = createVectorBuilder(type, { capacityRows: data.length });
  for (let i = 0; i < data.length; i += 1) {
    if (validity !== null && (validity[i >> 3]! & (1 << (i & 7))) === 0) builder.appendNull();
    else builder.appendValue(readArrowValue(data, i, type));
  }
  return builder.finish();
}

/** The DataType that a field of Arrow is read as when nobody asks for another. 0A000 where PostgreSQL has none. */
export function dataTypeOf(field: ArrowField): DataType {
  const named = pgTypeOf(field);
  if (named !== undefined) return named;
  const type = field.type as ArrowType;
  const from: ArrowType = ArrowType.isDictionary(type) ? type.dictionary : type;
  if (ArrowType.isBool(from)) return types.bool;
  if (ArrowType.isInt(from)) return integerTypeOf(from.bitWidth, from.isSigned);
  if (ArrowType.isFloat(from)) return from.precision === 2 ? types.float8 : types.float4;
  if (ArrowType.isUtf8(from) || ArrowType.isLargeUtf8(from) || ArrowType.isNull(from)) return types.text;
  if (ArrowType.isBinary(from) || ArrowType.isLargeBinary(from) || ArrowType.isFixedSizeBinary(from))
    return types.bytea;
  if (ArrowType.isDecimal(from)) return { kind: 'numeric', precision: from.precision, scale: from.scale };
  if (ArrowType.isDate(from)) return types.date;
  if (ArrowType.isTimestamp(from))
    return from.timezone === undefined || from.timezone === null ? types.timestamp : types.timestamptz;
  if (ArrowType.isInterval(from)) return types.interval;
  if (ArrowType.isList(from)) return { kind: 'array', item: dataTypeOf(from.valueField) };
  throw failure('notSupported', { feature: `Arrow type ${String(type)}` });
}

function integerTypeOf(bits: number, isSigned: boolean): DataType {
  if (bits === 64) return isSigned ? types.int8 : { kind: 'numeric', precision: 20, scale: 0 };
  if (bits === 32) return isSigned ? types.int4 : types.int8;
  return bits === 16 && !isSigned ? types.int4 : types.int2;
}

/** An apache-arrow RecordBatch as a batch of the requested types (by position); without types, of what its fields say. */
export function fromArrowBatch(batch: ArrowRecordBatch, columnTypes?: readonly DataType[]): RecordBatch {
  const { fields } = batch.schema;
  const wanted = columnTypes ?? fields.map(dataTypeOf);
  if (wanted.length !== fields.length) {
    throw failure('typeMismatch', {
      message: `an Arrow batch of ${fields.length} columns is not one of ${wanted.map(formatType).join(', ')}`,
    });
  }
  return { rowCount: batch.numRows, vectors: wanted.map((type, k) => fromArrowData(batch.data.children[k]!, type)) };
}
