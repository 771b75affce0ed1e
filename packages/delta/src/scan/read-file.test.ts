import { arrayOf, type RecordBatch, type Schema, types, type Value } from '@millrace/core';
import { nodeWorkers } from '@millrace/core/node';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { DeltaTable } from '../delta-table.ts';
import { createParquetCodec } from '../parquet/parquet-codec.ts';
import { memoryObjectStore } from '../store/memory-object-store.ts';
import { faultyStore } from '../testing/faulty-store.ts';
import { append, batchOf, collect, prepare, readAll } from '../testing/rows.ts';
import { testEnvironment } from '../testing/test-environment.ts';
import { decodePath } from '../write/partition-path.ts';

const schema: Schema = {
  fields: [
    { name: 'n', type: types.int8, nullable: false },
    { name: 'note', type: types.text, nullable: true },
    { name: 'n2', type: types.int4, nullable: true },
  ],
};
const codec = createParquetCodec({ workers: nodeWorkers, threads: 2 });
afterAll(() => codec.close());

async function setUp(limits: object = {}) {
  const inner = memoryObjectStore();
  const store = faultyStore(inner);
  const environment = { ...testEnvironment({ store }), codec, limits };
  const table = await DeltaTable.create(environment, { location: 't/', tableId: 'id', schema, partitionColumns: [] });
  return { inner, store, table, environment };
}
type World = Awaited<ReturnType<typeof setUp>>;
let world: World;
let key: string;
beforeEach(async () => {
  world = await setUp();
  await append(
    world.table,
    [
      [1n, 'a', 1],
      [2n, null, null],
    ],
    { from: -1n, version: 1n },
  );
  const [file] = [...world.table.snapshot!.files.values()];
  key = `t/${decodePath(file!.path)}`;
});

test('a missing file is 58030 with its name', async () => {
  await world.inner.delete(key);
  await expect(readAll(world.table)).rejects.toMatchObject({
    sqlstate: '58030',
    message: `data file memory://${key} is missing`,
  });
});

test('a damaged file is XX001 with its name, wherever the damage is', async () => {
  const good = (await world.inner.get(key))!;
  const damage: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
    zeroes: (bytes) => new Uint8Array(bytes.length),
    footer: (bytes) => bytes.fill(0xff, bytes.length - 40, bytes.length - 8),
    'footer length': (bytes) => bytes.fill(0x7f, bytes.length - 8, bytes.length - 4),
    pages: (bytes) => bytes.fill(0xff, 4, 60),
  };
  for (const [name, make] of Object.entries(damage)) {
    await world.inner.put(key, make(good.slice()), { mode: 'overwrite' });
    await expect(readAll(world.table), name).rejects.toMatchObject({
      sqlstate: 'XX001',
      message: expect.stringContaining(key),
    });
  }
  await world.inner.put(key, good.slice(0, -20), { mode: 'overwrite' });
  await expect(readAll(world.table)).rejects.toMatchObject({ sqlstate: '58030' });
  await world.inner.put(key, good, { mode: 'overwrite' });
  expect(await readAll(world.table)).toEqual([
    [1n, 'a', 1],
    [2n, null, null],
  ]);
});

test('fewer rows than the log says are an error, not a smaller answer', async () => {
  const other = await setUp();
  await append(other.table, [[1n, 'a', 1]], { from: -1n, version: 1n });
  const [file] = [...other.table.snapshot!.files.values()];
  const bytes = (await other.inner.get(`t/${decodePath(file!.path)}`))!;
  const padded = new Uint8Array((await world.inner.head(key))!.size);
  padded.set(bytes, padded.length - bytes.length);
  await world.inner.put(key, padded, { mode: 'overwrite' });
  await expect(readAll(world.table)).rejects.toMatchObject({
    sqlstate: 'XX001',
    message: expect.stringContaining(key),
  });
});

const BIG_ROWS = 30_000;
async function bigTable() {
  const big = await setUp({ rowGroupRows: 10_000, compression: 'uncompressed' });
  const rows = Array.from({ length: BIG_ROWS }, (_, i): Value[] => [
    BigInt(i),
    `a long note, to make the file big: ${i * 7919}`,
    i % 7 === 0 ? null : i,
  ]);
  await append(big.table, rows, { from: -1n, version: 1n });
  const gets: number[] = [];
  const { get } = big.store;
  big.store.get = async (k, options) => {
    const bytes = await get(k, options);
    if (k.endsWith('.parquet')) gets.push(bytes!.length);
    return bytes;
  };
  return { ...big, rows, gets };
}

test('of a big file only the footer and the wanted columns are read', async () => {
  const { table, rows, gets } = await bigTable();
  const [file] = [...table.snapshot!.files.values()];
  expect(file!.size).toBeGreaterThan(1_000_000);
  expect(await readAll(table, ['n2'])).toEqual(rows.map((row) => [row[2]]));
  expect(gets.reduce((sum, size) => sum + size, 0)).toBeLessThan(file!.size / 3);
  gets.length = 0;
  expect(await readAll(table, [])).toHaveLength(BIG_ROWS);
  expect(gets).toEqual([]);
  expect(await readAll(table)).toEqual(rows);
});

test('a scan that is given up stops, and the thread goes on with others', async () => {
  const { table, rows } = await bigTable();
  for (let i = 0; i < 5; i++) {
    const scan = await prepare(table.pin());
    let first: RecordBatch | null = null;
    for await (const batch of scan.batches()) {
      first = batch;
      break;
    }
    expect(first!.rowCount).toBeGreaterThan(0);
  }
  expect(await collect(await prepare(table.pin(), { columns: ['n'] }))).toEqual(rows.map((row) => [row[0]]));
});

test('a cancelled scan ends with the signal’s reason', async () => {
  const { table } = await bigTable();
  const controller = new AbortController();
  const pin = table.pin();
  const request = { columns: ['n'], filters: [], fieldOf: () => 'n', fetch: null };
  const scan = await pin.prepareScan(request, { signal: controller.signal, batchRows: 1024 });
  const read = async (): Promise<void> => {
    for await (const _ of scan.batches()) controller.abort(new DOMException('enough', 'AbortError'));
  };
  await expect(read()).rejects.toThrow('enough');
});

test('many scans at once over two threads, one of them worn out after each', async () => {
  const worn = createParquetCodec({ workers: nodeWorkers, threads: 2, wasmBytesMax: 1 });
  try {
    const inner = memoryObjectStore();
    const table = await DeltaTable.create(
      { ...testEnvironment({ store: inner }), codec: worn },
      { location: 't/', tableId: 'id', schema, partitionColumns: [] },
    );
    await append(table, [[1n, 'a', 1]], { from: -1n, version: 1n });
    const results = await Promise.all(Array.from({ length: 8 }, () => readAll(table)));
    expect(results).toEqual(Array.from({ length: 8 }, () => [[1n, 'a', 1]]));
  } finally {
    await worn.close();
  }
});

test('a column that another engine added later is NULL in old files; a pin keeps its version', async () => {
  const { inner, table } = world;
  const pin = table.pin();
  const { metaData } = table.snapshot!;
  const schemaString = metaData.schemaString.replace(
    ']}',
    ',{"name":"late","type":"string","nullable":true,"metadata":{}}]}',
  );
  await inner.put(
    't/_delta_log/00000000000000000002.json',
    new TextEncoder().encode(JSON.stringify({ metaData: { ...metaData, schemaString } })),
    { mode: 'create' },
  );
  expect(await readAll(table)).toEqual([
    [1n, 'a', 1, null],
    [2n, null, null, null],
  ]);
  expect(table.oldestPinnedVersion).toBe(1n);
  expect(await collect(await prepare(pin))).toEqual([
    [1n, 'a', 1],
    [2n, null, null],
  ]);
  pin.release();
  pin.release();
  expect(table.oldestPinnedVersion).toBeNull();
  expect((await append(table, [[3n, 'c', 3]], { from: 1n, version: 2n })).status).toBe('committed');
  expect(await readAll(table, ['late', 'n'])).toEqual([
    [null, 1n],
    [null, 2n],
    [null, 3n],
  ]);
});

test('a table that is not in storage yet reads as empty, and staging creates it', async () => {
  const table = new DeltaTable(testEnvironment(), { location: 'new/', tableId: 'id', schema, partitionColumns: [] });
  await table.refresh();
  const pin = table.pin();
  expect([pin.version, pin.appliedLsn('wal-1'), pin.schema]).toEqual([-1n, -1n, schema]);
  expect(await collect(await prepare(pin))).toEqual([]);
  const staged = await table.stage([batchOf(schema, [[1n, 'a', null]])]);
  expect((await table.commit(staged, { appId: 'wal-1', from: -1n, version: 1n })).status).toBe('committed');
  expect(await readAll(table)).toEqual([[1n, 'a', null]]);
  expect(await table.stage([])).toMatchObject({ rowCount: 0, byteCount: 0, files: [] });
});

test('a unit is split into files by the limits', async () => {
  const { table } = await setUp({ fileRowsMax: 2 });
  const batches = Array.from({ length: 5 }, (_, i) => batchOf(schema, [[BigInt(i), 'x', i]]));
  const staged = await table.stage(batches);
  expect(staged).toMatchObject({ rowCount: 5, files: [{}, {}, {}] });
  await table.commit(staged, { appId: 'wal-1', from: -1n, version: 1n });
  expect(await readAll(table)).toEqual([0, 1, 2, 3, 4].map((i) => [BigInt(i), 'x', i]));
});

test('names that contain one another or a dot are told apart', async () => {
  const names = ['a', 'ab', 'a.b', 'x.y', 'x', 'été', 'select', '"q"', '$1', 'element', 'a.list.element'];
  const fields = names.map((name, i) => ({
    name,
    type: i % 2 === 0 ? types.int4 : arrayOf(types.int4),
    nullable: true,
  }));
  const table = await DeltaTable.create(testEnvironment(), {
    location: 'n/',
    tableId: 'id',
    schema: { fields },
    partitionColumns: [],
  });
  const row = names.map((_, i): Value => (i % 2 === 0 ? i : [i, null]));
  await append(table, [row], { from: -1n, version: 1n });
  expect(await readAll(table)).toEqual([row]);
  for (const [i, name] of names.entries()) expect(await readAll(table, [name]), name).toEqual([[row[i]]]);
  expect(await readAll(table, ['x', 'ab', 'a'])).toEqual([[4, [1, null], 0]]);
});
