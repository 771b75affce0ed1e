import { objectStoreSuite, sinkSuite, type TableRow, versionedTableSuite } from '@millrace/testkit/vitest';
import { DeltaTable } from './delta-table.ts';
import { memoryObjectStore } from './store/memory-object-store.ts';
import { faultyStore } from './testing/faulty-store.ts';
import { append, readAll } from './testing/rows.ts';
import { testEnvironment } from './testing/test-environment.ts';

const location = 'db/t/';
const tableId = '5e1f5a0e-7a3c-4f7f-9a59-3c1f0a3f7b11';

for (const partitionColumns of [[], ['k', 'b']]) {
  const what = partitionColumns.length === 0 ? 'Delta table' : 'partitioned Delta table';
  sinkSuite(what, async (schema) => {
    const store = memoryObjectStore();
    const options = { location, tableId, schema, partitionColumns };
    return {
      sink: await DeltaTable.create(testEnvironment({ store }), options),
      another: () => new DeltaTable(testEnvironment({ store, seed: 2 }), options),
      rows: async () => {
        const reader = await DeltaTable.open(testEnvironment({ store, seed: 3 }), location);
        return readAll(
          reader,
          schema.fields.map((field) => field.name),
        ) as Promise<readonly TableRow[]>;
      },
    };
  });

  versionedTableSuite(what, async (schema) => {
    const store = memoryObjectStore();
    const options = { location, tableId, schema, partitionColumns };
    const writer = await DeltaTable.create(testEnvironment({ store }), options);
    return {
      table: new DeltaTable(testEnvironment({ store, seed: 2 }), options),
      tableId,
      commit: async (rows, progress) => void (await append(writer, rows, progress)),
    };
  });
}

objectStoreSuite('without faults, the store of the fault tests', () => ({ store: faultyStore(memoryObjectStore()) }));
