import { type Schema, types, type Value } from '@millrace/core';
import { describe, expect, test } from 'vitest';
import { DeltaTable } from '../delta-table.ts';
import { memoryObjectStore } from '../store/memory-object-store.ts';
import { faultyStore, type PutFault } from '../testing/faulty-store.ts';
import { append, batchOf, readAll } from '../testing/rows.ts';
import { testEnvironment } from '../testing/test-environment.ts';

const schema: Schema = {
  fields: [
    { name: 'writer', type: types.text, nullable: true },
    { name: 'n', type: types.int8, nullable: false },
  ],
};
const options = { location: 'db/t/', tableId: 'table-1', schema, partitionColumns: [] };
const sorted = (rows: Value[][]): Value[][] => rows.sort((a, b) => String(a).localeCompare(String(b)));

async function setUp() {
  const inner = memoryObjectStore();
  const store = faultyStore(inner);
  const table = await DeltaTable.create(testEnvironment({ store, seed: 1 }), options);
  const other = await DeltaTable.create(testEnvironment({ store: inner, seed: 2 }), options);
  store.injected.clear();
  return { inner, store, table, other };
}

const SURVIVABLE: readonly PutFault[] = ['none', 'unknown-applied', 'unknown-lost', 'exists-own', 'throws-applied'];

describe('whatever the store answers, the log decides', () => {
  for (const first of SURVIVABLE) {
    for (const second of SURVIVABLE) {
      for (const racer of [false, true]) {
        test(`${first}, then ${second}${racer ? ', while another writer wins the version' : ''}`, async () => {
          const { store, table, other } = await setUp();
          store.faults = [first, second];
          if (racer) {
            store.beforePut = async () => {
              await append(other, [['other', 1n]], { appId: 'wal-2', from: -1n, version: 1n });
            };
          }
          const outcome = await append(
            table,
            [
              ['me', 1n],
              ['me', 2n],
            ],
            { from: -1n, version: 7n },
          );
          expect(outcome.status).toBe('committed');
          expect(store.injected.get(first)).toBeGreaterThanOrEqual(1);
          const expected: Value[][] = [['me', 1n], ['me', 2n], ...(racer ? [['other', 1n] as Value[]] : [])];
          expect(sorted(await readAll(table))).toEqual(expected);
          const fresh = await DeltaTable.open(testEnvironment({ store }), 'db/t/');
          expect(sorted(await readAll(fresh))).toEqual(expected);
          expect(await fresh.progress('wal-1')).toBe(7n);
        });
      }
    }
  }
});

test('an error without a commit is thrown, and the same unit can be tried again', async () => {
  const { store, table } = await setUp();
  const staged = await table.stage([batchOf(schema, [['me', 1n]])]);
  store.faults = ['throws-lost'];
  await expect(table.commit(staged, { appId: 'wal-1', from: -1n, version: 3n })).rejects.toMatchObject({
    sqlstate: '58030',
  });
  expect(await table.progress('wal-1')).toBe(-1n);
  expect((await table.commit(staged, { appId: 'wal-1', from: -1n, version: 3n })).status).toBe('committed');
  expect(await readAll(table)).toEqual([['me', 1n]]);
});

test('a zombie: the first attempt lands after its writer was replaced', async () => {
  const { store, table, other } = await setUp();
  store.faults = ['unknown-late', 'throws-lost'];
  const first = await table.stage([batchOf(schema, [['me', 1n]])]);
  await expect(table.commit(first, { appId: 'wal-1', from: -1n, version: 1n })).rejects.toMatchObject({
    sqlstate: '58030',
  });
  await table.discard(first);
  await store.land();
  // A new process with the same log has more rows by now, and does not know of the first attempt.
  const again = await append(
    other,
    [
      ['me', 1n],
      ['me', 2n],
    ],
    { from: -1n, version: 2n },
  );
  expect(again).toEqual({ status: 'superseded', progress: 1n });
  expect((await append(other, [['me', 2n]], { from: 1n, version: 2n })).status).toBe('committed');
  expect(sorted(await readAll(other))).toEqual([
    ['me', 1n],
    ['me', 2n],
  ]);
  expect(
    (
      await append(
        other,
        [
          ['me', 1n],
          ['me', 2n],
        ],
        { from: -1n, version: 2n },
      )
    ).status,
  ).toBe('applied');
  expect(sorted(await readAll(other))).toEqual([
    ['me', 1n],
    ['me', 2n],
  ]);
});

test('a table that was set back is behind', async () => {
  const { table } = await setUp();
  await append(table, [['me', 1n]], { from: -1n, version: 5n });
  const outcome = await append(table, [['me', 2n]], { from: 9n, version: 12n });
  expect(outcome).toEqual({ status: 'behind', progress: 5n });
  expect(await readAll(table)).toEqual([['me', 1n]]);
});

test('twins: two processes flush the same unit, one of them applies', async () => {
  const { table, other } = await setUp();
  const rows: Value[][] = [['me', 1n]];
  const outcomes = await Promise.all([
    append(table, rows, { from: -1n, version: 4n }),
    append(other, rows, { from: -1n, version: 4n }),
  ]);
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['applied', 'committed']);
  expect(await readAll(table)).toEqual(rows);
});

test('many writers, each with its own log: all land, none twice; a commit takes no listing', async () => {
  const inner = memoryObjectStore();
  const stores = Array.from({ length: 6 }, () => faultyStore(inner));
  const writers = await Promise.all(
    stores.map((store, i) => DeltaTable.create(testEnvironment({ store, seed: 10 + i }), options)),
  );
  for (const store of stores) store.lists.length = 0;
  await Promise.all(
    writers.map(async (writer, i) => {
      for (let n = 0; n < 8; n++) {
        stores[i]!.faults = n % 3 === 1 ? ['unknown-applied'] : n % 3 === 2 ? ['exists-own'] : [];
        const progress = { appId: `wal-${i}`, from: BigInt(n) - 1n, version: BigInt(n) };
        expect((await append(writer, [[`w${i}`, BigInt(n)]], progress)).status).toBe('committed');
      }
    }),
  );
  expect(stores.flatMap((store) => store.lists)).toEqual([]);
  const expected = writers.flatMap((_, i) => Array.from({ length: 8 }, (__, n): Value[] => [`w${i}`, BigInt(n)]));
  for (const writer of writers) expect(sorted(await readAll(writer))).toEqual(sorted(expected));
  const fresh = await DeltaTable.open(testEnvironment({ store: inner }), 'db/t/');
  expect(fresh.snapshot!.version).toBe(48n);
  expect(sorted(await readAll(fresh))).toEqual(sorted(expected));
});

test('staged files go only when the log shows them unused', async () => {
  const { inner, table, other } = await setUp();
  const parquet = async (): Promise<number> => {
    let files = 0;
    for await (const object of inner.list('db/t/part-')) files += object.key.endsWith('.parquet') ? 1 : 0;
    return files;
  };
  const staged = await table.stage([batchOf(schema, [['me', 1n]])]);
  await table.commit(staged, { appId: 'wal-1', from: -1n, version: 1n });
  await table.discard(staged);
  expect(await parquet()).toBe(1);
  const twin = await other.stage([batchOf(schema, [['me', 1n]])]);
  expect(await parquet()).toBe(2);
  expect((await other.commit(twin, { appId: 'wal-1', from: -1n, version: 1n })).status).toBe('applied');
  await other.discard(twin);
  expect(await parquet()).toBe(1);
  expect(await readAll(table)).toEqual([['me', 1n]]);
});

test('a concurrent change of the definition: fits or is refused', async () => {
  const { inner, table } = await setUp();
  const staged = await table.stage([batchOf(schema, [['me', 1n]])]);
  const metaData = table.snapshot!.metaData;
  const wider = metaData.schemaString.replace(
    ']}',
    ',{"name":"extra","type":"string","nullable":true,"metadata":{}}]}',
  );
  const put = (version: number, line: unknown): Promise<unknown> =>
    inner.put(
      `db/t/_delta_log/${String(version).padStart(20, '0')}.json`,
      new TextEncoder().encode(JSON.stringify(line)),
      {
        mode: 'create',
      },
    );
  await put(1, { metaData: { ...metaData, schemaString: wider } });
  expect((await table.commit(staged, { appId: 'wal-1', from: -1n, version: 1n })).status).toBe('committed');
  expect(await readAll(table)).toEqual([['me', 1n, null]]);
  const reopened = await DeltaTable.open(testEnvironment({ store: inner }), 'db/t/');
  const second = await reopened.stage([batchOf(reopened.schema, [['me', 2n, 'x']])]);
  expect(await readAll(table)).toEqual([['me', 1n, null]]);
  await put(3, { metaData: { ...metaData, schemaString: wider.replace('"long"', '"integer"') } });
  await expect(reopened.commit(second, { appId: 'wal-1', from: 1n, version: 2n })).rejects.toMatchObject({
    sqlstate: '40001',
  });
  await put(4, { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['rowTracking'] } });
  await expect(reopened.commit(second, { appId: 'wal-1', from: 1n, version: 2n })).rejects.toMatchObject({
    sqlstate: '0A000',
    message: 'Delta writer feature "rowTracking" is not supported',
  });
});

test('creating is idempotent for one id and refused for another', async () => {
  const { inner } = await setUp();
  const again = await DeltaTable.create(testEnvironment({ store: inner }), options);
  expect(again.snapshot!.version).toBe(0n);
  await expect(
    DeltaTable.create(testEnvironment({ store: inner }), { ...options, tableId: 'table-2' }),
  ).rejects.toMatchObject({
    sqlstate: '55000',
  });
  const lost = faultyStore(memoryObjectStore());
  lost.faults = ['exists-own'];
  expect((await DeltaTable.create(testEnvironment({ store: lost }), options)).snapshot!.version).toBe(0n);
});
