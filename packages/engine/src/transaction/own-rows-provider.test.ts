import { batchOfRows, tableProviderSuite } from '@millrace/testkit/vitest';
import { ownRowsProvider } from './own-rows-provider.ts';

tableProviderSuite('rows of the open transaction', (schema, rows) => {
  const table = {
    oid: 16384,
    tableId: 'own',
    schemaId: 1,
    schemaName: 'public',
    name: 'own',
    columns: schema.fields.map((field) => ({ ...field, defaultSql: null, defaultExpr: null })),
    partitionColumns: [],
    options: {},
    location: null,
    isSystem: false,
  };
  const own = rows.length === 0 ? [] : [batchOfRows(schema, rows.slice(0, 3)), batchOfRows(schema, rows.slice(3))];
  return {
    provider: ownRowsProvider(
      table,
      own.filter((batch) => batch.rowCount > 0),
    ),
  };
});
