import type { CatalogTable } from '@millrace/core';
import { types } from '@millrace/core';
import { expect, test } from 'vitest';
import { FakeObjectStore } from '../testing/fake-storage.ts';
import { decodeChanges, encodeChanges, StoredCatalog } from './stored-catalog.ts';

const table = (name: string, oid: number): CatalogTable => ({
  oid,
  tableId: `id of ${name}`,
  schemaId: 1,
  schemaName: 'public',
  name,
  columns: [
    {
      name: 'x',
      type: types.int8,
      nullable: true,
      defaultSql: '1',
      defaultExpr: { kind: 'literal', type: types.int8, value: 1n },
    },
  ],
  partitionColumns: [],
  options: {},
  location: null,
  isSystem: false,
});
const create = (name: string, oid: number) => ({ kind: 'create-table', table: table(name, oid) }) as const;
const names = (catalog: StoredCatalog): readonly string[] => catalog.tables.map(({ name }) => name);

test('what was stored is read back, exact values included', async () => {
  const store = new FakeObjectStore();
  const catalog = await StoredCatalog.open(store);
  expect(catalog.nextOid()).toBe(16_384);
  catalog.apply([create('a', 16_384), create('b', 16_390)], 'wal', 1n);
  catalog.apply([{ kind: 'drop-table', tableId: 'id of a' }], 'wal', 2n);
  expect(await catalog.store()).toBe(2n);
  const next = await StoredCatalog.open(store);
  expect(next.tables).toEqual([table('b', 16_390)]);
  expect(next.dropped).toEqual([table('a', 16_384)]);
  expect([next.storedLsn('wal'), next.storedLsn('other'), next.nextOid()]).toEqual([2n, -1n, 16_391]);
  expect([next.isDropped('id of a'), next.isDropped('id of b')]).toEqual([true, false]);
  expect([next.isNews(create('a', 16_384)), next.isNews(create('b', 1)), next.isNews(create('c', 1))]).toEqual([
    false,
    false,
    true,
  ]);
  next.forgetBelow(2n);
  expect(next.isDropped('id of a')).toBe(true);
  next.forgetBelow(3n);
  expect(next.isDropped('id of a')).toBe(false);
  expect(decodeChanges(encodeChanges([create('a', 1)]))).toEqual([create('a', 1)]);
});

test('nothing new, nothing written; five versions are kept', async () => {
  const store = new FakeObjectStore();
  const catalog = await StoredCatalog.open(store);
  for (let i = 1; i <= 7; i++) {
    catalog.apply([create(`t${i}`, i)], 'wal', BigInt(i));
    expect(await catalog.store()).toBe(BigInt(i));
    expect(await catalog.store()).toBe(BigInt(i));
  }
  expect([...store.objects.keys()].map((key) => Number(/\d+/.exec(key)?.[0]))).toEqual([3, 4, 5, 6, 7]);
});

test('a put whose answer was lost is decided by reading', async () => {
  const store = new FakeObjectStore();
  const catalog = await StoredCatalog.open(store);
  catalog.apply([create('a', 1)], 'wal', 1n);
  store.faults.push('lands-without-answer');
  expect(await catalog.store()).toBe(1n);
  catalog.apply([create('b', 2)], 'wal', 2n);
  store.faults.push('lost-without-answer', 'lost-without-answer');
  expect(await catalog.store()).toBe(2n);
  expect(names(await StoredCatalog.open(store))).toEqual(['a', 'b']);
});

test('an earlier document of ours that lands late is not another server`s', async () => {
  const store = new FakeObjectStore();
  const catalog = await StoredCatalog.open(store);
  catalog.apply([create('a', 1)], 'wal', 1n);
  store.faults.push('lost-without-answer', 'lost-without-answer', 'lost-without-answer');
  await expect(catalog.store()).rejects.toMatchObject({ sqlstate: '58030' });
  const other = await StoredCatalog.open(store);
  other.apply([create('a', 1)], 'wal', 1n);
  await other.store();
  catalog.apply([create('b', 2)], 'wal', 2n);
  expect(await catalog.store()).toBe(2n);
  const stored = await StoredCatalog.open(store);
  expect([names(stored), stored.storedLsn('wal')]).toEqual([['a', 'b'], 2n]);
});

test('a second server on one catalog is refused and overwrites nothing', async () => {
  const store = new FakeObjectStore();
  const [one, two] = [await StoredCatalog.open(store), await StoredCatalog.open(store)];
  one.apply([create('a', 1)], 'wal', 1n);
  await one.store();
  two.apply([create('b', 1)], 'other', 1n);
  await expect(two.store()).rejects.toMatchObject({
    sqlstate: '40001',
    message: expect.stringContaining('another server'),
  });
  expect(names(await StoredCatalog.open(store))).toEqual(['a']);
});

test.each([
  '',
  'null',
  '{}',
  '{"format":2}',
  '{"format":1,"version":1,"nextOid":1,"tables":[],"dropped":[],"positions":{}}',
])('a damaged catalog %j refuses the start', async (text) => {
  const store = new FakeObjectStore();
  store.objects.set(`catalog/${'1'.padStart(20, '0')}.json`, new TextEncoder().encode(text));
  await expect(StoredCatalog.open(store)).rejects.toMatchObject({ sqlstate: 'XX001' });
});
