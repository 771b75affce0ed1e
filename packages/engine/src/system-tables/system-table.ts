import {
  type CatalogTable,
  type DataType,
  failure,
  type PreparedScan,
  type ScanRequest,
  type Schema,
  type TableProvider,
  type Value,
  vectorFromValues,
} from '@millrace/core';
import type { CatalogView } from '../catalog/catalog-view.ts';
import type { EngineServices } from '../services.ts';
import type { SessionSettings } from '../settings/session-settings.ts';

/** What the rows of a system table are made from: the statement's view of the catalog, and its session. */
export interface SystemTableContext {
  readonly view: CatalogView;
  readonly settings: SessionSettings;
  readonly services: EngineServices;
  readonly user: string;
  readonly database: string;
  readonly processId: number;
}

/** A relation of pg_catalog or information_schema: an ordinary table to the engine, whose rows are computed when it is scanned. */
export interface SystemTable {
  readonly table: CatalogTable;
  /** Rows in column order. */
  rows(context: SystemTableContext): Iterable<readonly Value[]>;
}

/** Makes a system table. OIDs below 16384 are the system's; each is used once. */
export function defineSystemTable(definition: {
  readonly oid: number;
  readonly schema: 'pg_catalog' | 'information_schema';
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: DataType, nullable?: boolean])[];
  readonly rows: (context: SystemTableContext) => Iterable<readonly Value[]>;
}): SystemTable {
  return {
    table: {
      oid: definition.oid,
      tableId: `virtual:${definition.schema}.${definition.name}`,
      schemaId: 1,
      schemaName: definition.schema,
      name: definition.name,
      columns: definition.columns.map(([name, type, nullable]) => ({
        name,
        type,
        nullable: nullable ?? true,
        defaultSql: null,
        defaultExpr: null,
      })),
      partitionColumns: [],
      options: {},
      location: null,
      isSystem: true,
    },
    rows: definition.rows,
  };
}

const BATCH_ROWS = 1_024;

/** A system table as a provider: rows are made once per scan; filters stay residual. */
export function systemTableProvider(system: SystemTable, context: SystemTableContext): TableProvider {
  const columns = system.table.columns;
  const schema: Schema = { fields: columns.map(({ name, type, nullable }) => ({ name, type, nullable })) };
  return {
    schema,
    prepareScan(request: ScanRequest): PreparedScan {
      const indexes = request.columns.map((name) => columns.findIndex((column) => column.name === name));
      if (indexes.includes(-1)) throw failure('internal', { message: `unknown column of ${system.table.name}` });
      return {
        residualFilters: request.filters,
        describe: () => 'computed',
        async *batches() {
          const rows = [...system.rows(context)];
          for (let start = 0; start < rows.length; start += BATCH_ROWS) {
            const part = rows.slice(start, start + BATCH_ROWS);
            const vectors = indexes.map((index) =>
              vectorFromValues(
                columns[index]?.type ?? { kind: 'text' },
                part.map((row) => row[index] ?? null),
              ),
            );
            yield { rowCount: part.length, vectors };
          }
        },
      };
    },
  };
}
