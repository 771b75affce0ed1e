import { failure, type ResultColumn, type StatementResult, types } from '@millrace/core';
import type { AstStatement } from '@millrace/planner';
import type { Session } from '../session/session.ts';
import { commandResult, resultColumn, rowsResult } from './results.ts';

type SetStatement = Extract<AstStatement, { readonly kind: 'set' }>;

/** SET name = values; SET name TO DEFAULT. */
export function runSet(session: Session, statement: SetStatement): StatementResult {
  const value = statement.values === null ? null : joinValues(statement.name, statement.values);
  if (statement.isLocal && !isInBlock(session)) {
    session.notice('WARNING', '25P01', 'SET LOCAL can only be used in transaction blocks');
  }
  const set = session.settings.set(statement.name, value, { isLocal: statement.isLocal });
  if (set === 'buffered' && statement.name.toLowerCase() === 'millrace.commit_level') {
    session.notice(
      'NOTICE',
      '00000',
      'commits are acknowledged before they are on disk: a power failure may take the newest of them',
    );
  }
  return commandResult('SET');
}

/** As PostgreSQL sees it: also inside the implicit block of a text with several statements. */
export function isInBlock(session: Session): boolean {
  return session.transactions.state === 'block' || session.isPartOfMany;
}

/** A list setting keeps its items quoted where they need it, so that it reads back the same. Others take one value. */
function joinValues(name: string, values: readonly string[]): string {
  const key = name.toLowerCase();
  if (key === 'search_path') {
    return values
      .map((item) => (/^[a-z_][a-z0-9_$]*$/.test(item) ? item : `"${item.replaceAll('"', '""')}"`))
      .join(', ');
  }
  if (values.length > 1 && key !== 'datestyle' && key !== 'millrace.disabled_rules') {
    throw failure('invalidParameterValue', { message: `SET ${name} takes only one argument` });
  }
  return values.join(', ');
}

/** The rules that the session switched off. */
export function disabledRules(session: Session): ReadonlySet<string> {
  return session.services.optimizer.disabledRules(session.settings.get('millrace.disabled_rules'));
}

/** RESET name, RESET ALL. */
export function runReset(session: Session, name: string | null): StatementResult {
  if (name === null) session.settings.resetAll();
  else session.settings.set(name, null, { isLocal: false });
  return commandResult('RESET');
}

/** The columns of SHOW, for Describe. */
export function showColumns(session: Session, name: string): readonly ResultColumn[] {
  switch (name.toLowerCase()) {
    case 'all':
      return [
        resultColumn('name', types.text),
        resultColumn('setting', types.text),
        resultColumn('description', types.text),
      ];
    case 'millrace.rules':
      return ['position', 'name', 'phase', 'enabled', 'switchable', 'summary', 'why'].map((column) =>
        resultColumn(
          column,
          column === 'position'
            ? types.int4
            : column === 'enabled' || column === 'switchable'
              ? types.bool
              : types.text,
        ),
      );
    case 'millrace.metrics':
      return [resultColumn('name', types.text), resultColumn('value', types.float8)];
    case 'millrace.last_lsn':
      return [resultColumn('last_lsn', types.int8)];
    case 'millrace.last_commit_lsn':
      return [resultColumn('last_commit_lsn', types.int8)];
    default:
      return [resultColumn(session.settings.definition(name).name, types.text)];
  }
}

/** SHOW name, SHOW ALL, and millrace's own: rules, metrics, last_lsn (the newest that is visible), last_commit_lsn (of this session). */
export function runShow(session: Session, name: string): StatementResult {
  const columns = showColumns(session, name);
  const { settings, services } = session;
  switch (name.toLowerCase()) {
    case 'all':
      return rowsResult(
        columns,
        settings
          .all()
          .map(({ definition }) => [definition.name, settings.shown(definition.name), definition.description]),
        'SHOW',
      );
    case 'millrace.rules': {
      const disabled = disabledRules(session);
      return rowsResult(
        columns,
        services.optimizer.rules.map((rule) => [
          rule.position,
          rule.name,
          rule.phase,
          rule.enabled && !disabled.has(rule.name),
          rule.switchable,
          rule.summary,
          rule.why,
        ]),
        'SHOW',
      );
    }
    case 'millrace.metrics':
      return rowsResult(
        columns,
        [...services.metrics.read()].map(([metric, value]) => [metric, value]),
        'SHOW',
      );
    case 'millrace.last_lsn':
      return rowsResult(columns, [[services.transactionStore.lastLsn]], 'SHOW');
    case 'millrace.last_commit_lsn':
      return rowsResult(columns, [[session.transactions.lastCommitLsn]], 'SHOW');
    default:
      return rowsResult(columns, [[settings.shown(name)]], 'SHOW');
  }
}

/** 25006 in a read-only transaction. */
export function requireWritable(session: Session, command: string): void {
  if (session.settings.get('transaction_read_only') === 'on') throw failure('readOnlyTransaction', { command });
}
