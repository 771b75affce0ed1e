import { unionProvider } from '@millrace/buffer';
import { nodeRandom, nodeWorld } from '@millrace/core/node';
import { createParquetCodec, DeltaTable, memoryObjectStore } from '@millrace/delta';
import { batchOfRows, tableProviderSuite } from '@millrace/testkit/vitest';
import { afterAll } from 'vitest';

const codec = createParquetCodec({ workers: nodeWorld.workers });
afterAll(() => codec.close());

// Half of the rows in Delta files, in two commits, the other half in memory: what a query reads between two flushes.
tableProviderSuite(
  'files and memory',
  async (schema, rows) => {
    const environment = { store: memoryObjectStore(), codec, clock: nodeWorld.clock, random: nodeRandom };
    const options = { location: 't/', tableId: nodeRandom.uuid(), schema, partitionColumns: ['k'] };
    const table = await DeltaTable.create(environment, options);
    const quarter = Math.ceil(rows.length / 4);
    let version = -1n;
    for (const part of [rows.slice(0, quarter), rows.slice(quarter, 2 * quarter)]) {
      const staged = await table.stage([batchOfRows(schema, part)]);
      await table.commit(staged, { appId: 'w', from: version, version: version + 1n });
      version++;
    }
    await table.refresh();
    const snapshot = table.pin();
    const memory = [
      batchOfRows(schema, rows.slice(2 * quarter, 3 * quarter)),
      batchOfRows(schema, rows.slice(3 * quarter)),
    ];
    return { provider: unionProvider({ schema, snapshot, memory }), close: () => snapshot.release() };
  },
  { runs: 12 },
);
