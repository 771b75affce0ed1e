/**
 * The type of a column or an expression: PostgreSQL's types by PostgreSQL's names.
 * Plain data, so that a plan survives `structuredClone`.
 *
 * `numeric` with precision and scale is Arrow decimal128; without them it is PostgreSQL's unconstrained numeric, kept as its
 * canonical text (`12.30`, `NaN`, `Infinity`), because each value then has a scale of its own.
 * Multi-dimensional arrays are not supported (0A000): `array` is one-dimensional with lower bound 1.
 */
export type DataType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int2' }
  | { readonly kind: 'int4' }
  | { readonly kind: 'int8' }
  | { readonly kind: 'oid' }
  | { readonly kind: 'regclass' }
  | { readonly kind: 'regtype' }
  | { readonly kind: 'regproc' }
  | { readonly kind: 'regnamespace' }
  | { readonly kind: 'float4' }
  | { readonly kind: 'float8' }
  | { readonly kind: 'numeric'; readonly precision: number | null; readonly scale: number | null }
  | { readonly kind: 'text' }
  | { readonly kind: 'varchar'; readonly length: number | null }
  | { readonly kind: 'bpchar'; readonly length: number | null }
  | { readonly kind: 'name' }
  /** PostgreSQL's one-byte `"char"`, used by pg_catalog. */
  | { readonly kind: 'char' }
  | { readonly kind: 'bytea' }
  /** Days since 1970-01-01; int32 max/min are `infinity`/`-infinity`. */
  | { readonly kind: 'date' }
  /** Microseconds since 1970-01-01 00:00; int64 max/min are `infinity`/`-infinity`. */
  | { readonly kind: 'timestamp' }
  /** Microseconds since 1970-01-01 00:00 UTC; int64 max/min are `infinity`/`-infinity`. */
  | { readonly kind: 'timestamptz' }
  | { readonly kind: 'interval' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'json' }
  | { readonly kind: 'jsonb' }
  | { readonly kind: 'array'; readonly item: DataType }
  /** An untyped literal or NULL before coercion; `resolve-types` turns what is left into text. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'void' };

/** The types' names without modifiers. */
export type TypeKind = DataType['kind'];

/** How a type's values lie in memory (Arrow's layouts). */
export type Layout =
  | 'bits'
  | 'int16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float32'
  | 'float64'
  /** 16 bytes a value: decimal128 (little-endian two's complement), uuid (network order), interval (int32 months, int32 days, int64 microseconds, little-endian). */
  | 'fixed16'
  /** int32 offsets + bytes: UTF-8 text, json, bytea, unconstrained numeric (its canonical text in ASCII). */
  | 'bytes'
  | 'list';

/** The layout of a type. Law: every vector of that type has this layout, or is a dictionary or constant of it. */
export function layoutOf(type: DataType): Layout {
  switch (type.kind) {
    case 'bool':
      return 'bits';
    case 'int2':
      return 'int16';
    case 'int4':
    case 'date':
      return 'int32';
    case 'oid':
    case 'regclass':
    case 'regtype':
    case 'regproc':
    case 'regnamespace':
      return 'uint32';
    case 'int8':
    case 'timestamp':
    case 'timestamptz':
      return 'int64';
    case 'float4':
      return 'float32';
    case 'float8':
      return 'float64';
    case 'numeric':
      return type.precision === null ? 'bytes' : 'fixed16';
    case 'uuid':
    case 'interval':
      return 'fixed16';
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
    case 'bytea':
    case 'json':
    case 'jsonb':
    case 'unknown':
    case 'void':
      return 'bytes';
    case 'array':
      return 'list';
    default:
      return type satisfies never;
  }
}

/** Frozen instances of the types without parameters. */
export const types: {
  readonly [K in Exclude<TypeKind, 'numeric' | 'varchar' | 'bpchar' | 'array'>]: { readonly kind: K };
} & {
  readonly numeric: { readonly kind: 'numeric'; readonly precision: null; readonly scale: null };
  readonly varchar: { readonly kind: 'varchar'; readonly length: null };
} = Object.freeze({
  bool: Object.freeze({ kind: 'bool' }),
  int2: Object.freeze({ kind: 'int2' }),
  int4: Object.freeze({ kind: 'int4' }),
  int8: Object.freeze({ kind: 'int8' }),
  oid: Object.freeze({ kind: 'oid' }),
  regclass: Object.freeze({ kind: 'regclass' }),
  regtype: Object.freeze({ kind: 'regtype' }),
  regproc: Object.freeze({ kind: 'regproc' }),
  regnamespace: Object.freeze({ kind: 'regnamespace' }),
  float4: Object.freeze({ kind: 'float4' }),
  float8: Object.freeze({ kind: 'float8' }),
  numeric: Object.freeze({ kind: 'numeric', precision: null, scale: null }),
  text: Object.freeze({ kind: 'text' }),
  varchar: Object.freeze({ kind: 'varchar', length: null }),
  name: Object.freeze({ kind: 'name' }),
  char: Object.freeze({ kind: 'char' }),
  bytea: Object.freeze({ kind: 'bytea' }),
  date: Object.freeze({ kind: 'date' }),
  timestamp: Object.freeze({ kind: 'timestamp' }),
  timestamptz: Object.freeze({ kind: 'timestamptz' }),
  interval: Object.freeze({ kind: 'interval' }),
  uuid: Object.freeze({ kind: 'uuid' }),
  json: Object.freeze({ kind: 'json' }),
  jsonb: Object.freeze({ kind: 'jsonb' }),
  unknown: Object.freeze({ kind: 'unknown' }),
  void: Object.freeze({ kind: 'void' }),
});

/** `item[]`. */
export function arrayOf(item: DataType): DataType {
  return { kind: 'array', item };
}

/** Same type, parameters included. */
export function sameType(a: DataType, b: DataType): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'numeric' && b.kind === 'numeric') return a.precision === b.precision && a.scale === b.scale;
  if ((a.kind === 'varchar' && b.kind === 'varchar') || (a.kind === 'bpchar' && b.kind === 'bpchar')) {
    return a.length === b.length;
  }
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.item, b.item);
  return true;
}

/** Types whose values are UTF-8 text compared by bytes: they may be compared with each other without a cast. */
export function isTextLike(type: DataType): boolean {
  return (
    type.kind === 'text' ||
    type.kind === 'varchar' ||
    type.kind === 'bpchar' ||
    type.kind === 'name' ||
    type.kind === 'char'
  );
}

/** PostgreSQL's name of a type as `format_type` prints it: `integer`, `character varying(10)`, `timestamp with time zone`, `text[]`. */
export function formatType(type: DataType): string {
  switch (type.kind) {
    case 'bool':
      return 'boolean';
    case 'int2':
      return 'smallint';
    case 'int4':
      return 'integer';
    case 'int8':
      return 'bigint';
    case 'float4':
      return 'real';
    case 'float8':
      return 'double precision';
    case 'numeric':
      return type.precision === null ? 'numeric' : `numeric(${type.precision},${type.scale ?? 0})`;
    case 'varchar':
      return type.length === null ? 'character varying' : `character varying(${type.length})`;
    case 'bpchar':
      return type.length === null ? 'bpchar' : `character(${type.length})`;
    case 'char':
      return '"char"';
    case 'timestamp':
      return 'timestamp without time zone';
    case 'timestamptz':
      return 'timestamp with time zone';
    case 'array':
      return `${formatType(type.item)}[]`;
    default:
      return type.kind;
  }
}
