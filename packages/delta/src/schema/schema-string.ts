import { type DataType, type Field, failure, type Schema, sameType } from '@millrace/core';
import { type ExactJson, formatExactJson, type JsonObject, parseExactJson } from '../log/exact-json.ts';
import { type DeltaType, fromDeltaType, toDeltaType } from './delta-type.ts';
import { PG_TYPE_KEY, parsePgTypeName, pgTypeName } from './pg-type-name.ts';

/** Characters that Parquet writers of other engines refuse in a name unless the table maps its columns. */
const UNPORTABLE_NAME = /[ ,;{}()\n\t=]/;
/** A partition column is written as text into paths and into the log. */
const NOT_PARTITIONABLE: ReadonlySet<DataType['kind']> = new Set(['array', 'bytea', 'json', 'jsonb']);

/** The schema as `metaData.schemaString`, with PostgreSQL's type of each field in its metadata, so that it comes back unchanged. */
export function formatSchemaString(schema: Schema): string {
  return formatExactJson({ type: 'struct', fields: schema.fields.map(formatField) });
}

function formatField(field: Field): JsonObject {
  const type = toDeltaType(field.type);
  const pgType = pgTypeName(field.type);
  const isDefault = sameType(fromDeltaType(type, field.name), field.type);
  return {
    name: field.name,
    type: type as ExactJson,
    nullable: field.nullable,
    metadata: isDefault || pgType === undefined ? {} : { [PG_TYPE_KEY]: pgType },
  };
}

/** Reads `metaData.schemaString`. Throws XX001 if it is damaged, 0A000 naming the column for a type that SQL does not have here. */
export function parseSchemaString(text: string): Schema {
  const root = parseExactJson(text);
  if (!isObject(root) || root['type'] !== 'struct' || !Array.isArray(root['fields']))
    throw damaged('no struct of fields');
  return { fields: (root['fields'] as readonly ExactJson[]).map(parseField) };
}

function parseField(field: ExactJson): Field {
  if (!isObject(field) || typeof field['name'] !== 'string') throw damaged('a field without a name');
  const { name } = field;
  const deltaType = parseType(field['type'], name);
  const type = fromDeltaType(deltaType, name);
  const metadata = isObject(field['metadata'] ?? null) ? (field['metadata'] as JsonObject) : {};
  const pgType = metadata[PG_TYPE_KEY];
  return {
    name,
    type: typeof pgType === 'string' ? reconcile(type, deltaType, pgType) : type,
    nullable: field['nullable'] !== false,
  };
}

/** The kept type, if it still is stored the way the schema says; another engine may have altered the column and kept the metadata. */
function reconcile(type: DataType, deltaType: DeltaType, pgType: string): DataType {
  const kept = parsePgTypeName(pgType);
  return formatExactJson(withoutNullability(toDeltaType(kept))) === formatExactJson(withoutNullability(deltaType))
    ? kept
    : type;
}

function withoutNullability(type: DeltaType): ExactJson {
  return typeof type === 'object' && type.type === 'array'
    ? { type: 'array', of: withoutNullability(type.elementType) }
    : (type as ExactJson);
}

function parseType(type: ExactJson | undefined, column: string): DeltaType {
  if (typeof type === 'string') return type;
  if (!isObject(type ?? null)) throw damaged(`column "${column}" without a type`);
  const kind = (type as JsonObject)['type'];
  if (kind === 'array') {
    const elementType = parseType((type as JsonObject)['elementType'], column);
    return { type: 'array', elementType, containsNull: (type as JsonObject)['containsNull'] !== false };
  }
  if (kind === 'struct' || kind === 'map') return { type: kind };
  throw damaged(`column "${column}" of an unknown kind of type`);
}

/**
 * Refuses a definition that a Delta table cannot hold, before anything is logged: unstorable types (0A000), names equal but for
 * case (Delta compares names ignoring case) or with characters that other engines refuse, partition columns of types
 * that have no text form, or nothing but partition columns (42P16: a Parquet file needs a column).
 */
export function assertStorable(schema: Schema, partitionColumns: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const field of schema.fields) {
    toDeltaType(field.type);
    if (UNPORTABLE_NAME.test(field.name) || field.name === '') {
      const feature = `column name ${JSON.stringify(field.name)} (blank or one of " ,;{}()=") in a Delta table`;
      throw failure('notSupported', { feature });
    }
    const folded = field.name.toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      if (other === field.name) throw failure('duplicateColumn', { name: field.name });
      throw failure('notSupported', {
        feature: `columns "${other}" and "${field.name}", equal but for case, in a Delta table`,
      });
    }
    seen.set(folded, field.name);
  }
  for (const name of partitionColumns) {
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw failure('undefinedColumn', { name: `"${name}"` });
    if (NOT_PARTITIONABLE.has(field.type.kind)) {
      throw failure('notSupported', {
        feature: `partitioning a Delta table by column "${name}" of type ${field.type.kind}`,
      });
    }
  }
  if (schema.fields.length === partitionColumns.length) {
    throw failure('invalidTableDefinition', {
      message: 'a Delta table needs at least one column that is not a partition column',
    });
  }
}

/** Whether the schema has `timestamp_ntz` anywhere, which needs the table feature. */
export function needsTimestampNtz(schema: Schema): boolean {
  return schema.fields.some(
    ({ type }) => type.kind === 'timestamp' || (type.kind === 'array' && type.item.kind === 'timestamp'),
  );
}

function isObject(value: ExactJson): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
function damaged(reason: string): Error {
  return failure('dataCorrupted', { message: `Delta schema: ${reason}` });
}
