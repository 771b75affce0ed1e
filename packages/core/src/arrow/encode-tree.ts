import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  FixedSizeBinary,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import { assert } from '../errors/millrace-error.ts';
import { countSetBits } from '../vector/bitmap.ts';
import type { ArrowNode, ArrowTree } from './tree.ts';

/**
 * An Arrow IPC stream of the batches, which have the same columns. The chunks of arrow-js' writer are joined here, because its own
 * joining damages adjacent buffers that overlap (the same column twice).
 */
export async function encodeArrowTree(batches: readonly ArrowTree[]): Promise<Uint8Array> {
  const first = batches[0];
  assert(first !== undefined, 'an Arrow stream needs a batch for its schema');
  const schema = new Schema(first.columns.map(toField));
  const writer = RecordBatchStreamWriter.writeAll(batches.map((batch) => toRecordBatch(batch, schema)));
  const chunks: Uint8Array[] = [];
  for await (const chunk of writer as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function toRecordBatch(batch: ArrowTree, schema: Schema): RecordBatch {
  const children = batch.columns.map(toData);
  const type = new Struct(schema.fields);
  return new RecordBatch(schema, makeData({ type, length: batch.rowCount, nullCount: 0, children }));
}

function toField(node: ArrowNode): Field {
  return new Field(node.name, toType(node), node.isNullable);
}

function toType(node: ArrowNode): DataType {
  const { type } = node;
  switch (type.kind) {
    case 'bool':
      return new Bool();
    case 'utf8':
      return new Utf8();
    case 'binary':
      return new Binary();
    case 'int':
      assert(type.isSigned && type.bits !== 8, `Arrow type int${type.bits} is not written`);
      return type.bits === 16 ? new Int16() : type.bits === 32 ? new Int32() : new Int64();
    case 'float':
      return type.bits === 32 ? new Float32() : new Float64();
    case 'fixed-binary':
      return new FixedSizeBinary(type.byteWidth);
    case 'date':
      return new DateDay();
    case 'timestamp':
      assert(type.unit === 'us', 'timestamps are written in microseconds');
      return new TimestampMicrosecond(type.zone);
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128);
    case 'list':
      return new List(toField(node.children![0]!));
    case 'struct':
      return new Struct(node.children!.map(toField));
    case 'map':
      return new Map_(toField(node.children![0]!) as ConstructorParameters<typeof Map_>[0], false);
    case 'null':
    case 'large-utf8':
    case 'large-binary':
    case 'dictionary':
    case 'other':
      throw assertNever(type.kind);
    default:
      return type satisfies never;
  }
}

function assertNever(kind: string): never {
  assert(false, `Arrow type ${kind} is not written`);
}

function toData(node: ArrowNode): Data {
  const { type, length, validity, values, offsets, children } = node;
  const nullCount = validity === null ? 0 : length - countSetBits(validity, length);
  const base = { type: toType(node), length, nullCount, nullBitmap: validity ?? undefined };
  switch (type.kind) {
    case 'utf8':
    case 'binary':
      return makeData({ ...base, valueOffsets: offsets, data: values } as never);
    case 'list':
    case 'map':
      return makeData({ ...base, valueOffsets: offsets, child: toData(children![0]!) } as never);
    case 'struct':
      return makeData({ ...base, children: children!.map(toData) } as never);
    case 'decimal':
      return makeData({ ...base, data: asUint32(values as Uint8Array) } as never);
    default:
      return makeData({ ...base, data: values } as never);
  }
}

/** Views cannot always be taken: a slice of bytes may start anywhere. */
function asUint32(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
