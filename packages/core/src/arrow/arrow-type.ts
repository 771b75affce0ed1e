import {
  type DataType as ArrowDataType,
  Field as ArrowField,
  Binary,
  Bool,
  DateDay,
  Decimal,
  FixedSizeBinary,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  IntervalMonthDayNano,
  List,
  TimestampMicrosecond,
  Uint32,
  Utf8,
} from 'apache-arrow';
import { type DataType, formatType } from '../types/data-type.ts';
import type { Field } from '../types/field.ts';
import { typeFromOid } from '../types/oid.ts';

/** Field metadata that names the PostgreSQL type where Arrow has no such type: `numeric`, `jsonb`, `uuid`, `character varying(10)` ... */
export const PG_TYPE_METADATA = 'millrace.pgType';
/** Beside it the OID and modifier, from which `dataTypeOf` makes the DataType again. */
const PG_OID_METADATA = 'millrace.pgOid';

/**
 * The Arrow type of a DataType. numeric without precision is Utf8 (each value has its own scale). uuid is FixedSizeBinary(16): the same
 * bytes as in a vector, so nothing is copied, and what Arrow's canonical extension `arrow.uuid` is stored in. interval is MonthDayNano.
 */
export function arrowTypeOf(type: DataType): ArrowDataType {
  switch (type.kind) {
    case 'bool':
      return new Bool();
    case 'int2':
      return new Int16();
    case 'int4':
      return new Int32();
    case 'int8':
      return new Int64();
    case 'oid':
    case 'regclass':
    case 'regtype':
    case 'regproc':
    case 'regnamespace':
      return new Uint32();
    case 'float4':
      return new Float32();
    case 'float8':
      return new Float64();
    case 'numeric':
      return type.precision === null ? new Utf8() : new Decimal(type.scale ?? 0, type.precision, 128);
    case 'bytea':
      return new Binary();
    case 'date':
      return new DateDay();
    case 'timestamp':
      return new TimestampMicrosecond();
    case 'timestamptz':
      return new TimestampMicrosecond('UTC');
    case 'interval':
      return new IntervalMonthDayNano();
    case 'uuid':
      return new FixedSizeBinary(16);
    case 'array':
      return new List(new ArrowField('item', arrowTypeOf(type.item), true));
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
    case 'json':
    case 'jsonb':
    case 'unknown':
    case 'void':
      return new Utf8();
    default:
      return type satisfies never;
  }
}

/** Types that their Arrow type alone gives back. */
const SELF_EVIDENT: ReadonlySet<string> = new Set([
  'bool',
  'int2',
  'int4',
  'int8',
  'float4',
  'float8',
  'text',
  'bytea',
  'date',
  'timestamp',
  'timestamptz',
  'interval',
]);
const EXTENSIONS: Readonly<Partial<Record<string, string>>> = {
  uuid: 'arrow.uuid',
  json: 'arrow.json',
  jsonb: 'arrow.json',
};

/** A column's Arrow field, with the PostgreSQL type as metadata where Arrow's does not say it. */
export function arrowFieldOf(field: Field, oid: number, typmod: number): ArrowField {
  const { type } = field;
  const metadata = new Map<string, string>();
  if (!SELF_EVIDENT.has(type.kind)) {
    metadata.set(PG_TYPE_METADATA, formatType(type));
    metadata.set(PG_OID_METADATA, `${oid} ${typmod}`);
  }
  const extension = EXTENSIONS[type.kind];
  if (extension !== undefined) {
    metadata.set('ARROW:extension:name', extension);
    metadata.set('ARROW:extension:metadata', '');
  }
  return new ArrowField(field.name, arrowTypeOf(type), field.nullable, metadata);
}

/** The PostgreSQL type that a field's metadata names, if it does. */
export function pgTypeOf(field: ArrowField): DataType | undefined {
  const [oid, typmod] = (field.metadata.get(PG_OID_METADATA) ?? '').split(' ');
  return oid === undefined || oid === '' ? undefined : typeFromOid(Number(oid), Number(typmod));
}
