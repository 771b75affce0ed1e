import { type ArgumentType, arrayOf, type DataType, type TypeKind, types } from '@millrace/core';

/** PostgreSQL's type categories (`pg_type.typcategory`), as far as our types have them. */
export type TypeCategory = 'A' | 'B' | 'D' | 'N' | 'P' | 'S' | 'T' | 'U' | 'X' | 'Z';

const CATEGORIES: Readonly<Record<TypeKind, TypeCategory>> = {
  bool: 'B',
  int2: 'N',
  int4: 'N',
  int8: 'N',
  oid: 'N',
  regclass: 'N',
  regtype: 'N',
  regproc: 'N',
  regnamespace: 'N',
  float4: 'N',
  float8: 'N',
  numeric: 'N',
  text: 'S',
  varchar: 'S',
  bpchar: 'S',
  name: 'S',
  char: 'Z',
  bytea: 'U',
  date: 'D',
  timestamp: 'D',
  timestamptz: 'D',
  interval: 'T',
  uuid: 'U',
  json: 'U',
  jsonb: 'U',
  array: 'A',
  unknown: 'X',
  void: 'P',
};

const PREFERRED: ReadonlySet<TypeKind> = new Set(['bool', 'float8', 'oid', 'text', 'timestamptz', 'interval']);

/** The category a type belongs to: what overload resolution and type unification group by. */
export function categoryOf(type: DataType): TypeCategory {
  return CATEGORIES[type.kind];
}

/** Whether a type is its category's preferred one (`pg_type.typispreferred`). */
export function isPreferred(type: DataType): boolean {
  return PREFERRED.has(type.kind);
}

/** The type without length, precision or scale: what functions and operators are chosen by. */
export function withoutModifiers(type: DataType): DataType {
  switch (type.kind) {
    case 'numeric':
      return types.numeric;
    case 'varchar':
      return types.varchar;
    case 'bpchar':
      return type.length === null ? type : { kind: 'bpchar', length: null };
    case 'array': {
      const item = withoutModifiers(type.item);
      return item === type.item ? type : arrayOf(item);
    }
    default:
      return type;
  }
}

/** Same type, modifiers aside: `numeric(10,2)` and `numeric`. */
export function sameBaseType(a: DataType, b: DataType): boolean {
  if (a.kind === 'array' && b.kind === 'array') return sameBaseType(a.item, b.item);
  return a.kind === b.kind;
}

/** The type a kind stands for in a signature, without modifiers. */
export function typeOfKind(kind: TypeKind): DataType {
  switch (kind) {
    case 'numeric':
      return types.numeric;
    case 'varchar':
      return types.varchar;
    case 'bpchar':
      return { kind: 'bpchar', length: null };
    case 'array':
      return arrayOf(types.text);
    default:
      return types[kind];
  }
}

/** The concrete type of a signature's argument; null for the pseudo-types. */
export function concreteArgument(argument: ArgumentType): DataType | null {
  if (typeof argument === 'object') return arrayOf(typeOfKind(argument.array));
  switch (argument) {
    case 'any':
    case 'anyelement':
    case 'anyarray':
    case 'anynonarray':
    case 'anycompatible':
      return null;
    default:
      return typeOfKind(argument);
  }
}
