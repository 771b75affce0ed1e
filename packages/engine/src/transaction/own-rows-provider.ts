import {
  type CatalogTable,
  failure,
  type PreparedScan,
  type RecordBatch,
  type ScanContext,
  type ScanRequest,
  type TableProvider,
} from '@millrace/core';

/** A table that the open transaction created itself: all its rows are the transaction's own. */
export function ownRowsProvider(table: CatalogTable, own: readonly RecordBatch[]): TableProvider {
  return {
    schema: { fields: table.columns.map(({ name, type, nullable }) => ({ name, type, nullable })) },
    prepareScan(request: ScanRequest, { signal }: ScanContext): PreparedScan {
      const indexes = request.columns.map((name) => table.columns.findIndex((column) => column.name === name));
      return {
        residualFilters: request.filters,
        describe: () => `${own.length} batches of the open transaction`,
        async *batches() {
          for (const batch of own) {
            signal.throwIfAborted();
            const vectors = indexes.map((index) => {
              const vector = batch.vectors[index];
              if (vector === undefined) throw failure('internal', { message: `unknown column of ${table.name}` });
              return vector;
            });
            yield { rowCount: batch.rowCount, vectors };
          }
        },
      };
    },
  };
}
