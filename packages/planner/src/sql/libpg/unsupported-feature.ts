import type { Node } from 'libpg-query';
import { kindOf } from './conversion.ts';

const FEATURES: Readonly<Record<string, string>> = {
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  CopyStmt: 'COPY',
  IndexStmt: 'CREATE INDEX',
  ViewStmt: 'CREATE VIEW',
  CreateSeqStmt: 'CREATE SEQUENCE',
  AlterSeqStmt: 'ALTER SEQUENCE',
  CreateSchemaStmt: 'CREATE SCHEMA',
  CreateFunctionStmt: 'CREATE FUNCTION',
  CreateTrigStmt: 'CREATE TRIGGER',
  CreateEnumStmt: 'CREATE TYPE',
  CompositeTypeStmt: 'CREATE TYPE',
  CreateRangeStmt: 'CREATE TYPE',
  DefineStmt: 'CREATE',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  DropOwnedStmt: 'DROP OWNED',
  DropRoleStmt: 'DROP ROLE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterTableMoveAllStmt: 'ALTER TABLE ALL IN TABLESPACE',
  AlterSystemStmt: 'ALTER SYSTEM',
  AlterDatabaseSetStmt: 'ALTER DATABASE',
  AlterRoleSetStmt: 'ALTER ROLE',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
  DeclareCursorStmt: 'DECLARE CURSOR',
  ClosePortalStmt: 'CLOSE',
  GrantRoleStmt: 'GRANT',
  RuleStmt: 'CREATE RULE',
  CreateStatsStmt: 'CREATE STATISTICS',
  ConstraintsSetStmt: 'SET CONSTRAINTS',
  SecLabelStmt: 'SECURITY LABEL',
  ReassignOwnedStmt: 'REASSIGN OWNED',
  CreateForeignTableStmt: 'CREATE FOREIGN TABLE',
  ImportForeignSchemaStmt: 'IMPORT FOREIGN SCHEMA',
  LockStmt: 'LOCK TABLE',
};
const OBJECTS: Readonly<Record<string, string>> = {
  OBJECT_MATVIEW: 'MATERIALIZED VIEW',
  OBJECT_TABCONSTRAINT: 'TABLE CONSTRAINT',
  OBJECT_FDW: 'FOREIGN DATA WRAPPER',
  OBJECT_STATISTIC_EXT: 'STATISTICS',
};

/** The usual name of a command that millrace does not run: `UPDATE`, `CREATE INDEX`, `ALTER TABLE` ... */
export function unsupportedFeature(node: Node): string {
  if ('DropStmt' in node) return `DROP ${objectWord(node.DropStmt.removeType)}`;
  if ('AlterTableStmt' in node) return `ALTER ${objectWord(node.AlterTableStmt.objtype)}`;
  if ('RenameStmt' in node) {
    const { renameType, relationType } = node.RenameStmt;
    return `ALTER ${objectWord(renameType === 'OBJECT_COLUMN' ? relationType : renameType)} RENAME`;
  }
  if ('AlterObjectSchemaStmt' in node) {
    return `ALTER ${objectWord(node.AlterObjectSchemaStmt.objectType)} SET SCHEMA`;
  }
  if ('AlterOwnerStmt' in node) return `ALTER ${objectWord(node.AlterOwnerStmt.objectType)} OWNER TO`;
  if ('CreateTableAsStmt' in node) {
    return node.CreateTableAsStmt.objtype === 'OBJECT_MATVIEW' ? 'CREATE MATERIALIZED VIEW' : 'CREATE TABLE AS';
  }
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd ? 'VACUUM' : 'ANALYZE';
  if ('FetchStmt' in node) return node.FetchStmt.ismove ? 'MOVE' : 'FETCH';
  if ('GrantStmt' in node) return node.GrantStmt.is_grant ? 'GRANT' : 'REVOKE';
  const kind = kindOf(node);
  return FEATURES[kind] ?? wordsOf(kind);
}

function objectWord(type: string | undefined): string {
  const name = String(type);
  return OBJECTS[name] ?? name.replace(/^OBJECT_/, '').replaceAll('_', ' ');
}

/** `CreateExtensionStmt` -> `CREATE EXTENSION`. */
function wordsOf(kind: string): string {
  return kind
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
}
