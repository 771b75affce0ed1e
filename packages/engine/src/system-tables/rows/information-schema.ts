import { type CatalogColumn, type CatalogTable, type DataType, formatType } from '@millrace/core';
import { SCHEMAS } from '../../catalog/catalog-view.ts';
import type { SystemRow } from '../relation-shape.ts';
import type { SystemTableContext } from '../system-table.ts';
import { relationKind } from './pg-class.ts';

/** information_schema.schemata. */
export function* schemataRows({ database, user }: SystemTableContext): Generator<SystemRow> {
  for (const schema of SCHEMAS) yield { catalog_name: database, schema_name: schema, schema_owner: user };
}

/** information_schema.tables. */
export function* informationTableRows({ view, database }: SystemTableContext): Generator<SystemRow> {
  for (const table of view.all()) {
    yield {
      table_catalog: database,
      table_schema: table.schemaName,
      table_name: table.name,
      table_type: relationKind(table) === 'v' ? 'VIEW' : 'BASE TABLE',
      is_insertable_into: table.isSystem ? 'NO' : 'YES',
      is_typed: 'NO',
    };
  }
}

/** information_schema.columns. */
export function* informationColumnRows({ view, database }: SystemTableContext): Generator<SystemRow> {
  for (const table of view.all()) {
    for (const [index, column] of table.columns.entries()) yield columnRow(database, table, column, index);
  }
}

function columnRow(database: string, table: CatalogTable, column: CatalogColumn, index: number): SystemRow {
  const { type } = column;
  return {
    table_catalog: database,
    table_schema: table.schemaName,
    table_name: table.name,
    column_name: column.name,
    ordinal_position: index + 1,
    column_default: column.defaultSql,
    is_nullable: column.nullable ? 'YES' : 'NO',
    data_type: type.kind === 'array' ? 'ARRAY' : formatType(withoutModifier(type)),
    udt_catalog: database,
    udt_schema: 'pg_catalog',
    udt_name: type.kind === 'array' ? `_${type.item.kind}` : type.kind,
    dtd_identifier: String(index + 1),
    is_self_referencing: 'NO',
    is_identity: 'NO',
    is_generated: column.generated === undefined ? 'NEVER' : 'ALWAYS',
    generation_expression: column.generated?.sql ?? null,
    is_updatable: table.isSystem ? 'NO' : 'YES',
    ...sizes(type),
  };
}

function withoutModifier(type: DataType): DataType {
  if (type.kind === 'numeric') return { kind: 'numeric', precision: null, scale: null };
  if (type.kind === 'varchar') return { kind: 'varchar', length: null };
  return type;
}

/** Lengths and precisions as information_schema gives them: bits for integers and floats, digits for numeric. */
function sizes(type: DataType): SystemRow {
  const numeric = (precision: number | null, radix: number, scale: number | null): SystemRow => ({
    numeric_precision: precision,
    numeric_precision_radix: radix,
    numeric_scale: scale,
  });
  const none = { character_maximum_length: null, character_octet_length: null, datetime_precision: null };
  const noNumber = numeric(null, 0, null);
  switch (type.kind) {
    case 'int2':
      return { ...none, ...numeric(16, 2, 0) };
    case 'int4':
      return { ...none, ...numeric(32, 2, 0) };
    case 'int8':
      return { ...none, ...numeric(64, 2, 0) };
    case 'float4':
      return { ...none, ...numeric(24, 2, null) };
    case 'float8':
      return { ...none, ...numeric(53, 2, null) };
    case 'numeric':
      return { ...none, ...numeric(type.precision, 10, type.scale) };
    case 'timestamp':
    case 'timestamptz':
      return { ...none, ...noNumber, numeric_precision_radix: null, datetime_precision: 6 };
    case 'date':
      return { ...none, ...noNumber, numeric_precision_radix: null, datetime_precision: 0 };
    case 'varchar':
    case 'bpchar':
      return { ...none, ...noNumber, numeric_precision_radix: null, character_maximum_length: type.length };
    default:
      return { ...none, ...noNumber, numeric_precision_radix: null };
  }
}
