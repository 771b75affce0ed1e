import { type CatalogTable, failure } from '@millrace/core';
import type { AstFrom, AstQuery, AstSelectItem, AstStatement } from '@millrace/planner';
import type { Session } from '../session/session.ts';

/** COPY ... TO as it was parsed. */
export type CopyTo = Extract<AstStatement, { readonly kind: 'copy-to' }>;

/**
 * The query whose rows COPY ... TO sends: it is bound, analyzed (policies apply) and optimized like any other.
 * A table without a list gives all its columns but the generated ones. 42P01, 42703, 42701, 42P10.
 */
export function copiedQuery(session: Session, copy: CopyTo): AstQuery {
  if (copy.target !== 'client') throw notToTheServer(copy.target);
  if (copy.query !== null) return copy.query;
  if (copy.table === null) throw failure('internal', { message: 'COPY of nothing' });
  const { parts } = copy.table;
  const name = parts.at(-1) ?? '';
  const table = session.catalogView().table(parts.length > 1 ? (parts.at(-2) ?? null) : null, name);
  if (table === undefined) throw failure('undefinedTable', { name: parts.join('.') });
  const items = copiedColumns(table, copy.columns).map((column): AstSelectItem => {
    return { expr: { kind: 'column', parts: [column], at: null }, alias: null, at: null };
  });
  const from: AstFrom = { kind: 'table', name: copy.table, alias: null, sample: false, at: copy.table.at };
  return selectOf(items, from);
}

function copiedColumns(table: CatalogTable, list: readonly string[] | null): readonly string[] {
  if (list === null) return table.columns.filter(({ generated }) => generated === undefined).map(({ name }) => name);
  const seen = new Set<string>();
  for (const name of list) {
    const column = table.columns.find((one) => one.name === name);
    if (column === undefined) throw failure('undefinedColumn', { name: `"${name}" of relation "${table.name}"` });
    if (column.generated !== undefined) {
      throw failure(
        'invalidColumnReference',
        { message: `column "${name}" is a generated column` },
        { detail: 'Generated columns cannot be used in COPY.' },
      );
    }
    if (seen.has(name)) throw failure('duplicateColumn', { name });
    seen.add(name);
  }
  return list;
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

/** Nobody has the rights for that here. */
function notToTheServer(target: 'file' | 'program'): Error {
  const [role, what] =
    target === 'file'
      ? ['pg_write_server_files', 'to a file']
      : ['pg_execute_server_program', 'to or from an external program'];
  return failure(
    'insufficientPrivilege',
    { message: `must be superuser or have privileges of the ${role} role to COPY ${what}` },
    { hint: "Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone." },
  );
}
