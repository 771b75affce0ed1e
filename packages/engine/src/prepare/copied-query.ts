import { failure } from '@millrace/core';
import { type AstFrom, type AstQuery, type AstSelectItem, type AstStatement, copiedColumns } from '@millrace/planner';
import type { Session } from '../session/session.ts';

/** COPY ... TO as it was parsed. */
export type CopyTo = Extract<AstStatement, { readonly kind: 'copy-to' }>;
/** COPY ... FROM as it was parsed. */
export type CopyFrom = Extract<AstStatement, { readonly kind: 'copy-from' }>;

/**
 * The query whose rows COPY ... TO sends: it is bound, analyzed (policies apply) and optimized like any other.
 * A table without a list gives all its columns but the generated ones. 42P01, 42703, 42701, 42P10.
 */
export function copiedQuery(session: Session, copy: CopyTo): AstQuery {
  if (copy.target === 'file') throw notOnTheServer('pg_write_server_files', 'to a file');
  if (copy.target === 'program') throw notOnTheServer(PROGRAM_ROLE, 'to or from an external program');
  if (copy.query !== null) return copy.query;
  if (copy.table === null) throw failure('internal', { message: 'COPY of nothing' });
  const { parts } = copy.table;
  const name = parts.at(-1) ?? '';
  const table = session.catalogView().table(parts.length > 1 ? (parts.at(-2) ?? null) : null, name);
  if (table === undefined) throw failure('undefinedTable', { name: parts.join('.') });
  const items = copiedColumns(table, copy.columns).map(({ name }): AstSelectItem => {
    return { expr: { kind: 'column', parts: [name], at: null }, alias: null, at: null };
  });
  const from: AstFrom = { kind: 'table', name: copy.table, alias: null, sample: false, at: copy.table.at };
  return selectOf(items, from);
}

function selectOf(items: readonly AstSelectItem[], from: AstFrom): AstQuery {
  return {
    with: [],
    isRecursive: false,
    body: {
      kind: 'select',
      isDistinct: false,
      distinctOn: [],
      items,
      from: [from],
      where: null,
      groupBy: [],
      groupingSets: null,
      having: null,
      windows: [],
      unsupported: [],
      at: null,
    },
    orderBy: [],
    limit: null,
    offset: null,
    withTies: false,
    locking: null,
    at: null,
  };
}

/** 42501 for a COPY ... FROM that reads what is on the server. */
export function requireClientSource({ source }: CopyFrom): void {
  if (source === 'file') throw notOnTheServer('pg_read_server_files', 'from a file');
  if (source === 'program') throw notOnTheServer(PROGRAM_ROLE, 'to or from an external program');
}

const PROGRAM_ROLE = 'pg_execute_server_program';

/** Nobody has the rights for that here. */
function notOnTheServer(role: string, what: string): Error {
  return failure(
    'insufficientPrivilege',
    { message: `must be superuser or have privileges of the ${role} role to COPY ${what}` },
    { hint: "Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone." },
  );
}
