import { type CatalogTable, failure, formatType, quoteIdentifier, typeFromOid, type Value } from '@millrace/core';
import { namespaceName, namespaceOid } from '../system-tables/rows/ids.ts';
import { TYPE_ENTRIES, TYPE_FUNCTIONS } from '../system-tables/rows/pg-type.ts';
import type { CatalogView } from './catalog-view.ts';
import { splitQualifiedName } from './identifiers.ts';

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

/** A reg* cast asks by name for the OID, and by OID for the name. */
function nameOrOid(byName: Answer, byOid: Answer): Answer {
  return (view, argument) => (typeof argument === 'string' ? byName(view, argument) : byOid(view, argument));
}

function relationName(view: CatalogView, oid: Value): Value | undefined {
  const table = tableByOid(view, oid);
  if (table === undefined) return undefined;
  const name = quoteIdentifier(table.name);
  return isVisible(view, table) ? name : `${quoteIdentifier(table.schemaName)}.${name}`;
}

function partitionKey(view: CatalogView, oid: Value): Value | undefined {
  const columns = tableByOid(view, oid)?.partitionColumns ?? [];
  return columns.length === 0 ? undefined : `LIST (${columns.map(quoteIdentifier).join(', ')})`;
}

/** A type by its internal name or as SQL spells it, also as an array. */
function typeOidByName(text: string): Value | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^pg_catalog\./, '')
    .replace(/\s+/g, ' ');
  for (const entry of TYPE_ENTRIES.values()) {
    if (entry.name === name || typeName(entry.oid) === name) return entry.oid;
  }
  const item = name.endsWith('[]') ? typeOidByName(name.slice(0, -2)) : undefined;
  const array = typeof item === 'number' ? TYPE_ENTRIES.get(item)?.row['typarray'] : undefined;
  return array === undefined || array === 0 ? undefined : array;
}

function typeName(oid: number): string | undefined {
  const type = typeFromOid(oid);
  return type === undefined ? TYPE_ENTRIES.get(oid)?.name : formatType(type);
}

/**
 * What functions and reg* casts may ask about the catalog (`SessionFacts.catalog`), by question. undefined = no such object.
 */
const QUESTIONS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['regclass', nameOrOid((view, text) => tableByText(view, text)?.oid, relationName)],
  [
    'regnamespace',
    nameOrOid(
      (_, text) => namespaceOid(splitQualifiedName(String(text))[0] ?? '') || undefined,
      (_, oid) => namespaceName(Number(oid)),
    ),
  ],
  [
    'regproc',
    nameOrOid(
      (_, text) => TYPE_FUNCTIONS.get(splitQualifiedName(String(text)).at(-1) ?? ''),
      (_, oid) => [...TYPE_FUNCTIONS].find(([, known]) => known === oid)?.[0],
    ),
  ],
  [
    'table-is-visible',
    (view, oid) => {
      const table = tableByOid(view, oid);
      return table === undefined ? undefined : isVisible(view, table);
    },
  ],
  [
    'regtype',
    nameOrOid(
      (_, text) => typeOidByName(String(text)),
      (_, oid) => typeName(Number(oid)),
    ),
  ],
  ['is-user-table', (view, oid) => tableByOid(view, oid)?.isSystem === false],
  ['is-partitioned', (view, oid) => (tableByOid(view, oid)?.partitionColumns.length ?? 0) > 0],
  ['partition-key', partitionKey],
]);

/** Answers a question; a question nobody knows is a bug. */
export function catalogAnswer(view: CatalogView, question: string, argument: Value): Value | undefined {
  const answer = QUESTIONS.get(question);
  if (answer === undefined) throw failure('internal', { message: `unknown catalog question ${question}` });
  return answer(view, argument);
}
