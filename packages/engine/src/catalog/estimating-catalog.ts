import type { CatalogSnapshot, CatalogTable, TransactionStore } from '@millrace/core';

/**
 * The catalog as a statement is planned with: its tables say how many rows they have about now, from what is in memory already. A cached plan
 * keeps the estimates that it was made with.
 */
export function estimatingCatalog(
  catalog: CatalogSnapshot,
  store: Pick<TransactionStore, 'estimatedRows'>,
): CatalogSnapshot {
  const known = new Map<CatalogTable, CatalogTable>();
  const estimated = (table: CatalogTable | undefined): CatalogTable | undefined => {
    if (table === undefined || table.isSystem) return table;
    const same = known.get(table);
    if (same !== undefined) return same;
    const estimatedRows = store.estimatedRows?.(table.tableId);
    const result = estimatedRows === undefined ? table : { ...table, estimatedRows };
    known.set(table, result);
    return result;
  };
  return {
    searchPath: catalog.searchPath,
    hasSchema: (name) => catalog.hasSchema(name),
    table: (schemaName, name) => estimated(catalog.table(schemaName, name)),
    tableById: (tableId) => estimated(catalog.tableById(tableId)),
  };
}
