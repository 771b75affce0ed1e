import { simFailpoints } from '@millrace/testkit/sim';
import { expect, test } from 'vitest';
import type { StorageFault, TestRow } from '../testing/fake-storage.ts';
import { batchOf } from '../testing/fake-storage.ts';
import { type Life, type LifeOptions, readTable, StoreWorld, sorted } from '../testing/store-world.ts';

const row = (id: number, payload = `row ${id}`): TestRow => [BigInt(id), payload];
const rows = (from: number, to: number): readonly TestRow[] =>
  Array.from({ length: to - from + 1 }, (_, i) => row(from + i));

test('rows are visible when their commit resolves, from memory, then from storage, once each', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t', [row(1)]);
  await life.commit({ t: rows(2, 4) });
  expect(await life.read('t')).toEqual(rows(1, 4));
  expect(world.stored('t')).toEqual([]);
  const own = await readTable(life.store, 't', [batchOf([row(99)])]);
  expect(own).toEqual([...rows(1, 4), row(99)]);
  await life.store.flush();
  expect(world.stored('t')).toEqual(rows(1, 4));
  await life.commit({ t: [row(5)] });
  expect(await life.read('t')).toEqual(rows(1, 5));
  expect(life.metrics.read().get('buffered_rows')).toBe(1);
  expect(world.log('t').commits).toBe(1);
});

test('a second process is refused in one line while the first lives', async () => {
  const world = new StoreWorld();
  const fileSystem = world.disk.mount();
  const life = await world.start({ fileSystem });
  await expect(world.start({ fileSystem })).rejects.toMatchObject({
    sqlstate: '55006',
    message: 'wal is in use by another server',
  });
  await life.store.close({ flush: false });
  await (await world.start({ fileSystem })).store.close({ flush: false });
});

test('before recover nothing is read or written; after close neither', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t');
  await life.store.close({ flush: true });
  await expect(life.commit({ t: [row(1)] })).rejects.toMatchObject({ sqlstate: '57P03' });
  expect(() => life.store.pin(['t'])).toThrow(expect.objectContaining({ sqlstate: '57P03' }));
});

test('recovery brings back tables and rows that only the log knows, each once', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t', rows(1, 2));
  await life.create('u');
  await life.commit({ t: [row(3)], u: [row(30)] });
  await life.store.flush(['t']);
  await life.commit({ t: [row(4)], u: [row(40)] });
  await life.create('gone', [row(7)]);
  await life.drop('gone');
  world.disk.crash('none');

  const next = await world.start();
  expect([...next.tables].sort()).toEqual(['t', 'u']);
  // Rows 1 to 3 of t are in storage and are not read into memory again.
  expect(next.metrics.read().get('recovered_rows')).toBe(4);
  expect(await next.read('t')).toEqual(rows(1, 4));
  expect(await next.read('u')).toEqual([row(30), row(40)]);
  await next.store.flush();
  expect(world.stored('t')).toEqual(rows(1, 4));
  expect(world.stored('u')).toEqual([row(30), row(40)]);
  expect(world.log('gone').versions).toEqual([]);
});

test('a pin sees the same rows during and after a flush, and holds its memory until it is released', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t', rows(1, 10));
  const pin = life.store.pin(['t']);
  const used = life.memory.usedBytes;
  expect(used).toBeGreaterThan(0);
  await life.commit({ t: [row(11)] });
  await life.store.flush();
  expect(life.metrics.read().get('buffered_rows')).toBe(0);
  expect(life.memory.usedBytes).toBeGreaterThanOrEqual(used);
  const scan = await pin
    .table('t', [])
    .prepareScan(
      { columns: ['id'], filters: [], fieldOf: () => '', fetch: null },
      { signal: new AbortController().signal, batchRows: 10 },
    );
  let count = 0;
  for await (const batch of scan.batches()) count += batch.rowCount;
  expect(count).toBe(10);
  pin.release();
  pin.release();
  expect(life.memory.usedBytes).toBe(0);
  expect(await life.read('t')).toEqual(rows(1, 11));
});

test('rows are flushed by age, by size and under memory pressure, not before', async () => {
  const world = new StoreWorld();
  const life = await world.start({ settings: { flushAfterMs: 1_000, flushBytes: 5_000 }, memoryBytes: 20_000 });
  await life.create('age', [row(1)]);
  await life.clock.advance(700);
  expect(world.stored('age')).toEqual([]);
  await life.clock.advance(600);
  expect(world.stored('age')).toEqual([row(1)]);
  await life.clock.advance(1_000);
  expect(life.clock.sleepers).toBe(0);

  await life.create('size', [row(1, 'x'.repeat(6_000))]);
  await life.clock.advance(0);
  expect(world.stored('size')).toHaveLength(1);

  world.disk.kill();
  const small = await world.start({ settings: { flushAfterMs: 1e9, flushBytes: 1e9 }, memoryBytes: 20_000 });
  for (let i = 0; i < 40; i++) await small.commit({ age: [row(i, 'y'.repeat(2_000))] });
  expect(small.memory.usedBytes).toBeLessThan(20_000);
  expect(await small.read('age')).toHaveLength(41);
  await expect(small.commit({ age: [row(100, 'z'.repeat(30_000))] })).rejects.toMatchObject({ sqlstate: '53200' });
  expect(await small.read('age')).toHaveLength(41);
});

test.each(['fails-before', 'lands-but-fails', 'lands-late'] as const)(
  'a commit whose answer %s is decided by the log',
  async (kind) => {
    const world = new StoreWorld();
    const faults: StorageFault[] = ['none', kind];
    const life = await world.start({ fault: () => faults.shift() ?? 'none' });
    await life.create('t', rows(1, 3));
    await expect(life.store.flush()).rejects.toMatchObject({ sqlstate: '58030' });
    expect(life.problems).toEqual([expect.stringContaining('could not flush table "t"')]);
    expect(await life.read('t')).toEqual(rows(1, 3));
    await life.commit({ t: [row(4)] });
    if (kind === 'lands-late') world.log('t').arrive();
    await life.store.flush();
    expect(world.stored('t')).toEqual(rows(1, 4));
    expect(await life.read('t')).toEqual(rows(1, 4));
    expect(world.log('t').discarded).toBe(1);
  },
);

test('an earlier attempt that lands between is noticed: the unit is rebuilt without its rows', async () => {
  const world = new StoreWorld();
  const log = world.log('t');
  const faults: StorageFault[] = ['none', 'lands-late'];
  const life = await world.start({
    fault: () => {
      // The second attempt has staged its rows when the first one's put arrives.
      if (faults.length === 0) log.arrive();
      return faults.shift() ?? 'none';
    },
  });
  await life.create('t', rows(1, 3));
  await expect(life.store.flush()).rejects.toThrow();
  await life.commit({ t: rows(4, 5) });
  await life.store.flush();
  expect(life.metrics.read().get('flushes_superseded')).toBe(1);
  expect(log.discarded).toBe(2);
  expect(world.stored('t')).toEqual(rows(1, 5));
  expect(await life.read('t')).toEqual(rows(1, 5));
});

test('a commit of a dead process that lands after recovery, and is seen by a refresh first, is not flushed again', async () => {
  const world = new StoreWorld();
  const faults: StorageFault[] = ['none', 'lands-late'];
  const life = await world.start({ fault: () => faults.shift() ?? 'none' });
  await life.create('t', rows(1, 3));
  life.storeCatalog();
  await expect(life.store.flush()).rejects.toThrow();
  world.disk.crash('none');
  const next = await world.start();
  world.log('t').arrive();
  await next.store.refresh(['t']);
  expect(await next.read('t')).toEqual(rows(1, 3));
  await next.commit({ t: [row(4)] });
  await next.store.flush();
  expect(world.stored('t')).toEqual(rows(1, 4));
});

test('a table that was set back is set aside; others go on, its rows stay readable and in the log', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t', rows(1, 3));
  await life.create('u');
  await life.store.flush();
  await life.commit({ t: [row(4)], u: [row(1)] });
  world.log('t').versions.length = 0;
  await expect(life.store.flush()).rejects.toMatchObject({ sqlstate: 'XX001' });
  expect(world.stored('u')).toEqual([row(1)]);
  expect(await life.read('u')).toEqual([row(1)]);
  world.disk.kill();
  const next = await world.start();
  expect(await next.read('u')).toEqual([row(1)]);
});

test('a table that cannot be flushed is tried again after pauses that double, and its rows stay', async () => {
  const world = new StoreWorld();
  let isBroken = true;
  const life = await world.start({
    settings: { flushAfterMs: 100, flushBytes: 1e9 },
    fault: () => (isBroken ? 'fails-before' : 'none'),
  });
  await life.create('t', rows(1, 2));
  await life.clock.advance(120);
  const first = life.problems.length;
  expect(first).toBe(1);
  await life.clock.advance(300);
  expect(life.problems.length).toBe(first);
  await life.clock.advance(60_000);
  expect(life.problems.length).toBeGreaterThan(first + 3);
  expect(life.problems.length).toBeLessThan(12);
  isBroken = false;
  await life.commit({ t: [row(3)] });
  await life.clock.advance(120_000);
  expect(world.stored('t')).toEqual(rows(1, 3));
});

/** A life whose table `stuck` cannot be flushed, with enough rows in it to fill segments. */
async function lifeWithStuckTable(
  world: StoreWorld,
  options: Pick<LifeOptions, 'failpoints' | 'fileSystem'> = {},
): Promise<{ life: Life; heal: () => void; segments: () => number }> {
  let isBroken = true;
  const fault = (): StorageFault => (isBroken ? 'fails-before' : 'none');
  const life = await world.start({ settings: { flushAfterMs: 100, flushBytes: 1e9 }, fault, ...options });
  await life.create('stuck');
  for (let i = 1; i <= 12; i++) await life.commit({ stuck: [row(i, 'x'.repeat(500))] });
  life.storeCatalog();
  const heal = (): void => {
    isBroken = false;
  };
  return { life, heal, segments: () => life.metrics.read().get('wal_segments')! };
}
const stuckRows: readonly TestRow[] = Array.from({ length: 12 }, (_, i) => row(i + 1, 'x'.repeat(500)));

test('rows of a table that cannot be flushed are parked beside the log, which then shrinks; they outlive a power loss', async () => {
  const world = new StoreWorld();
  const { life, segments } = await lifeWithStuckTable(world);
  expect(segments()).toBeGreaterThan(3);
  await life.clock.advance(10_000);
  expect(life.metrics.read().get('tables_parked')).toBe(1);
  expect(segments()).toBe(1);
  expect(await life.read('stuck')).toEqual(stuckRows);
  await life.commit({ stuck: [row(13)] });
  world.disk.crash('none');

  const next = await world.start();
  expect(await next.read('stuck')).toEqual([...stuckRows, row(13)]);
  await next.store.flush();
  expect(world.stored('stuck')).toEqual([...stuckRows, row(13)]);
  await next.clock.advance(1);
  expect((await world.disk.mount().list('wal')).filter(({ name }) => name.endsWith('.parked'))).toEqual([]);
  world.disk.crash('none');
  expect(await (await world.start()).read('stuck')).toEqual([...stuckRows, row(13)]);
});

test('parked rows are on disk before the first segment goes, whatever of the directory a power loss keeps', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const world = new StoreWorld(seed);
    const fileSystem = world.disk.mount();
    const failpoints = simFailpoints(world.disk, { name: 'wal.truncate.after-remove', hit: 1, mode: 'random' });
    const { life } = await lifeWithStuckTable(world, { failpoints, fileSystem });
    // Keeps the newest segment, so that no new one is made, whose name would be synced together with the parked file's.
    await life.create('later');
    await life.clock.advance(10_000);
    expect(failpoints.hits.get('wal.truncate.after-remove')).toBe(1);
    expect(await (await world.start()).read('stuck'), `seed ${seed}`).toEqual(stuckRows);
  }
});

test('a table is parked again when more rows fill the log, and flushed as one when it can be', async () => {
  const world = new StoreWorld();
  const { life, heal, segments } = await lifeWithStuckTable(world);
  await life.clock.advance(10_000);
  const more = Array.from({ length: 12 }, (_, i) => row(i + 13, 'y'.repeat(500)));
  for (const one of more) await life.commit({ stuck: [one] });
  await life.clock.advance(120_000);
  expect(life.metrics.read().get('tables_parked')).toBe(2);
  expect(segments()).toBe(1);
  heal();
  await life.clock.advance(120_000);
  expect(world.stored('stuck')).toEqual([...stuckRows, ...more]);
  expect(await life.read('stuck')).toEqual([...stuckRows, ...more]);
  world.disk.crash('none');
  expect(await (await world.start()).read('stuck')).toEqual([...stuckRows, ...more]);
});

test('a parked record of several batches is replayed whole: memory pressure flushes before it, never inside it', async () => {
  const world = new StoreWorld();
  const fault = (): StorageFault => 'fails-before';
  const life = await world.start({ settings: { flushAfterMs: 100, flushBytes: 1e9, parkAfterFailures: 1 }, fault });
  await life.create('t');
  const wide = (id: number): TestRow => row(id, 'x'.repeat(1_500));
  await life.commit({ t: [wide(1), wide(2), wide(3)] });
  const batches = [batchOf([wide(4), wide(5), wide(6)]), batchOf([wide(7)])];
  await life.store.commit({ catalog: null, tables: [{ tableId: 't', schemaId: 1, batches }] });
  await life.create('later');
  life.storeCatalog();
  await life.clock.advance(10_000);
  expect(life.metrics.read().get('tables_parked')).toBe(1);
  expect(life.metrics.read().get('wal_segments')).toBe(1);
  world.disk.crash('none');

  // Room for the first record and the first batch of the second, not for its second batch.
  const next = await world.start({ memoryBytes: 10_500 });
  await next.store.flush();
  expect(world.stored('t').map(([id]) => id)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
});

test('parked rows of a dropped table go, and damaged ones refuse the start', async () => {
  const world = new StoreWorld();
  const { life } = await lifeWithStuckTable(world);
  await life.clock.advance(10_000);
  const fileSystem = world.disk.mount();
  const [parked] = (await fileSystem.list('wal')).filter(({ name }) => name.endsWith('.parked'));
  const path = `wal/${parked!.name}`;
  const file = await fileSystem.open(path, 'read-write');
  const byte = await file.read(200, 1);
  await file.writeAt(200, Uint8Array.of(byte[0]! ^ 1));
  await file.close();
  world.disk.kill();
  await expect(world.start()).rejects.toMatchObject({ sqlstate: 'XX001', message: expect.stringContaining(path) });
  const healer = await world.disk.mount().open(path, 'read-write');
  await healer.writeAt(200, byte);
  await healer.close();
  world.disk.kill();
  const next = await world.start();
  expect(await next.read('stuck')).toEqual(stuckRows);
  await next.drop('stuck');
  next.storeCatalog();
  await next.clock.advance(1);
  expect((await world.disk.mount().list('wal')).filter(({ name }) => name.endsWith('.parked'))).toEqual([]);
});

test('the log shrinks when tables and catalog have passed it, and not before', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  const segments = (): number => life.metrics.read().get('wal_segments')!;
  await life.create('t');
  await life.create('u', [row(1)]);
  for (let i = 0; i < 20; i++) await life.commit({ t: [row(i, 'x'.repeat(500))] });
  const full = segments();
  expect(full).toBeGreaterThan(4);
  await life.store.flush(['t']);
  expect(segments()).toBe(full);
  life.storeCatalog();
  await life.store.flush(['t']);
  await life.clock.advance(1);
  expect(segments()).toBe(full);
  await life.drop('u');
  life.storeCatalog();
  await life.clock.advance(1);
  expect(segments()).toBe(1);
  world.disk.crash('none');
  const next = await world.start();
  expect(sorted(await next.read('t'))).toHaveLength(20);
});

test('storage ahead of the log: a new walId, and no row is taken for stored', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t', rows(1, 2));
  await life.create('u', [row(10)]);
  life.storeCatalog();
  const { walId } = life.store;
  world.disk.kill();
  // The table's log knows numbers that this log never gave out: a disk that lied, or one restored from yesterday.
  world.log('t').versions.push({ rows: [...rows(1, 2), row(77)], txn: new Map([[walId, 9n]]) });
  const next = await world.start();
  expect(next.store.walId).not.toBe(walId);
  expect(await next.read('t')).toEqual([...rows(1, 2), row(77)]);
  await next.commit({ t: [row(3)], u: [row(11)] });
  expect(await next.read('t')).toEqual([...rows(1, 2), row(77), row(3)]);
  world.disk.crash('none');
  const last = await world.start();
  expect(last.store.walId).toBe(next.store.walId);
  expect(await last.read('t')).toEqual([...rows(1, 2), row(77), row(3)]);
  expect(await last.read('u')).toEqual([row(10), row(11)]);
  await last.store.flush();
  expect(world.stored('t')).toEqual([...rows(1, 2), row(77), row(3)]);
  expect(world.stored('u')).toEqual([row(10), row(11)]);
  expect(world.log('u').versions.map((version) => [...version.txn.keys()])).toEqual([[walId], [last.store.walId]]);
});

test('a catalog ahead of the log begins a new walId too', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t', [row(1)]);
  const { walId } = life.store;
  world.disk.kill();
  world.catalog = { ...world.catalog, tables: new Set(['t']), lsns: new Map([[walId, 5n]]) };
  const next = await world.start();
  expect(next.store.walId).not.toBe(walId);
  await next.create('u', [row(2)]);
  world.disk.crash('none');
  const last = await world.start();
  expect([...last.tables]).toEqual(['t', 'u']);
  expect(await last.read('t')).toEqual([row(1)]);
  expect(await last.read('u')).toEqual([row(2)]);
});

test('recovery flushes when the log holds more than memory', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t');
  await life.create('u');
  for (let i = 0; i < 50; i++) await life.commit({ t: [row(i, 'x'.repeat(1_000))], u: [row(i)] });
  world.disk.crash('none');
  const next = await world.start({ memoryBytes: 8_000 });
  expect(world.stored('t').length).toBeGreaterThan(30);
  expect((await next.read('t')).map((found) => Number(found[0]))).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(await next.read('u')).toHaveLength(50);
});

test('a full disk refuses one transaction; a failed sync ends the log and says so once', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t', [row(1)]);
  world.disk.script([{ kind: 'write', path: 'wal', effect: { error: 'ENOSPC', partialBytes: 9 } }]);
  await expect(life.commit({ t: [row(2)] })).rejects.toMatchObject({ sqlstate: '53100' });
  await life.commit({ t: [row(3)] });
  expect(await life.read('t')).toEqual([row(1), row(3)]);
  world.disk.script([{ kind: 'sync', path: 'wal', effect: { error: 'EIO' } }]);
  const before = life.memory.usedBytes;
  await expect(life.commit({ t: [row(4)] })).rejects.toMatchObject({ sqlstate: '58030' });
  await expect(life.commit({ t: [row(5)] })).rejects.toMatchObject({ sqlstate: '58030' });
  expect(life.fatal).toHaveLength(1);
  expect(life.memory.usedBytes).toBe(before);
  expect(await life.read('t')).toEqual([row(1), row(3)]);
});

test('rows of a table that the catalog does not remember refuse the start', async () => {
  const world = new StoreWorld();
  const life = await world.start();
  await life.create('t');
  await life.create('u');
  await life.commit({ u: [row(1)] });
  life.storeCatalog();
  world.disk.kill();
  world.catalog = { ...world.catalog, tables: new Set(['t']) };
  await expect(world.start()).rejects.toMatchObject({ sqlstate: 'XX001', message: expect.stringContaining('table u') });
});

test('many small transactions are one batch to a scan', async () => {
  const world = new StoreWorld();
  const life = await world.start({ walSegmentBytes: 1e6 });
  await life.create('t');
  for (let i = 0; i < 300; i++) await life.commit({ t: [row(i)] });
  const pin = life.store.pin(['t']);
  const scan = await pin
    .table('t', [])
    .prepareScan(
      { columns: ['id'], filters: [], fieldOf: () => '', fetch: null },
      { signal: new AbortController().signal, batchRows: 10 },
    );
  let batches = 0;
  for await (const batch of scan.batches()) if (batch.rowCount > 0) batches++;
  pin.release();
  expect(batches).toBeLessThan(12);
  expect((await life.read('t')).map((found) => Number(found[0]))).toEqual(Array.from({ length: 300 }, (_, i) => i));
});
