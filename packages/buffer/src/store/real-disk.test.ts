import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryBudget, createMetrics, type TransactionStore } from '@millrace/core';
import { nodeClock, nodeFileSystem, nodeRandom } from '@millrace/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOf, FakeLog, fakeTable, type TestRow } from '../testing/fake-storage.ts';
import { readTable } from '../testing/store-world.ts';
import { openTransactionStore } from './open-transaction-store.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'millrace-store-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function start(log: FakeLog, problems: string[] = []): Promise<TransactionStore> {
  const store = await openTransactionStore({
    fileSystem: nodeFileSystem,
    directory: join(data, 'wal'),
    clock: nodeClock,
    random: nodeRandom,
    memory: createMemoryBudget('rows', 1e8),
    metrics: createMetrics(),
    settings: { flushAfterMs: 60_000, flushBytes: 1e8 },
    onProblem: (message) => problems.push(message),
  });
  store.attach(fakeTable({ tableId: 't', log }));
  await store.recover({ catalogLsn: () => -1n, onCatalogRecord: async () => {} });
  return store;
}

const commit = (store: TransactionStore, rows: readonly TestRow[]): Promise<unknown> =>
  store.commit({ catalog: null, tables: [{ tableId: 't', schemaId: 1, batches: [batchOf(rows)] }] });

test('files of the operating system: many writers, a torn end, a damaged middle, the lock', async () => {
  const log = new FakeLog();
  const store = await start(log);
  await Promise.all(Array.from({ length: 200 }, (_, i) => commit(store, [[BigInt(i), `row ${i}`]])));
  await expect(start(log)).rejects.toMatchObject({
    sqlstate: '55006',
    message: `${join(data, 'wal')} is in use by another server (process ${process.pid})`,
  });
  await store.flush();
  await commit(store, [[1_000n, 'last']]);
  await store.close({ flush: false });

  const segment = join(data, 'wal', readdirSync(join(data, 'wal')).find((name) => name.endsWith('.wal'))!);
  const whole = readFileSync(segment);
  writeFileSync(segment, Buffer.concat([whole, Buffer.alloc(100, 7)]));
  const problems: string[] = [];
  const again = await start(log, problems);
  expect(problems).toEqual([`cut 100 bytes that were never acknowledged off ${segment} at byte ${whole.length}`]);
  const ids = (await readTable(again, 't')).map((row) => Number(row[0]));
  expect(ids.sort((a, b) => a - b)).toEqual([...Array.from({ length: 200 }, (_, i) => i), 1_000]);
  await again.close({ flush: true });

  const damaged = Buffer.from(whole);
  damaged[300]! ^= 1;
  writeFileSync(segment, damaged);
  await expect(start(log)).rejects.toMatchObject({
    sqlstate: 'XX001',
    message: expect.stringContaining('damaged at bytes'),
  });
});
