import { type DataType, failure, formatType, types } from '@millrace/core';

/** A type in a Delta schema ("Schema Serialization Format"). Structs and maps are read as far as this, and refused there. */
export type DeltaType =
  | string
  | { readonly type: 'array'; readonly elementType: DeltaType; readonly containsNull: boolean }
  | { readonly type: 'struct' | 'map' };

/** The highest precision of a Delta decimal. */
const DECIMAL_PRECISION_MAX = 38;

/**
 * The Delta type that a PostgreSQL type is stored as; the nearest one where there is none (uuid, json and unconstrained numeric
 * are strings). Dates and timestamps are stored as they lie in memory: `infinity` is the greatest integer, years outside 1..9999 are
 * themselves; both come back unchanged here, other engines see far dates. Throws 0A000 for what Delta cannot hold: interval, nested arrays, numeric beyond 38 digits or with a scale outside
 * 0..precision.
 */
export function toDeltaType(type: DataType): DeltaType {
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'int2':
      return 'short';
    case 'int4':
      return 'integer';
    case 'int8':
    case 'oid':
      return 'long';
    case 'float4':
      return 'float';
    case 'float8':
      return 'double';
    case 'numeric':
      return numericType(type);
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
    case 'uuid':
    case 'json':
    case 'jsonb':
      return 'string';
    case 'bytea':
      return 'binary';
    case 'date':
      return 'date';
    case 'timestamp':
      return 'timestamp_ntz';
    case 'timestamptz':
      return 'timestamp';
    case 'array':
      if (type.item.kind === 'array') throw unstorable(type);
      return { type: 'array', elementType: toDeltaType(type.item), containsNull: true };
    case 'regclass':
    case 'regtype':
    case 'regproc':
    case 'regnamespace':
    case 'interval':
    case 'unknown':
    case 'void':
      throw unstorable(type);
    default:
      return type satisfies never;
  }
}

function numericType(type: Extract<DataType, { kind: 'numeric' }>): DeltaType {
  if (type.precision === null) return 'string';
  const scale = type.scale ?? 0;
  if (type.precision > DECIMAL_PRECISION_MAX || scale < 0 || scale > type.precision) throw unstorable(type);
  return `decimal(${type.precision},${scale})`;
}

function unstorable(type: DataType): Error {
  return failure('notSupported', { feature: `storing type ${formatType(type)} in a Delta table` });
}

const DECIMAL = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/;

/** How a Delta type appears to SQL when no `millrace.pgType` says otherwise. Throws 0A000 for struct, map, nested arrays and newer types. */
export function fromDeltaType(type: DeltaType, column: string): DataType {
  if (typeof type !== 'string') {
    if (type.type === 'array') {
      const item = fromDeltaType(type.elementType, column);
      if (item.kind !== 'array') return { kind: 'array', item };
    }
    throw failure('notSupported', { feature: `column "${column}" of Delta type ${type.type}` });
  }
  const decimal = DECIMAL.exec(type);
  if (decimal !== null) return { kind: 'numeric', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const found = SIMPLE[type];
  if (found === undefined) throw failure('notSupported', { feature: `column "${column}" of Delta type ${type}` });
  return found;
}

const SIMPLE: Readonly<Record<string, DataType>> = {
  string: types.text,
  long: types.int8,
  integer: types.int4,
  short: types.int2,
  byte: types.int2,
  float: types.float4,
  double: types.float8,
  boolean: types.bool,
  binary: types.bytea,
  date: types.date,
  timestamp: types.timestamptz,
  timestamp_ntz: types.timestamp,
};
