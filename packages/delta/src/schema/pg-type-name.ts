import { type DataType, failure, types } from '@millrace/core';

/** The name under which a PostgreSQL type is kept in a Delta field's metadata. */
export const PG_TYPE_KEY = 'millrace.pgType';

const SIMPLE = new Set([
  ...['bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'text', 'bytea', 'date', 'timestamp', 'timestamptz'],
  ...['uuid', 'json', 'jsonb', 'name', 'char', 'oid'],
] as const);

/** `varchar(10)`, `numeric(12,2)`, `uuid[]` ...: short catalog names with typmods. Undefined for types that are not stored. */
export function pgTypeName(type: DataType): string | undefined {
  switch (type.kind) {
    case 'numeric':
      return type.precision === null ? 'numeric' : `numeric(${type.precision},${type.scale ?? 0})`;
    case 'varchar':
    case 'bpchar':
      return type.length === null ? type.kind : `${type.kind}(${type.length})`;
    case 'array': {
      const item = pgTypeName(type.item);
      return item === undefined || type.item.kind === 'array' ? undefined : `${item}[]`;
    }
    default:
      return (SIMPLE as ReadonlySet<string>).has(type.kind) ? type.kind : undefined;
  }
}

const FORM = /^([a-z0-9]+)(?:\((\d+)(?:,(\d+))?\))?(\[\])?$/;

/** The inverse. Throws 0A000 for a name that this version does not know (a newer one may have written it). */
export function parsePgTypeName(name: string): DataType {
  const match = FORM.exec(name);
  const item = match === null ? undefined : itemType(match[1]!, match[2], match[3]);
  if (match === null || item === undefined) throw failure('notSupported', { feature: `stored type "${name}"` });
  return match[4] === undefined ? item : { kind: 'array', item };
}

function itemType(kind: string, first: string | undefined, second: string | undefined): DataType | undefined {
  const length = first === undefined ? null : Number(first);
  if (kind === 'numeric') return { kind, precision: length, scale: length === null ? null : Number(second ?? 0) };
  if (kind === 'varchar' || kind === 'bpchar') return { kind, length };
  if (first !== undefined || !(SIMPLE as ReadonlySet<string>).has(kind)) return undefined;
  return types[kind as keyof typeof types];
}
