import { type CatalogTable, failure, type Value } from '@millrace/core';
import type { CatalogView } from './catalog-view.ts';
import { quoteIdentifier, splitQualifiedName } from './identifiers.ts';

type Answer = (view: CatalogView, argument: Value) => Value | undefined;

function tableByOid(view: CatalogView, oid: Value): CatalogTable | undefined {
  for (const table of view.all()) if (table.oid === oid) return table;
  return undefined;
}

function tableByText(view: CatalogView, text: Value): CatalogTable | undefined {
  const parts = splitQualifiedName(String(text));
  return view.table(parts.length > 1 ? (parts.at(-2) ?? null) : null, parts.at(-1) ?? '');
}

function isVisible(view: CatalogView, table: CatalogTable): boolean {
  return view.table(null, table.name)?.oid === table.oid;
}

/**
 * What functions and reg* casts may ask about the catalog (`SessionFacts.catalog`), by question. undefined = no such object.
 */
const QUESTIONS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['oid-of-relation', (view, text) => tableByText(view, text)?.oid],
  [
    'name-of-relation',
    (view, oid) => {
      const table = tableByOid(view, oid);
      if (table === undefined) return undefined;
      const name = quoteIdentifier(table.name);
      return isVisible(view, table) ? name : `${quoteIdentifier(table.schemaName)}.${name}`;
    },
  ],
  [
    'table-is-visible',
    (view, oid) => {
      const table = tableByOid(view, oid);
      return table === undefined ? undefined : isVisible(view, table);
    },
  ],
  ['is-user-table', (view, oid) => tableByOid(view, oid)?.isSystem === false],
  ['is-partitioned', (view, oid) => (tableByOid(view, oid)?.partitionColumns.length ?? 0) > 0],
  [
    'partition-key',
    (view, oid) => {
      const columns = tableByOid(view, oid)?.partitionColumns ?? [];
      return columns.length === 0 ? undefined : `LIST (${columns.map(quoteIdentifier).join(', ')})`;
    },
  ],
]);

/** Answers a question; a question nobody knows is a bug. */
export function catalogAnswer(view: CatalogView, question: string, argument: Value): Value | undefined {
  const answer = QUESTIONS.get(question);
  if (answer === undefined) throw failure('internal', { message: `unknown catalog question ${question}` });
  return answer(view, argument);
}
