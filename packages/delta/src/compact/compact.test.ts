import { type Schema, types, type Value } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { DeltaTable } from '../delta-table.ts';
import type { AddFile } from '../log/actions.ts';
import { readCommit } from '../snapshot/load-snapshot.ts';
import { memoryObjectStore } from '../store/memory-object-store.ts';
import { faultyStore, type PutFault } from '../testing/faulty-store.ts';
import { append, collect, columnOf, prepare, readAll } from '../testing/rows.ts';
import { testEnvironment } from '../testing/test-environment.ts';

const schema: Schema = {
  fields: [
    { name: 'day', type: types.date, nullable: true },
    { name: 'n', type: types.int8, nullable: true },
    { name: 't', type: types.text, nullable: true },
  ],
};
const options = { location: 'db/t/', tableId: 'table-1', schema, partitionColumns: ['day'] };
const ROWS: readonly (readonly Value[])[] = [
  [1, 10n, 'a'],
  [2, 20n, ''],
  [1, null, 'b'],
  [null, 30n, null],
  [1, 40n, 'ä'],
  [null, 50n, 'x'],
];

async function setUp() {
  const inner = memoryObjectStore();
  const store = faultyStore(inner);
  const table = await DeltaTable.create(testEnvironment({ store, seed: 1 }), options);
  const other = await DeltaTable.create(testEnvironment({ store: inner, seed: 2 }), options);
  for (const [i, row] of ROWS.entries()) await append(table, [row], { from: BigInt(i - 1), version: BigInt(i) });
  await other.refresh();
  store.injected.clear();
  return { inner, store, table, other };
}

const texts = (rows: readonly (readonly Value[])[]): string[] => rows.map((row) => row.map(String).join('|')).sort();
const filesOf = (table: DeltaTable): readonly AddFile[] => [...(table.snapshot?.files.values() ?? [])];
async function dataFiles(store: Awaited<ReturnType<typeof setUp>>['inner']): Promise<number> {
  let count = 0;
  for await (const { key } of store.list('db/t/')) if (key.endsWith('.parquet')) count++;
  return count;
}

describe('compact', () => {
  it('writes small files of a partition into one: same rows, no data change, no progress, exact statistics', async () => {
    const { inner, table } = await setUp();
    const before = table.pin();
    const txns = table.snapshot?.txns;
    expect(await table.compact()).toEqual({ status: 'committed', tableVersion: 7n });
    expect(texts(await readAll(table))).toEqual(texts(ROWS));
    expect(
      filesOf(table).map(({ partitionValues, dataChange, stats }) => ({
        partitionValues,
        dataChange,
        ...JSON.parse(stats ?? '{}'),
      })),
    ).toEqual([
      {
        partitionValues: { day: '1970-01-03' },
        dataChange: true,
        numRecords: 1,
        minValues: { n: 20, t: '' },
        maxValues: { n: 20, t: '' },
        nullCount: { n: 0, t: 0 },
      },
      {
        partitionValues: { day: '1970-01-02' },
        dataChange: false,
        numRecords: 3,
        minValues: { n: 10, t: 'a' },
        maxValues: { n: 40, t: 'ä' },
        nullCount: { n: 1, t: 0 },
      },
      {
        partitionValues: { day: null },
        dataChange: false,
        numRecords: 2,
        minValues: { n: 30, t: 'x' },
        maxValues: { n: 50, t: 'x' },
        nullCount: { n: 0, t: 1 },
      },
    ]);
    const commit = (await readCommit({ store: inner, location: 'db/t/' }, 7n)) ?? [];
    expect(commit.map(({ kind }) => kind).sort()).toEqual(['add', 'add', 'commitInfo', ...Array(5).fill('remove')]);
    expect(commit.flatMap((action) => (action.kind === 'remove' ? [action.remove.dataChange] : []))).toEqual(
      Array(5).fill(false),
    );
    expect(table.snapshot?.txns).toBe(txns);
    expect(texts(await collect(await prepare(before)))).toEqual(texts(ROWS));
    before.release();
    expect(await table.compact()).toEqual({ status: 'nothing' });
    const fresh = await DeltaTable.open(testEnvironment({ store: inner }), 'db/t/');
    expect(texts(await readAll(fresh))).toEqual(texts(ROWS));
    expect(await fresh.progress('wal-1')).toBe(5n);
  });

  it('prunes by the new statistics', async () => {
    const { table } = await setUp();
    await table.compact();
    const pin = table.pin();
    const n = columnOf(schema, 'n');
    const filter = {
      kind: 'compare',
      op: '=',
      left: n,
      right: { kind: 'literal', value: 40n, type: types.int8 },
    } as const;
    const scan = await prepare(pin, { filters: [filter] });
    expect(texts(await collect(scan))).toContain('1|40|ä');
    expect(scan.describe()).toBe('files read 2 of 3, 1 pruned');
    pin.release();
  });

  it('leaves partitions that are not asked for, and large files', async () => {
    const { table } = await setUp();
    expect(await table.compact({ targetBytes: 10 })).toEqual({ status: 'nothing' });
    expect(await table.compact({ partition: { day: '1970-01-03' } })).toEqual({ status: 'nothing' });
    expect(await table.compact({ partition: { day: null } })).toMatchObject({ status: 'committed' });
    expect(filesOf(table).length).toBe(5);
    const two = 2 * Math.max(...filesOf(table).map(({ size }) => size));
    expect(await table.compact({ targetBytes: two })).toMatchObject({ status: 'committed' });
    expect(filesOf(table).length).toBe(4);
    expect(texts(await readAll(table))).toEqual(texts(ROWS));
  });

  it('takes place above what others append meanwhile', async () => {
    const { store, table, other } = await setUp();
    store.beforePut = async (key) => {
      if (!key.includes('_delta_log')) return;
      store.beforePut = null;
      await append(other, [[1, 60n, 'late']], { appId: 'wal-2', from: -1n, version: 3n });
    };
    expect(await table.compact()).toEqual({ status: 'committed', tableVersion: 8n });
    expect(texts(await readAll(table))).toEqual(texts([...ROWS, [1, 60n, 'late']]));
    expect(await table.progress('wal-2')).toBe(3n);
  });

  it('gives up when another takes its files away, and leaves nothing behind', async () => {
    const { inner, store, table, other } = await setUp();
    store.beforePut = async (key) => {
      if (!key.includes('_delta_log')) return;
      store.beforePut = null;
      expect(await other.compact()).toMatchObject({ status: 'committed' });
    };
    expect(await table.compact()).toEqual({ status: 'conflict' });
    expect(texts(await readAll(table))).toEqual(texts(ROWS));
    expect(await dataFiles(inner)).toBe(ROWS.length + 2);
  });

  const SURVIVABLE: readonly PutFault[] = ['unknown-applied', 'unknown-lost', 'exists-own', 'throws-applied'];
  it.each(SURVIVABLE)('is committed once when the store answers %s', async (fault) => {
    const { store, table, other } = await setUp();
    store.faults = [fault];
    expect(await table.compact()).toEqual({ status: 'committed', tableVersion: 7n });
    expect(store.injected.get(fault)).toBe(1);
    expect(texts(await readAll(other))).toEqual(texts(ROWS));
  });

  it('fails, and leaves nothing behind, when the store refuses', async () => {
    const { inner, store, table } = await setUp();
    store.faults = ['throws-lost'];
    await expect(table.compact()).rejects.toMatchObject({ sqlstate: '58030' });
    expect(await dataFiles(inner)).toBe(ROWS.length);
    expect(await table.compact()).toMatchObject({ status: 'committed' });
    expect(texts(await readAll(table))).toEqual(texts(ROWS));
  });
});
