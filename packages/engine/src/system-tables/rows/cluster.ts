import { SCHEMAS } from '../../catalog/catalog-view.ts';
import type { SystemRow } from '../relation-shape.ts';
import type { SystemTableContext } from '../system-table.ts';
import {
  C_COLLATION_OID,
  DATABASE_OID,
  DEFAULT_COLLATION_OID,
  DEFAULT_TABLESPACE_OID,
  HEAP_AM_OID,
  INTERNAL_LANGUAGE_OID,
  namespaceOid,
  OWNER_OID,
  SQL_LANGUAGE_OID,
  UTF8_ENCODING,
} from './ids.ts';

/** pg_namespace. */
export function* namespaceRows(): Generator<SystemRow> {
  for (const schema of SCHEMAS) yield { oid: namespaceOid(schema), nspname: schema, nspowner: OWNER_OID };
}

/** pg_database: the one database, under the name that this session connected to. */
export function* databaseRows({ database }: SystemTableContext): Generator<SystemRow> {
  yield {
    oid: DATABASE_OID,
    datname: database,
    datdba: OWNER_OID,
    encoding: UTF8_ENCODING,
    datlocprovider: 'c',
    datallowconn: true,
    datconnlimit: -1,
    dattablespace: DEFAULT_TABLESPACE_OID,
    datcollate: 'C',
    datctype: 'C.UTF-8',
  };
}

/** pg_roles and pg_user: without users configured, whoever connects is the owner of everything. */
export function* roleRows({ user }: SystemTableContext): Generator<SystemRow> {
  yield {
    oid: OWNER_OID,
    rolname: user,
    rolsuper: true,
    rolinherit: true,
    rolcreaterole: true,
    rolcreatedb: true,
    rolcanlogin: true,
    rolconnlimit: -1,
    rolpassword: '********',
    rolbypassrls: true,
  };
}

/** pg_user. */
export function* userRows({ user }: SystemTableContext): Generator<SystemRow> {
  yield {
    usename: user,
    usesysid: OWNER_OID,
    usecreatedb: true,
    usesuper: true,
    usebypassrls: true,
    passwd: '********',
  };
}

/** pg_am: tables are heaps to clients. */
export function* accessMethodRows(): Generator<SystemRow> {
  yield { oid: HEAP_AM_OID, amname: 'heap', amhandler: 3, amtype: 't' };
}

/** pg_tablespace. */
export function* tablespaceRows(): Generator<SystemRow> {
  yield { oid: DEFAULT_TABLESPACE_OID, spcname: 'pg_default', spcowner: OWNER_OID };
}

/** pg_language. */
export function* languageRows(): Generator<SystemRow> {
  for (const [oid, name] of [
    [INTERNAL_LANGUAGE_OID, 'internal'],
    [SQL_LANGUAGE_OID, 'sql'],
  ] as const) {
    yield { oid, lanname: name, lanowner: OWNER_OID };
  }
}

/** Text compares by its bytes: the default collation is C. */
export function* collationRows(): Generator<SystemRow> {
  for (const [oid, name, encoding] of [
    [DEFAULT_COLLATION_OID, 'default', -1],
    [C_COLLATION_OID, 'C', -1],
  ] as const) {
    yield {
      oid,
      collname: name,
      collnamespace: namespaceOid('pg_catalog'),
      collowner: OWNER_OID,
      collprovider: oid === DEFAULT_COLLATION_OID ? 'd' : 'c',
      collisdeterministic: true,
      collencoding: encoding,
      collcollate: 'C',
      collctype: 'C',
    };
  }
}

/** pg_settings. */
export function* settingRows({ settings }: SystemTableContext): Generator<SystemRow> {
  for (const { definition, value } of settings.all()) {
    yield {
      name: definition.name,
      setting: value,
      category: definition.name.startsWith('millrace.') ? 'millrace' : 'PostgreSQL',
      short_desc: definition.description,
      context: 'user',
      vartype: 'string',
      source: value === definition.default ? 'default' : 'session',
      boot_val: definition.default,
      reset_val: definition.default,
      pending_restart: false,
    };
  }
}

/** pg_stat_activity: this session; others are not shown. */
export function* activityRows({
  database,
  user,
  processId,
  settings,
  services,
}: SystemTableContext): Generator<SystemRow> {
  yield {
    datid: DATABASE_OID,
    datname: database,
    pid: processId,
    usesysid: OWNER_OID,
    usename: user,
    application_name: settings.get('application_name'),
    state: 'active',
    query_start: services.clock.nowMicros(),
    backend_type: 'client backend',
  };
}
