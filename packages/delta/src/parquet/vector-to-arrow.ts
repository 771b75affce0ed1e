import {
  assert,
  type BytesVector,
  type ColumnVector,
  type DataType,
  type Fixed16Vector,
  type FixedVector,
  flattenVector,
  isNullAt,
  type ListVector,
  readUuid,
} from '@millrace/core';
import type { ArrowNode } from '@millrace/core/arrow';

/**
 * A vector as the Arrow column that its Delta type is in Parquet (`toDeltaType`): uuid, json and unconstrained numeric as UTF-8,
 * timestamps in microseconds, list elements named `element`. Everything is nullable, as Spark writes it: the constraint is the table's.
 */
export function vectorToArrow(name: string, vector: ColumnVector): ArrowNode {
  const flat = flattenVector(vector);
  const base = { name, isNullable: true, length: flat.length };
  switch (flat.kind) {
    case 'bits':
      return { ...base, type: { kind: 'bool' }, validity: flat.validity, values: flat.values };
    case 'fixed':
      return { ...base, validity: flat.validity, ...fixedParts(flat) };
    case 'fixed16':
      return { ...base, validity: flat.validity, ...fixed16Parts(flat) };
    case 'bytes':
      return { ...base, validity: flat.validity, ...bytesParts(flat) };
    case 'list':
      return { ...base, type: { kind: 'list' }, validity: flat.validity, ...listParts(flat) };
    case 'dictionary':
    case 'constant':
      assert(false, 'a flattened vector is plain');
      break;
    default:
      return flat satisfies never;
  }
}

type Parts = Omit<ArrowNode, 'name' | 'isNullable' | 'length' | 'validity'>;

function fixedParts(vector: FixedVector): Parts {
  const values = vector.values.subarray(0, vector.length) as FixedVector['values'];
  if (values instanceof Uint32Array) {
    return { type: { kind: 'int', bits: 64, isSigned: true }, values: BigInt64Array.from(values, (v) => BigInt(v)) };
  }
  return { type: fixedType(vector.type), values };
}

function fixedType(type: DataType): ArrowNode['type'] {
  switch (type.kind) {
    case 'int2':
      return { kind: 'int', bits: 16, isSigned: true };
    case 'int4':
      return { kind: 'int', bits: 32, isSigned: true };
    case 'int8':
      return { kind: 'int', bits: 64, isSigned: true };
    case 'float4':
      return { kind: 'float', bits: 32 };
    case 'float8':
      return { kind: 'float', bits: 64 };
    case 'date':
      return { kind: 'date' };
    case 'timestamp':
      return { kind: 'timestamp', unit: 'us', zone: null };
    case 'timestamptz':
      return { kind: 'timestamp', unit: 'us', zone: 'UTC' };
    default:
      assert(false, `type ${type.kind} has no fixed Arrow form`);
  }
}

function fixed16Parts(vector: Fixed16Vector): Parts {
  const { type, length } = vector;
  if (type.kind === 'numeric') {
    const values = vector.values.subarray(0, length * 16);
    return { type: { kind: 'decimal', precision: type.precision ?? 38, scale: type.scale ?? 0 }, values };
  }
  assert(type.kind === 'uuid', `type ${type.kind} is not stored`);
  return uuidParts(vector);
}

const UUID_LENGTH = 36;

function uuidParts(vector: Fixed16Vector): Parts {
  const offsets = new Int32Array(vector.length + 1);
  const values = new Uint8Array(vector.length * UUID_LENGTH);
  let at = 0;
  for (let i = 0; i < vector.length; i++) {
    if (!isNullAt(vector, i)) {
      const text = readUuid(vector.values, i);
      for (let j = 0; j < UUID_LENGTH; j++) values[at++] = text.charCodeAt(j);
    }
    offsets[i + 1] = at;
  }
  return { type: { kind: 'utf8' }, offsets, values: values.subarray(0, at) };
}

function bytesParts(vector: BytesVector): Parts {
  const offsets = vector.offsets.subarray(0, vector.length + 1);
  return { type: { kind: vector.type.kind === 'bytea' ? 'binary' : 'utf8' }, offsets, values: vector.data };
}

function listParts(vector: ListVector): Pick<ArrowNode, 'offsets' | 'children'> {
  const offsets = vector.offsets.subarray(0, vector.length + 1);
  return { offsets, children: [vectorToArrow('element', vector.child)] };
}
