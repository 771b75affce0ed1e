import {
  type ColumnVector,
  type DataType,
  type FixedValues,
  failure,
  gatherVector,
  getBit,
  layoutOf,
  nullVector,
  writeUuid,
} from '@millrace/core';
import type { ArrowNode, TimeUnit } from '@millrace/core/arrow';

/**
 * An Arrow column from a Parquet file as a vector of the table's type. Accepts what other engines write for it: large offsets,
 * dictionaries, bytes for shorts, timestamps in seconds to nanoseconds (INT96 too), decimals of less precision. XX001 for the rest.
 */
export function arrowToVector(node: ArrowNode, type: DataType): ColumnVector {
  if (node.type.kind === 'null') return nullVector(type, node.length);
  if (node.type.kind === 'dictionary') return dictionaryToVector(node, type);
  const { length, validity } = node;
  switch (layoutOf(type)) {
    case 'bits':
      if (node.type.kind !== 'bool') throw mismatch(node, type);
      return { kind: 'bits', type, length, validity, values: node.values as Uint8Array };
    case 'int16':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'float32':
    case 'float64':
      return { kind: 'fixed', type, length, validity, values: fixedValues(node, type) };
    case 'fixed16':
      return {
        kind: 'fixed16',
        type,
        length,
        validity,
        values: type.kind === 'uuid' ? uuidBytes(node, type) : decimalBytes(node, type),
      };
    case 'bytes':
      if (!isBytes(node)) throw mismatch(node, type);
      return { kind: 'bytes', type, length, validity, offsets: smallOffsets(node), data: node.values as Uint8Array };
    case 'list': {
      if (node.type.kind !== 'list' || type.kind !== 'array') throw mismatch(node, type);
      return {
        kind: 'list',
        type,
        length,
        validity,
        offsets: smallOffsets(node),
        child: arrowToVector(node.children![0]!, type.item),
      };
    }
    default:
      throw mismatch(node, type);
  }
}

function dictionaryToVector(node: ArrowNode, type: DataType): ColumnVector {
  const dictionary = arrowToVector(node.dictionary!, type);
  const indices = Int32Array.from(node.values as ArrayLike<number>);
  for (let i = 0; i < node.length; i++) if (node.validity !== null && !getBit(node.validity, i)) indices[i] = -1;
  return gatherVector(dictionary, indices, node.length);
}

function fixedValues(node: ArrowNode, type: DataType): FixedValues {
  const values = node.values!;
  const arrow = node.type;
  switch (type.kind) {
    case 'int2':
      if (arrow.kind === 'int' && values instanceof Int16Array) return values;
      if (arrow.kind === 'int' && arrow.bits < 16) return Int16Array.from(values as Int8Array);
      break;
    case 'int4':
      if (arrow.kind === 'int' && values instanceof Int32Array) return values;
      if (arrow.kind === 'int' && arrow.bits < 32) return Int32Array.from(values as Int16Array);
      break;
    case 'date':
      if (arrow.kind === 'date') return values as Int32Array;
      break;
    case 'int8':
      if (arrow.kind === 'int' && values instanceof BigInt64Array) return values;
      if (arrow.kind === 'int' && arrow.bits < 64) return BigInt64Array.from(values as Int32Array, (v) => BigInt(v));
      break;
    case 'oid':
      if (arrow.kind === 'int' && values instanceof BigInt64Array) return Uint32Array.from(values, (v) => Number(v));
      break;
    case 'float4':
      if (arrow.kind === 'float' && values instanceof Float32Array) return values;
      break;
    case 'float8':
      if (arrow.kind === 'float')
        return values instanceof Float64Array ? values : Float64Array.from(values as Float32Array);
      break;
    case 'timestamp':
    case 'timestamptz':
      if (arrow.kind === 'timestamp') return toMicros(values as BigInt64Array, arrow.unit);
      break;
    default:
      break;
  }
  throw mismatch(node, type);
}

/** Nanoseconds are rounded down; what they hide below a microsecond PostgreSQL does not have. */
function toMicros(values: BigInt64Array, unit: TimeUnit): BigInt64Array {
  switch (unit) {
    case 'us':
      return values;
    case 'ms':
      return values.map((value) => value * 1_000n);
    case 's':
      return values.map((value) => value * 1_000_000n);
    case 'ns':
      return values.map((value) => (value - (((value % 1_000n) + 1_000n) % 1_000n)) / 1_000n);
    default:
      return unit satisfies never;
  }
}

function decimalBytes(node: ArrowNode, type: DataType): Uint8Array {
  const scale = type.kind === 'numeric' ? (type.scale ?? 0) : -1;
  if (node.type.kind !== 'decimal' || node.type.scale !== scale) throw mismatch(node, type);
  return node.values as Uint8Array;
}

function uuidBytes(node: ArrowNode, type: DataType): Uint8Array {
  if (!isBytes(node)) throw mismatch(node, type);
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(node.length * 16);
  const data = node.values as Uint8Array;
  for (let i = 0; i < node.length; i++) {
    if (node.validity !== null && !getBit(node.validity, i)) continue;
    const text = decoder.decode(data.subarray(Number(node.offsets![i]), Number(node.offsets![i + 1]))).toLowerCase();
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) throw mismatch(node, type);
    writeUuid(bytes, i, text);
  }
  return bytes;
}

function isBytes(node: ArrowNode): boolean {
  const { kind } = node.type;
  return kind === 'utf8' || kind === 'large-utf8' || kind === 'binary' || kind === 'large-binary';
}

function smallOffsets(node: ArrowNode): Int32Array {
  const { offsets } = node;
  if (offsets instanceof Int32Array) return offsets;
  const last = offsets === undefined ? 0n : (offsets[node.length] ?? 0n);
  if (last > 0x7fffffffn)
    throw failure('programLimit', { message: `column "${node.name}" of a batch has more than 2 GB` });
  return Int32Array.from(offsets ?? [], (offset) => Number(offset));
}

function mismatch(node: ArrowNode, type: DataType): Error {
  const found = node.type.kind === 'other' ? node.type.name : node.type.kind;
  const message = `column "${node.name}" has Parquet type ${found}, which is not a ${type.kind}`;
  return failure('dataCorrupted', { message });
}
