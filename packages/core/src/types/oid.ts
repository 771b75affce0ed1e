import { type DataType, type TypeKind, types } from './data-type.ts';

type ScalarKind = Exclude<TypeKind, 'array'>;
interface OidEntry {
  readonly oid: number;
  /** 0 where PostgreSQL's array type is not offered. */
  readonly array: number;
  /** pg_type.typlen: bytes, -1 = varlena. */
  readonly size: number;
}

/** PostgreSQL's pg_type, as far as millrace has the types. */
const OIDS: Readonly<Record<ScalarKind, OidEntry>> = {
  bool: { oid: 16, array: 1000, size: 1 },
  bytea: { oid: 17, array: 1001, size: -1 },
  char: { oid: 18, array: 1002, size: 1 },
  name: { oid: 19, array: 1003, size: 64 },
  int8: { oid: 20, array: 1016, size: 8 },
  int2: { oid: 21, array: 1005, size: 2 },
  int4: { oid: 23, array: 1007, size: 4 },
  regproc: { oid: 24, array: 1008, size: 4 },
  text: { oid: 25, array: 1009, size: -1 },
  oid: { oid: 26, array: 1028, size: 4 },
  json: { oid: 114, array: 199, size: -1 },
  float4: { oid: 700, array: 1021, size: 4 },
  float8: { oid: 701, array: 1022, size: 8 },
  unknown: { oid: 705, array: 0, size: -2 },
  bpchar: { oid: 1042, array: 1014, size: -1 },
  varchar: { oid: 1043, array: 1015, size: -1 },
  date: { oid: 1082, array: 1182, size: 4 },
  timestamp: { oid: 1114, array: 1115, size: 8 },
  timestamptz: { oid: 1184, array: 1185, size: 8 },
  interval: { oid: 1186, array: 1187, size: 16 },
  numeric: { oid: 1700, array: 1231, size: -1 },
  regclass: { oid: 2205, array: 2210, size: 4 },
  regtype: { oid: 2206, array: 2211, size: 4 },
  void: { oid: 2278, array: 0, size: 4 },
  uuid: { oid: 2950, array: 2951, size: 16 },
  jsonb: { oid: 3802, array: 3807, size: -1 },
  regnamespace: { oid: 4089, array: 4090, size: 4 },
};

function plainType(kind: ScalarKind): DataType {
  return kind === 'bpchar' ? BPCHAR : types[kind];
}
const BPCHAR: DataType = Object.freeze({ kind: 'bpchar', length: null });

const BY_OID: ReadonlyMap<number, DataType> = new Map(
  (Object.keys(OIDS) as ScalarKind[]).flatMap((kind) => {
    const entry = OIDS[kind];
    const type = plainType(kind);
    const own: [number, DataType][] = [[entry.oid, type]];
    if (entry.array !== 0) own.push([entry.array, Object.freeze({ kind: 'array', item: type })]);
    return own;
  }),
);
/** int2vector and oidvector are read as arrays of int2 and oid (pg_index.indkey, pg_proc.proargtypes). */
const VECTOR_OIDS: ReadonlyMap<number, DataType> = new Map<number, DataType>([
  [22, Object.freeze({ kind: 'array', item: types.int2 })],
  [30, Object.freeze({ kind: 'array', item: types.oid })],
]);

/** The type's OID in pg_type. Arrays of arrays have none (0). */
export function oidOf(type: DataType): number {
  return type.kind === 'array' ? arrayOidOf(type.item) : OIDS[type.kind].oid;
}

/** The OID of `type[]`; 0 if there is none. */
export function arrayOidOf(type: DataType): number {
  return type.kind === 'array' ? 0 : OIDS[type.kind].array;
}

/** The type of an OID, with the modifier if one is given (-1 = none). undefined for types that millrace does not have. */
export function typeFromOid(oid: number, typmod = -1): DataType | undefined {
  const type = BY_OID.get(oid) ?? VECTOR_OIDS.get(oid);
  return type === undefined || typmod < 0 ? type : withTypmod(type, typmod);
}

function withTypmod(type: DataType, typmod: number): DataType {
  switch (type.kind) {
    case 'varchar':
    case 'bpchar':
      return { kind: type.kind, length: typmod - 4 };
    case 'numeric': {
      const packed = typmod - 4;
      return { kind: 'numeric', precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
    }
    case 'array':
      return { kind: 'array', item: withTypmod(type.item, typmod) };
    default:
      return type;
  }
}

/** pg_attribute.atttypmod: varchar(n) and char(n) n+4, numeric(p,s) ((p<<16)|s)+4, an array its item's, otherwise -1. */
export function typmodOf(type: DataType): number {
  switch (type.kind) {
    case 'varchar':
    case 'bpchar':
      return type.length === null ? -1 : type.length + 4;
    case 'numeric':
      return type.precision === null ? -1 : ((type.precision << 16) | ((type.scale ?? 0) & 0x7ff)) + 4;
    case 'array':
      return typmodOf(type.item);
    default:
      return -1;
  }
}

/** pg_type.typlen: the bytes of a fixed-size type, -1 for others (-2 for unknown). */
export function typeSizeOf(type: DataType): number {
  return type.kind === 'array' ? -1 : OIDS[type.kind].size;
}
