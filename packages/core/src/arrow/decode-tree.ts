import { type Data, DataType, type Field, RecordBatchReader, type TimeUnit } from 'apache-arrow';
import type { ArrowNode, ArrowTree, ArrowType, ArrowValues, TimeUnit as Unit } from './tree.ts';

/** The batches of an Arrow IPC stream, as views on its bytes. Empty batches are left out. */
export function decodeArrowTree(bytes: Uint8Array): ArrowTree[] {
  const trees: ArrowTree[] = [];
  for (const batch of RecordBatchReader.from(bytes)) {
    if (batch.numRows === 0) continue;
    const columns = batch.schema.fields.map((field, i) => toNode(field, batch.data.children[i]!));
    trees.push({ rowCount: batch.numRows, columns });
  }
  return trees;
}

/** The column names of an Arrow IPC stream, which may have no batches. */
export function arrowFieldNames(bytes: Uint8Array): string[] {
  return RecordBatchReader.from(bytes)
    .open()
    .schema.fields.map((field) => field.name);
}

function toNode(field: Field, data: Data): ArrowNode {
  const type = toType(data.type);
  const validity = data.nullCount === 0 || type.kind === 'null' ? null : data.nullBitmap;
  const base = { name: field.name, type, isNullable: field.nullable, length: data.length, validity };
  switch (type.kind) {
    case 'utf8':
    case 'large-utf8':
    case 'binary':
    case 'large-binary':
      return { ...base, values: data.values as Uint8Array, offsets: data.valueOffsets };
    case 'list':
    case 'map':
      return { ...base, offsets: data.valueOffsets, children: childrenOf(data) };
    case 'struct':
      return { ...base, children: childrenOf(data) };
    case 'dictionary': {
      const dictionary = data.dictionary!.data[0]!;
      const inner = { name: field.name, type: dictionary.type, nullable: true } as unknown as Field;
      return { ...base, values: data.values as ArrowValues, dictionary: toNode(inner, dictionary) };
    }
    case 'decimal':
      return { ...base, values: asBytes(data.values as Uint32Array) };
    case 'null':
    case 'other':
      return base;
    default:
      return { ...base, values: data.values as ArrowValues };
  }
}

function childrenOf(data: Data): ArrowNode[] {
  const fields = (data.type as DataType & { readonly children: readonly Field[] }).children;
  return fields.map((field, i) => toNode(field, data.children[i]!));
}

const UNITS: readonly Unit[] = ['s', 'ms', 'us', 'ns'];

function toType(type: DataType): ArrowType {
  if (DataType.isNull(type)) return { kind: 'null' };
  if (DataType.isBool(type)) return { kind: 'bool' };
  if (DataType.isInt(type)) return { kind: 'int', bits: type.bitWidth as 8 | 16 | 32 | 64, isSigned: type.isSigned };
  if (DataType.isFloat(type) && type.precision !== 0) return { kind: 'float', bits: type.precision === 1 ? 32 : 64 };
  if (DataType.isUtf8(type)) return { kind: 'utf8' };
  if (DataType.isLargeUtf8(type)) return { kind: 'large-utf8' };
  if (DataType.isBinary(type)) return { kind: 'binary' };
  if (DataType.isLargeBinary(type)) return { kind: 'large-binary' };
  if (DataType.isFixedSizeBinary(type)) return { kind: 'fixed-binary', byteWidth: type.byteWidth };
  if (DataType.isDate(type) && type.unit === 0) return { kind: 'date' };
  if (DataType.isTimestamp(type))
    return { kind: 'timestamp', unit: UNITS[type.unit as TimeUnit]!, zone: type.timezone ?? null };
  if (DataType.isDecimal(type) && type.bitWidth === 128)
    return { kind: 'decimal', precision: type.precision, scale: type.scale };
  if (DataType.isList(type)) return { kind: 'list' };
  if (DataType.isStruct(type)) return { kind: 'struct' };
  if (DataType.isMap(type)) return { kind: 'map' };
  if (DataType.isDictionary(type)) return { kind: 'dictionary' };
  return { kind: 'other', name: String(type) };
}

function asBytes(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
