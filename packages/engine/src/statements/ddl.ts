import { type CatalogTable, failure, LIMITS, type StatementResult } from '@millrace/core';
import { type AstName, type AstStatement, bindCreateTable } from '@millrace/planner';
import { bindEnvironment } from '../prepare/plan-statement.ts';
import type { Session } from '../session/session.ts';
import { commandResult } from './results.ts';
import { requireWritable } from './settings.ts';
import { tableOptions } from './table-options.ts';

type AstOf<K extends AstStatement['kind']> = Extract<AstStatement, { readonly kind: K }>;

/** CREATE TABLE: part of the transaction; the table exists for others when that commits. */
export function runCreateTable(session: Session, statement: AstOf<'create-table'>): StatementResult {
  requireWritable(session, 'CREATE TABLE');
  const view = session.catalogView();
  const { schemaName, name } = targetName(session, statement.name);
  if (view.table(schemaName, name) !== undefined) {
    if (!statement.ifNotExists) throw failure('duplicateTable', { name });
    session.notice('NOTICE', '42P07', `relation "${name}" already exists, skipping`);
    return commandResult('CREATE TABLE');
  }
  const definition = bindCreateTable(statement, bindEnvironment(session, []));
  if (definition.columns.length > LIMITS.columnsMax) {
    throw failure('tooManyColumns', { message: `tables can have at most ${LIMITS.columnsMax} columns` });
  }
  const tableId = session.services.random.uuid();
  const table: CatalogTable = {
    oid: session.services.catalog.nextOid(),
    tableId,
    schemaId: 1,
    schemaName,
    name,
    columns: definition.columns,
    partitionColumns: definition.partitionColumns,
    options: tableOptions(definition.options),
    location: `tables/${pathLabel(name)}-${tableId.slice(0, 8)}/`,
    isSystem: false,
  };
  session.services.tableStorage.validate(table);
  session.transactions.ensure().create({ kind: 'create-table', table }, { ifNotExists: statement.ifNotExists });
  return commandResult('CREATE TABLE');
}

/** DROP TABLE [IF EXISTS] a, b. */
export function runDropTable(session: Session, statement: AstOf<'drop-table'>): StatementResult {
  requireWritable(session, 'DROP TABLE');
  const view = session.catalogView();
  const dropped = new Set<string>();
  for (const { parts } of statement.names) {
    const label = parts.at(-1) ?? '';
    const schemaName = parts.length > 1 ? (parts.at(-2) ?? null) : null;
    const table = view.table(schemaName, label);
    if (table?.isSystem) {
      throw failure('insufficientPrivilege', { message: `permission denied: "${table.name}" is a system catalog` });
    }
    if (table !== undefined) dropped.add(table.tableId);
    else if (schemaName !== null && !view.hasSchema(schemaName)) {
      if (!statement.ifExists) throw failure('noSuchSchema', { name: schemaName });
      session.notice('NOTICE', '00000', `schema "${schemaName}" does not exist, skipping`);
    } else {
      if (!statement.ifExists) throw failure('undefinedTableToDrop', { name: label });
      session.notice('NOTICE', '00000', `table "${label}" does not exist, skipping`);
    }
  }
  const transaction = session.transactions.ensure();
  for (const tableId of dropped) transaction.drop(tableId);
  return commandResult('DROP TABLE');
}

function targetName(session: Session, astName: AstName): { readonly schemaName: string; readonly name: string } {
  const name = astName.parts.at(-1) ?? '';
  const view = session.catalogView();
  const position = astName.at === null ? undefined : astName.at + 1;
  const schemaName = astName.parts.length > 1 ? (astName.parts.at(-2) ?? '') : view.creationSchema;
  if (schemaName === undefined) {
    throw failure('noSchemaToCreateIn', {}, { position });
  }
  if (!view.hasSchema(schemaName)) throw failure('noSuchSchema', { name: schemaName }, { position });
  if (schemaName !== 'public') {
    throw failure(
      'insufficientPrivilege',
      { message: `permission denied to create "${schemaName}.${name}"` },
      { detail: 'System catalog modifications are currently disallowed.' },
    );
  }
  return { schemaName, name };
}

/** A name a person recognizes in a directory listing; the id beside it makes it unique, so nothing of the name decides a path. */
function pathLabel(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '_')
      .slice(0, 40)
      .replace(/^_+/, '') || 'table'
  );
}
