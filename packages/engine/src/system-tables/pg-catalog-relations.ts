import type { RelationShape } from './relation-shape.ts';

/** The relations of pg_catalog that clients read: OID, name, and columns with their types as PostgreSQL 15 has them (types without a counterpart as text). */
export const PG_CATALOG_RELATIONS: readonly RelationShape[] = Object.freeze([
  { oid: 2601, name: 'pg_am', columns: 'oid oid, amname name, amhandler regproc, amtype char' },
  { oid: 2604, name: 'pg_attrdef', columns: 'oid oid, adrelid oid, adnum int2, adbin text' },
  {
    oid: 1249,
    name: 'pg_attribute',
    columns:
      'attrelid oid, attname name, atttypid oid, attstattarget int4, attlen int2, attnum int2, attndims int4, attcacheoff int4, atttypmod int4, attbyval bool, attalign char, attstorage char, attcompression char, attnotnull bool, atthasdef bool, atthasmissing bool, attidentity char, attgenerated char, attisdropped bool, attislocal bool, attinhcount int4, attcollation oid, attacl text[], attoptions text[], attfdwoptions text[], attmissingval text',
  },
  { oid: 1261, name: 'pg_auth_members', columns: 'roleid oid, member oid, grantor oid, admin_option bool' },
  {
    oid: 2605,
    name: 'pg_cast',
    columns: 'oid oid, castsource oid, casttarget oid, castfunc oid, castcontext char, castmethod char',
  },
  {
    oid: 1259,
    name: 'pg_class',
    columns:
      'oid oid, relname name, relnamespace oid, reltype oid, reloftype oid, relowner oid, relam oid, relfilenode oid, reltablespace oid, relpages int4, reltuples float4, relallvisible int4, reltoastrelid oid, relhasindex bool, relisshared bool, relpersistence char, relkind char, relnatts int2, relchecks int2, relhasrules bool, relhastriggers bool, relhassubclass bool, relrowsecurity bool, relforcerowsecurity bool, relispopulated bool, relreplident char, relispartition bool, relrewrite oid, relfrozenxid oid, relminmxid oid, relacl text[], reloptions text[], relpartbound text',
  },
  {
    oid: 3456,
    name: 'pg_collation',
    columns:
      'oid oid, collname name, collnamespace oid, collowner oid, collprovider char, collisdeterministic bool, collencoding int4, collcollate text, collctype text, colliculocale text, collversion text',
  },
  {
    oid: 2606,
    name: 'pg_constraint',
    columns:
      'oid oid, conname name, connamespace oid, contype char, condeferrable bool, condeferred bool, convalidated bool, conrelid oid, contypid oid, conindid oid, conparentid oid, confrelid oid, confupdtype char, confdeltype char, confmatchtype char, conislocal bool, coninhcount int4, connoinherit bool, conkey int2[], confkey int2[], conpfeqop oid[], conppeqop oid[], conffeqop oid[], confdelsetcols int2[], conexclop oid[], conbin text',
  },
  {
    oid: 1262,
    name: 'pg_database',
    columns:
      'oid oid, datname name, datdba oid, encoding int4, datlocprovider char, datistemplate bool, datallowconn bool, datconnlimit int4, datfrozenxid oid, datminmxid oid, dattablespace oid, datcollate text, datctype text, daticulocale text, datcollversion text, datacl text[]',
  },
  {
    oid: 2608,
    name: 'pg_depend',
    columns: 'classid oid, objid oid, objsubid int4, refclassid oid, refobjid oid, refobjsubid int4, deptype char',
  },
  { oid: 2964, name: 'pg_db_role_setting', columns: 'setdatabase oid, setrole oid, setconfig text[]' },
  { oid: 2609, name: 'pg_description', columns: 'objoid oid, classoid oid, objsubid int4, description text' },
  { oid: 3501, name: 'pg_enum', columns: 'oid oid, enumtypid oid, enumsortorder float4, enumlabel name' },
  {
    oid: 3466,
    name: 'pg_event_trigger',
    columns: 'oid oid, evtname name, evtevent name, evtowner oid, evtfoid oid, evtenabled char, evttags text[]',
  },
  {
    oid: 3079,
    name: 'pg_extension',
    columns:
      'oid oid, extname name, extowner oid, extnamespace oid, extrelocatable bool, extversion text, extconfig oid[], extcondition text[]',
  },
  {
    oid: 1417,
    name: 'pg_foreign_server',
    columns:
      'oid oid, srvname name, srvowner oid, srvfdw oid, srvtype text, srvversion text, srvacl text[], srvoptions text[]',
  },
  { oid: 3118, name: 'pg_foreign_table', columns: 'ftrelid oid, ftserver oid, ftoptions text[]' },
  {
    oid: 2610,
    name: 'pg_index',
    columns:
      'indexrelid oid, indrelid oid, indnatts int2, indnkeyatts int2, indisunique bool, indnullsnotdistinct bool, indisprimary bool, indisexclusion bool, indimmediate bool, indisclustered bool, indisvalid bool, indcheckxmin bool, indisready bool, indislive bool, indisreplident bool, indkey int2[], indcollation oid[], indclass oid[], indoption int2[], indexprs text, indpred text',
  },
  {
    oid: 12043,
    name: 'pg_indexes',
    columns: 'schemaname name, tablename name, indexname name, tablespace name, indexdef text',
  },
  { oid: 2611, name: 'pg_inherits', columns: 'inhrelid oid, inhparent oid, inhseqno int4, inhdetachpending bool' },
  {
    oid: 2612,
    name: 'pg_language',
    columns:
      'oid oid, lanname name, lanowner oid, lanispl bool, lanpltrusted bool, lanplcallfoid oid, laninline oid, lanvalidator oid, lanacl text[]',
  },
  {
    oid: 12073,
    name: 'pg_locks',
    columns:
      'locktype text, database oid, relation oid, page int4, tuple int2, virtualxid text, transactionid oid, classid oid, objid oid, objsubid int2, virtualtransaction text, pid int4, mode text, granted bool, fastpath bool, waitstart timestamptz',
  },
  {
    oid: 12038,
    name: 'pg_matviews',
    columns:
      'schemaname name, matviewname name, matviewowner name, tablespace name, hasindexes bool, ispopulated bool, definition text',
  },
  { oid: 2615, name: 'pg_namespace', columns: 'oid oid, nspname name, nspowner oid, nspacl text[]' },
  {
    oid: 2616,
    name: 'pg_opclass',
    columns:
      'oid oid, opcmethod oid, opcname name, opcnamespace oid, opcowner oid, opcfamily oid, opcintype oid, opcdefault bool, opckeytype oid',
  },
  {
    oid: 2617,
    name: 'pg_operator',
    columns:
      'oid oid, oprname name, oprnamespace oid, oprowner oid, oprkind char, oprcanmerge bool, oprcanhash bool, oprleft oid, oprright oid, oprresult oid, oprcom oid, oprnegate oid, oprcode regproc, oprrest regproc, oprjoin regproc',
  },
  {
    oid: 3350,
    name: 'pg_partitioned_table',
    columns:
      'partrelid oid, partstrat char, partnatts int2, partdefid oid, partattrs int2[], partclass oid[], partcollation oid[], partexprs text',
  },
  {
    oid: 3256,
    name: 'pg_policy',
    columns:
      'oid oid, polname name, polrelid oid, polcmd char, polpermissive bool, polroles oid[], polqual text, polwithcheck text',
  },
  {
    oid: 12095,
    name: 'pg_prepared_statements',
    columns:
      'name text, statement text, prepare_time timestamptz, parameter_types regtype[], from_sql bool, generic_plans int8, custom_plans int8',
  },
  {
    oid: 1255,
    name: 'pg_proc',
    columns:
      'oid oid, proname name, pronamespace oid, proowner oid, prolang oid, procost float4, prorows float4, provariadic oid, prosupport regproc, prokind char, prosecdef bool, proleakproof bool, proisstrict bool, proretset bool, provolatile char, proparallel char, pronargs int2, pronargdefaults int2, prorettype oid, proargtypes oid[], proallargtypes oid[], proargmodes char[], proargnames text[], proargdefaults text, protrftypes oid[], prosrc text, probin text, prosqlbody text, proconfig text[], proacl text[]',
  },
  {
    oid: 6104,
    name: 'pg_publication',
    columns:
      'oid oid, pubname name, pubowner oid, puballtables bool, pubinsert bool, pubupdate bool, pubdelete bool, pubtruncate bool, pubviaroot bool',
  },
  { oid: 6237, name: 'pg_publication_namespace', columns: 'oid oid, pnpubid oid, pnnspid oid' },
  { oid: 6106, name: 'pg_publication_rel', columns: 'oid oid, prpubid oid, prrelid oid, prqual text, prattrs int2[]' },
  {
    oid: 3541,
    name: 'pg_range',
    columns:
      'rngtypid oid, rngsubtype oid, rngmultitypid oid, rngcollation oid, rngsubopc oid, rngcanonical regproc, rngsubdiff regproc',
  },
  {
    oid: 2618,
    name: 'pg_rewrite',
    columns:
      'oid oid, rulename name, ev_class oid, ev_type char, ev_enabled char, is_instead bool, ev_qual text, ev_action text',
  },
  {
    oid: 12000,
    name: 'pg_roles',
    columns:
      'rolname name, rolsuper bool, rolinherit bool, rolcreaterole bool, rolcreatedb bool, rolcanlogin bool, rolreplication bool, rolconnlimit int4, rolpassword text, rolvaliduntil timestamptz, rolbypassrls bool, rolconfig text[], oid oid',
  },
  {
    oid: 2224,
    name: 'pg_sequence',
    columns:
      'seqrelid oid, seqtypid oid, seqstart int8, seqincrement int8, seqmax int8, seqmin int8, seqcache int8, seqcycle bool',
  },
  {
    oid: 12048,
    name: 'pg_sequences',
    columns:
      'schemaname name, sequencename name, sequenceowner name, data_type regtype, start_value int8, min_value int8, max_value int8, increment_by int8, cycle bool, cache_size int8, last_value int8',
  },
  {
    oid: 12104,
    name: 'pg_settings',
    columns:
      'name text, setting text, unit text, category text, short_desc text, extra_desc text, context text, vartype text, source text, min_val text, max_val text, enumvals text[], boot_val text, reset_val text, sourcefile text, sourceline int4, pending_restart bool',
  },
  { oid: 2396, name: 'pg_shdescription', columns: 'objoid oid, classoid oid, description text' },
  {
    oid: 12222,
    name: 'pg_stat_activity',
    columns:
      'datid oid, datname name, pid int4, leader_pid int4, usesysid oid, usename name, application_name text, client_addr text, client_hostname text, client_port int4, backend_start timestamptz, xact_start timestamptz, query_start timestamptz, state_change timestamptz, wait_event_type text, wait_event text, state text, backend_xid oid, backend_xmin oid, query_id int8, query text, backend_type text',
  },
  {
    oid: 12266,
    name: 'pg_stat_database',
    columns:
      'datid oid, datname name, numbackends int4, xact_commit int8, xact_rollback int8, blks_read int8, blks_hit int8, tup_returned int8, tup_fetched int8, tup_inserted int8, tup_updated int8, tup_deleted int8, conflicts int8, temp_files int8, temp_bytes int8, deadlocks int8, checksum_failures int8, checksum_last_failure timestamptz, blk_read_time float8, blk_write_time float8, session_time float8, active_time float8, idle_in_transaction_time float8, sessions int8, sessions_abandoned int8, sessions_fatal int8, sessions_killed int8, stats_reset timestamptz',
  },
  {
    oid: 12161,
    name: 'pg_stat_user_tables',
    columns:
      'relid oid, schemaname name, relname name, seq_scan int8, seq_tup_read int8, idx_scan int8, idx_tup_fetch int8, n_tup_ins int8, n_tup_upd int8, n_tup_del int8, n_tup_hot_upd int8, n_live_tup int8, n_dead_tup int8, n_mod_since_analyze int8, n_ins_since_vacuum int8, last_vacuum timestamptz, last_autovacuum timestamptz, last_analyze timestamptz, last_autoanalyze timestamptz, vacuum_count int8, autovacuum_count int8, analyze_count int8, autoanalyze_count int8',
  },
  {
    oid: 3381,
    name: 'pg_statistic_ext',
    columns:
      'oid oid, stxrelid oid, stxname name, stxnamespace oid, stxowner oid, stxstattarget int4, stxkeys int2[], stxkind char[], stxexprs text',
  },
  {
    oid: 12033,
    name: 'pg_tables',
    columns:
      'schemaname name, tablename name, tableowner name, tablespace name, hasindexes bool, hasrules bool, hastriggers bool, rowsecurity bool',
  },
  {
    oid: 1213,
    name: 'pg_tablespace',
    columns: 'oid oid, spcname name, spcowner oid, spcacl text[], spcoptions text[]',
  },
  {
    oid: 2620,
    name: 'pg_trigger',
    columns:
      'oid oid, tgrelid oid, tgparentid oid, tgname name, tgfoid oid, tgtype int2, tgenabled char, tgisinternal bool, tgconstrrelid oid, tgconstrindid oid, tgconstraint oid, tgdeferrable bool, tginitdeferred bool, tgnargs int2, tgattr int2[], tgargs bytea, tgqual text, tgoldtable name, tgnewtable name',
  },
  {
    oid: 1247,
    name: 'pg_type',
    columns:
      'oid oid, typname name, typnamespace oid, typowner oid, typlen int2, typbyval bool, typtype char, typcategory char, typispreferred bool, typisdefined bool, typdelim char, typrelid oid, typsubscript regproc, typelem oid, typarray oid, typinput regproc, typoutput regproc, typreceive regproc, typsend regproc, typmodin regproc, typmodout regproc, typanalyze regproc, typalign char, typstorage char, typnotnull bool, typbasetype oid, typtypmod int4, typndims int4, typcollation oid, typdefaultbin text, typdefault text, typacl text[]',
  },
  {
    oid: 12014,
    name: 'pg_user',
    columns:
      'usename name, usesysid oid, usecreatedb bool, usesuper bool, userepl bool, usebypassrls bool, passwd text, valuntil timestamptz, useconfig text[]',
  },
  { oid: 12028, name: 'pg_views', columns: 'schemaname name, viewname name, viewowner name, definition text' },
]);
