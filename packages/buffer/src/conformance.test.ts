import { batchOfRows, type TableRow, tableProviderSuite, walSuite } from '@millrace/testkit/vitest';
import { unionProvider } from './store/union-provider.ts';
import { walWorld, withDataDirectory } from './testing/wal-world.ts';

walSuite('segments on a disk', async () => {
  const { open, disk } = await withDataDirectory(walWorld());
  return { open: () => open(), lose: () => disk.crash(), recordBytesMax: 100_000 };
});

tableProviderSuite('rows in memory', (schema, rows) => {
  const half = Math.floor(rows.length / 2);
  const memory = [rows.slice(0, half), [] as readonly TableRow[], rows.slice(half)].map((some) =>
    batchOfRows(schema, some),
  );
  return { provider: unionProvider({ schema, snapshot: null, memory }) };
});
