import {
  type DataType as ArrowDataType,
  type Field as ArrowField,
  RecordBatch as ArrowRecordBatch,
  Schema as ArrowSchema,
  type Data,
  makeData,
  Struct,
  Table,
} from 'apache-arrow';
import { assert } from '../errors/millrace-error.ts';
import { failure } from '../errors/table.ts';
import type { Field } from '../types/field.ts';
import { oidOf, typmodOf } from '../types/oid.ts';
import { countSetBits, getBit } from '../vector/bitmap.ts';
import type { ColumnVector, RecordBatch } from '../vector/column-vector.ts';
import { flattenVector } from '../vector/flatten.ts';
import { arrowFieldOf, arrowTypeOf } from './arrow-type.ts';

/** A batch's columns as an Arrow schema; PostgreSQL types without an Arrow form are named in the fields' metadata. */
export function arrowSchemaOf(fields: readonly Field[]): ArrowSchema {
  return new ArrowSchema(
    fields.map((field): ArrowField => arrowFieldOf(field, oidOf(field.type), typmodOf(field.type))),
  );
}

/** int32 words over bytes; copied only when they start at an odd place. */
function words<T extends Int32Array | Uint32Array>(
  bytes: Uint8Array,
  make: new (b: ArrayBufferLike, at: number, n: number) => T,
): T {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new make(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** Microseconds to nanoseconds; 22008 when they do not fit into an int64 any more. */
function intervalWords(bytes: Uint8Array, length: number, validity: Uint8Array | null): Int32Array {
  const source = bytes.slice(0, length * 16);
  const result = new Int32Array(source.buffer, 0, length * 4);
  const nanos = new BigInt64Array(source.buffer, 0, length * 2);
  for (let i = 0; i < length; i += 1) {
    if (validity !== null && !getBit(validity, i)) continue;
    const value = nanos[i * 2 + 1]! * 1000n;
    if (BigInt.asIntN(64, value) !== value) throw failure('datetimeOutOfRange', { what: 'interval in nanoseconds' });
    nanos[i * 2 + 1] = value;
  }
  return result;
}

/**
 * A vector as Arrow data over the same memory. Only constants and dictionaries (flattened, so that all batches of a result have one schema),
 * intervals (Arrow counts nanoseconds) and unaligned decimals are copied.
 */
export function toArrowData(vector: ColumnVector): Data {
  const plain = flattenVector(vector);
  assert(plain.kind !== 'constant' && plain.kind !== 'dictionary', 'a flat vector is plain');
  const { length, validity } = plain;
  const nullCount = validity === null ? 0 : length - countSetBits(validity, length);
  const type: ArrowDataType = arrowTypeOf(plain.type);
  const base = { type, length, nullCount, nullBitmap: validity ?? undefined };
  switch (plain.kind) {
    case 'fixed':
    case 'bits':
      return makeData({ ...base, data: plain.values } as never);
    case 'bytes':
      return makeData({ ...base, valueOffsets: plain.offsets, data: plain.data } as never);
    case 'list':
      return makeData({ ...base, valueOffsets: plain.offsets, child: toArrowData(plain.child) } as never);
    case 'fixed16': {
      if (plain.type.kind === 'uuid') return makeData({ ...base, data: plain.values } as never);
      if (plain.type.kind === 'interval')
        return makeData({ ...base, data: intervalWords(plain.values, length, validity) } as never);
      return makeData({ ...base, data: words(plain.values, Uint32Array) } as never);
    }
    default:
      return plain satisfies never;
  }
}

/** A batch as an apache-arrow RecordBatch: `fields` give the names, types and order of its vectors. */
export function toArrowBatch(
  batch: RecordBatch,
  fields: readonly Field[],
  schema: ArrowSchema = arrowSchemaOf(fields),
): ArrowRecordBatch {
  assert(batch.vectors.length === fields.length, 'a batch has as many vectors as fields');
  const children = batch.vectors.map(toArrowData);
  const type = new Struct(schema.fields);
  return new ArrowRecordBatch(schema, makeData({ type, length: batch.rowCount, nullCount: 0, children }));
}

/** Batches as one apache-arrow Table: what `arquero.fromArrow` takes. */
export function toArrowTable(batches: readonly RecordBatch[], fields: readonly Field[]): Table {
  const schema = arrowSchemaOf(fields);
  return new Table(
    schema,
    batches.map((batch) => toArrowBatch(batch, fields, schema)),
  );
}
