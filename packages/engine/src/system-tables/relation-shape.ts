import { assert, type DataType, types, type Value } from '@millrace/core';
import { defineSystemTable, type SystemTable, type SystemTableContext } from './system-table.ts';

/** A system relation as a line of text: `columns` is `name type, name type[] ...`. */
export interface RelationShape {
  readonly oid: number;
  readonly name: string;
  readonly columns: string;
}

/** A row by column name; what is left out is PostgreSQL's zero of a NOT NULL type (0, false, '') or NULL. */
export type SystemRow = Readonly<Record<string, Value>>;
export type SystemRows = (context: SystemTableContext) => Iterable<SystemRow>;

/** Makes a system table from its shape and its rows. A row with a column that the shape lacks is a bug. */
export function relationOf(
  schema: 'pg_catalog' | 'information_schema',
  shape: RelationShape,
  rows: SystemRows = () => [],
): SystemTable {
  const columns = shape.columns.split(', ').map((column): readonly [string, DataType] => {
    const [name = '', typeName = ''] = column.split(' ');
    return [name, typeOfName(typeName)];
  });
  const names = new Set(columns.map(([name]) => name));
  return defineSystemTable({
    oid: shape.oid,
    schema,
    name: shape.name,
    columns,
    *rows(context) {
      for (const row of rows(context)) {
        for (const name of Object.keys(row)) assert(names.has(name), `${shape.name} has no column ${name}`);
        yield columns.map(([name, type]) => (Object.hasOwn(row, name) ? (row[name] ?? null) : zeroOf(type)));
      }
    },
  });
}

function typeOfName(name: string): DataType {
  if (name.endsWith('[]')) return { kind: 'array', item: typeOfName(name.slice(0, -2)) };
  assert(Object.hasOwn(types, name), `unknown type ${name} of a system relation`);
  return types[name as keyof typeof types];
}

/** Columns of pg_catalog with these types are NOT NULL in PostgreSQL, almost without exception. */
function zeroOf(type: DataType): Value {
  switch (type.kind) {
    case 'oid':
    case 'regproc':
    case 'regtype':
    case 'int2':
    case 'int4':
    case 'float4':
      return 0;
    case 'bool':
      return false;
    case 'char':
    case 'name':
      return '';
    default:
      return null;
  }
}
