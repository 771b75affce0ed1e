import type { CatalogChange, CatalogSnapshot, CatalogTable } from '@millrace/core';

/** Schemas that always exist; CREATE SCHEMA is not supported. */
export const SCHEMAS: readonly string[] = Object.freeze(['pg_catalog', 'information_schema', 'public']);

/** What a view is made of. */
export interface CatalogViewParts {
  readonly committed: ReadonlyMap<string, CatalogTable>;
  readonly changes: readonly CatalogChange[];
  /** By `schema.name`. */
  readonly system: ReadonlyMap<string, CatalogTable>;
  readonly searchPath: readonly string[];
}

/**
 * What names mean for one statement: the committed catalog, the open transaction's own DDL over it, and the system tables.
 */
export class CatalogView implements CatalogSnapshot {
  readonly searchPath: readonly string[];
  /** Users' tables, those of the transaction included. */
  readonly tables: ReadonlyMap<string, CatalogTable>;
  readonly #system: ReadonlyMap<string, CatalogTable>;
  #byName: Map<string, CatalogTable> | null = null;

  constructor(options: CatalogViewParts) {
    this.tables = withChanges(options.committed, options.changes);
    this.#system = options.system;
    const named = options.searchPath.filter((schema) => SCHEMAS.includes(schema));
    this.searchPath = named.includes('pg_catalog') ? named : ['pg_catalog', ...named];
  }

  /** Where CREATE TABLE without a schema goes: the first schema of the path that can hold tables. */
  get creationSchema(): string | undefined {
    return this.searchPath.find((schema) => schema === 'public');
  }

  hasSchema(name: string): boolean {
    return SCHEMAS.includes(name);
  }

  table(schemaName: string | null, name: string): CatalogTable | undefined {
    this.#byName ??= new Map([...this.tables.values()].map((table) => [`${table.schemaName}.${table.name}`, table]));
    for (const schema of schemaName === null ? this.searchPath : [schemaName]) {
      const key = `${schema}.${name}`;
      const table = this.#system.get(key) ?? this.#byName.get(key);
      if (table) return table;
    }
    return undefined;
  }

  tableById(tableId: string): CatalogTable | undefined {
    if (!tableId.startsWith('virtual:')) return this.tables.get(tableId);
    return this.#system.get(tableId.slice('virtual:'.length));
  }

  /** Every table, system tables included. */
  *all(): Generator<CatalogTable> {
    yield* this.#system.values();
    yield* this.tables.values();
  }
}

function withChanges(
  committed: ReadonlyMap<string, CatalogTable>,
  changes: readonly CatalogChange[],
): ReadonlyMap<string, CatalogTable> {
  if (changes.length === 0) return committed;
  const tables = new Map(committed);
  for (const change of changes) {
    if (change.kind === 'create-table') tables.set(change.table.tableId, change.table);
    else tables.delete(change.tableId);
  }
  return tables;
}
