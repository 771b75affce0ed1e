import { sinkSuite, tableProviderSuite, versionedTableSuite, walSuite } from '@millrace/testkit/vitest';
import {
  type MemoryLog,
  memoryProvider,
  memorySink,
  memoryTable,
  memoryVersions,
  memoryWal,
} from './memory-implementations.ts';

walSuite('in memory', () => {
  const log: MemoryLog = { records: new Map(), lastLsn: 0n, oldestLsn: 1n };
  return { open: async () => memoryWal(log) };
});
sinkSuite('in memory', (schema) => {
  const table = memoryTable(schema);
  return { sink: memorySink(table), rows: async () => table.rows };
});
versionedTableSuite('in memory', (schema) => {
  const table = memoryTable(schema);
  return {
    table: memoryVersions(table, 'memory'),
    tableId: 'memory',
    async commit(rows, { appId, version }) {
      table.rows = [...table.rows, ...rows];
      table.applied.set(appId, version);
      table.version++;
    },
  };
});
tableProviderSuite('in memory', (schema, rows) => ({ provider: memoryProvider(schema, rows) }));
