import { type CatalogTable, failure, type Sink, type TableStorage, type VersionedTable } from '@millrace/core';
import type { DeltaEnvironment } from './delta-environment.ts';
import { DeltaTable } from './delta-table.ts';
import { logDirectory } from './log/file-names.ts';
import { assertStorable } from './schema/schema-string.ts';
import { validatePartitionValues } from './write/validate-partition-values.ts';

/** Delta tables behind the engine's catalog: `TableStorage` over one environment. */
export interface DeltaStorage extends TableStorage {
  attach(table: CatalogTable): { readonly versioned: VersionedTable; readonly sink: Sink };
  /** Waits for commits and checkpoints under way. */
  close(): Promise<void>;
}

/** Options `delta.*` of `WITH (millrace.delta.… = …)` become table properties; the others are the engine's. */
const PROPERTY_PREFIX = 'delta.';
/** A table property for each generated column: its expression in PostgreSQL's SQL, for whoever reads the log. */
const GENERATED_PREFIX = 'millrace.generated.';

/** Makes the storage. One DeltaTable lives for each table id, shared by all who attach it. */
export function deltaTableStorage(environment: DeltaEnvironment): DeltaStorage {
  const tables = new Map<string, DeltaTable>();

  function tableOf(table: CatalogTable): DeltaTable {
    const known = tables.get(table.tableId);
    if (known !== undefined) return known;
    const generated = table.columns.flatMap(({ name, generated }) =>
      generated === undefined ? [] : [{ name, generated }],
    );
    const made = new DeltaTable(environment, {
      tableId: table.tableId,
      name: table.name,
      location: locationOf(table),
      schema: { fields: table.columns.map(({ name, type, nullable }) => ({ name, type, nullable })) },
      partitionColumns: table.partitionColumns,
      configuration: Object.fromEntries([
        ...Object.entries(table.options).filter(([key]) => key.startsWith(PROPERTY_PREFIX)),
        ...generated.map(({ name, generated: { sql } }) => [`${GENERATED_PREFIX}${name}`, sql]),
      ]),
      generatedColumns: generated.length > 0,
    });
    tables.set(table.tableId, made);
    return made;
  }

  return {
    attach(table) {
      const made = tableOf(table);
      return { versioned: made, sink: made };
    },
    ensure: (table, signal) => tableOf(table).ensure(signal),
    async drop(table) {
      const { store } = environment;
      const location = locationOf(table);
      await tables.get(table.tableId)?.close();
      tables.delete(table.tableId);
      // The log from its end, so that what a crash leaves is an older version of the table; then the files nobody names any more.
      const log: string[] = [];
      for await (const object of store.list(logDirectory(location))) log.unshift(object.key);
      for (const key of log) await store.delete(key);
      const rest: string[] = [];
      for await (const object of store.list(location)) rest.push(object.key);
      for (const key of rest) await store.delete(key);
      await store.removeEmpty?.(location);
    },
    validate(table) {
      assertStorable({ fields: table.columns }, table.partitionColumns);
    },
    validateRows(table, batch) {
      const schema = { fields: table.columns };
      validatePartitionValues(schema, table.partitionColumns, batch.vectors, batch.rowCount);
    },
    async close() {
      await Promise.all([...tables.values()].map((table) => table.close()));
    },
  };
}

function locationOf(table: CatalogTable): string {
  if (table.location !== null) return table.location;
  throw failure('notSupported', { feature: `storing the virtual table "${table.name}"` });
}
