import { type CatalogTable, type CopyFormat, type CopyInputFormat, failure } from '@millrace/core';
import type { AstCopyOption } from '@millrace/planner';
import { copyCharacters, readCopyOptions } from './copy-option-list.ts';

/**
 * The options of COPY ... TO over columns of these names, checked as PostgreSQL does, in its order: 42601, 22023, 0A000, and 42703 for an unknown column
 * after FORCE QUOTE. `relation` is the table that is copied, null for a query.
 */
export function copyFormatOf(
  options: readonly AstCopyOption[],
  names: readonly string[],
  relation: string | null,
): CopyFormat {
  const written = readCopyOptions(options, 'to');
  const characters = copyCharacters(written);
  const fromOnly = written.forceNotNull !== null ? 'force not null' : written.forceNull !== null ? 'force null' : null;
  if (fromOnly !== null) {
    throw failure('notImplemented', { message: `COPY ${fromOnly} only available using COPY FROM` });
  }
  const { forceQuote } = written;
  const forced =
    forceQuote === 'all'
      ? names.map((_, i) => i)
      : (forceQuote ?? []).map((name) => {
          const position = names.indexOf(name);
          const label = relation === null ? `"${name}"` : `"${name}" of relation "${relation}"`;
          if (position < 0) throw failure('undefinedColumn', { name: label });
          return position;
        });
  return { ...characters, header: written.header !== 'none', forceQuote: new Set(forced) };
}

/**
 * The options of COPY ... FROM into columns of these names of a table, in PostgreSQL's order. FREEZE needs a table that the transaction made itself, where
 * nothing can see the rows too early, and changes nothing then; the caller checks it when the data comes, as PostgreSQL does.
 */
export function copyInputFormatOf(
  options: readonly AstCopyOption[],
  names: readonly string[],
  table: CatalogTable,
): { readonly format: CopyInputFormat; readonly isFrozen: boolean } {
  const written = readCopyOptions(options, 'from');
  const { skipsBadRows } = written;
  if (skipsBadRows && written.format === 'binary') {
    throw failure('syntaxError', { message: 'only ON_ERROR STOP is allowed in BINARY mode' });
  }
  const characters = copyCharacters(written);
  if (written.forceQuote !== null) {
    throw failure('notImplemented', { message: 'COPY force quote only available using COPY TO' });
  }
  const forced = (option: string, columns: readonly string[] | null): ReadonlySet<number> =>
    new Set((columns ?? []).map((name) => positionOf(name, { option, names, table })));
  const forceNotNull = forced('FORCE_NOT_NULL', written.forceNotNull);
  const forceNull = forced('FORCE_NULL', written.forceNull);
  const format = { ...characters, header: written.header, forceNotNull, forceNull, skipsBadRows };
  return { format, isFrozen: written.freeze };
}

interface Copied {
  readonly option: string;
  readonly names: readonly string[];
  readonly table: CatalogTable;
}

/** 42703 for no column of the table, 42P10 for one that is not copied. */
function positionOf(name: string, { option, names, table }: Copied): number {
  const position = names.indexOf(name);
  if (position >= 0) return position;
  if (!table.columns.some((column) => column.name === name)) {
    throw failure('undefinedColumn', { name: `"${name}" of relation "${table.name}"` });
  }
  throw failure('invalidColumnReference', { message: `${option} column "${name}" not referenced by COPY` });
}
