import { INFORMATION_SCHEMA_RELATIONS } from './information-schema-relations.ts';
import { PG_CATALOG_RELATIONS } from './pg-catalog-relations.ts';
import { relationOf, type SystemRows } from './relation-shape.ts';
import * as cluster from './rows/cluster.ts';
import { informationColumnRows, informationTableRows, schemataRows } from './rows/information-schema.ts';
import { attributeDefaultRows, attributeRows, classRows, partitionedRows, tableRows } from './rows/pg-class.ts';
import { procRows } from './rows/pg-proc.ts';
import { TYPE_ENTRIES } from './rows/pg-type.ts';
import type { SystemTable } from './system-table.ts';

/** The relations with rows; the others are empty, because nothing of their kind exists (indexes, triggers, policies ...). */
const PG_CATALOG_ROWS: Readonly<Record<string, SystemRows>> = {
  pg_am: cluster.accessMethodRows,
  pg_attrdef: attributeDefaultRows,
  pg_attribute: attributeRows,
  pg_class: classRows,
  pg_collation: cluster.collationRows,
  pg_database: cluster.databaseRows,
  pg_language: cluster.languageRows,
  pg_namespace: cluster.namespaceRows,
  pg_partitioned_table: partitionedRows,
  pg_proc: procRows,
  pg_roles: cluster.roleRows,
  pg_settings: cluster.settingRows,
  pg_stat_activity: cluster.activityRows,
  pg_tables: tableRows,
  pg_tablespace: cluster.tablespaceRows,
  pg_type: () => [...TYPE_ENTRIES.values()].map((entry) => entry.row),
  pg_user: cluster.userRows,
};

const INFORMATION_SCHEMA_ROWS: Readonly<Record<string, SystemRows>> = {
  columns: informationColumnRows,
  schemata: schemataRows,
  tables: informationTableRows,
};

/** pg_catalog and information_schema as ordinary tables. */
export const STANDARD_SYSTEM_TABLES: readonly SystemTable[] = Object.freeze([
  ...PG_CATALOG_RELATIONS.map((shape) => relationOf('pg_catalog', shape, PG_CATALOG_ROWS[shape.name])),
  ...INFORMATION_SCHEMA_RELATIONS.map((shape) =>
    relationOf('information_schema', shape, INFORMATION_SCHEMA_ROWS[shape.name]),
  ),
]);
