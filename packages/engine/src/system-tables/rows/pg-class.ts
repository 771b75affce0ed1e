import { oidOf, typmodOf } from '@millrace/core';
import type { SystemRow } from '../relation-shape.ts';
import type { SystemTableContext } from '../system-table.ts';
import { HEAP_AM_OID, namespaceOid, OWNER_OID } from './ids.ts';
import { TYPE_ENTRIES } from './pg-type.ts';

/** pg_class: users' tables (`p` where they have partition columns) and the system relations (`r`, those with a reserved prefix of views `v`). */
export function* classRows({ view }: SystemTableContext): Generator<SystemRow> {
  for (const table of view.all()) {
    yield {
      oid: table.oid,
      relname: table.name,
      relnamespace: namespaceOid(table.schemaName),
      relowner: OWNER_OID,
      relam: table.isSystem || table.partitionColumns.length > 0 ? 0 : HEAP_AM_OID,
      relpages: 0,
      reltuples: -1,
      relpersistence: 'p',
      relkind: relationKind(table),
      relnatts: table.columns.length,
      relispopulated: true,
      relreplident: 'd',
      relfrozenxid: 0,
      relminmxid: 0,
    };
  }
}

/** What pg_class.relkind says of a table. */
export function relationKind(table: {
  readonly isSystem: boolean;
  readonly schemaName: string;
  readonly partitionColumns: readonly string[];
}): 'p' | 'r' | 'v' {
  if (table.isSystem) return table.schemaName === 'information_schema' ? 'v' : 'r';
  return table.partitionColumns.length > 0 ? 'p' : 'r';
}

/** pg_attribute: the columns of every table. */
export function* attributeRows({ view }: SystemTableContext): Generator<SystemRow> {
  for (const table of view.all()) {
    for (const [index, column] of table.columns.entries()) {
      const type = TYPE_ENTRIES.get(oidOf(column.type));
      yield {
        attrelid: table.oid,
        attname: column.name,
        atttypid: oidOf(column.type),
        attstattarget: -1,
        attlen: type?.length ?? -1,
        attnum: index + 1,
        attndims: column.type.kind === 'array' ? 1 : 0,
        attcacheoff: -1,
        atttypmod: typmodOf(column.type),
        attbyval: type?.byValue ?? false,
        attalign: type?.align ?? 'i',
        attstorage: type?.storage ?? 'x',
        attnotnull: !column.nullable,
        atthasdef: (column.generated?.sql ?? column.defaultSql) !== null,
        attgenerated: column.generated === undefined ? '' : 's',
        attislocal: true,
        attcollation: type?.collation ?? 0,
      };
    }
  }
}

/** pg_attrdef: DEFAULTs and generation expressions as SQL text. */
export function* attributeDefaultRows({ view }: SystemTableContext): Generator<SystemRow> {
  for (const table of view.tables.values()) {
    for (const [index, column] of table.columns.entries()) {
      const sql = column.generated?.sql ?? column.defaultSql;
      if (sql === null) continue;
      yield {
        oid: attributeDefaultOid(table.oid, index),
        adrelid: table.oid,
        adnum: index + 1,
        adbin: sql,
      };
    }
  }
}

/** Defaults have no identity of their own: an OID that cannot meet a table's. */
function attributeDefaultOid(tableOid: number, index: number): number {
  return 0x8000_0000 + ((tableOid * 2_048 + index) % 0x7fff_ffff);
}

/** pg_partitioned_table: LIST over the partition columns. */
export function* partitionedRows({ view }: SystemTableContext): Generator<SystemRow> {
  for (const table of view.tables.values()) {
    if (table.partitionColumns.length === 0) continue;
    const numbers = table.partitionColumns.map((name) => table.columns.findIndex((column) => column.name === name) + 1);
    yield {
      partrelid: table.oid,
      partstrat: 'l',
      partnatts: numbers.length,
      partattrs: numbers,
      partclass: numbers.map(() => 0),
      partcollation: numbers.map(() => 0),
    };
  }
}

/** pg_tables. */
export function* tableRows({ view, user }: SystemTableContext): Generator<SystemRow> {
  for (const table of view.all()) {
    if (relationKind(table) === 'v') continue;
    yield { schemaname: table.schemaName, tablename: table.name, tableowner: user };
  }
}
