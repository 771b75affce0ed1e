import type { LogEvent, LogFollower } from '@millrace/core';
import { expect, test } from 'vitest';
import { rowsOf, TEST_SCHEMA, type TestRow } from '../testing/fake-storage.ts';
import { type Life, type LifeOptions, StoreWorld } from '../testing/store-world.ts';

const row = (id: number, payload = ''): TestRow => [BigInt(id), payload];

interface Watching {
  readonly follower: LogFollower;
  readonly events: string[];
  /** Awaited before an event is taken. */
  before: (event: LogEvent) => Promise<void>;
}

function watching(name: string, limits: Partial<LogFollower> = {}): Watching {
  const events: string[] = [];
  const watch: Watching = {
    events,
    before: async () => {},
    follower: {
      name,
      lagRecordsMax: 1_000,
      lagBytesMax: 1_000_000,
      ...limits,
      typesOf: (tableId) => (tableId === 'forgotten' ? null : TEST_SCHEMA.fields.map(({ type }) => type)),
      async deliver(event) {
        await watch.before(event);
        if (event.kind === 'gap') events.push(`gap ${event.after} to ${event.lsn}`);
        else {
          const tables = event.tables.map(
            ({ tableId, batches }) =>
              `${tableId} ${batches === null ? '?' : batches.flatMap(rowsOf).map(([id]) => id)}`,
          );
          events.push(`${event.lsn}: ${tables.join(', ')}`);
        }
      },
    },
  };
  return watch;
}
const start = (world: StoreWorld, ...watches: readonly Watching[]): Promise<Life> => startWith(world, {}, watches);
const startWith = (world: StoreWorld, options: LifeOptions, watches: readonly Watching[]): Promise<Life> =>
  world.start({ ...options, followers: watches.map(({ follower }) => follower) });

test('sees each transaction with rows, wholly and in order, when it is on disk', async () => {
  const world = new StoreWorld();
  const watch = watching('w');
  const life = await start(world, watch);
  await life.create('t');
  await life.create('u', [row(1)]);
  await life.commit({ t: [row(2), row(3)], u: [row(4)] });
  await life.clock.advance(0);
  const soFar = ['2: u 1', '3: t 2,3, u 4'];
  expect(watch.events).toEqual(soFar);
  await life.commit({ t: [row(5)] }, 'buffered');
  expect(await life.read('t')).toHaveLength(3);
  await life.clock.advance(50);
  expect(watch.events).toEqual(soFar);
  await life.clock.advance(100);
  expect(watch.events).toEqual([...soFar, '4: t 5']);
  expect(life.metrics.read().get('hook_events')).toBe(3);
  expect(life.metrics.read().get('hook_lag_records.w')).toBe(0);
});

test('goes on where it stood after a clean stop; after a crash the last second comes again', async () => {
  const world = new StoreWorld();
  const first = watching('w');
  const life = await start(world, first);
  await life.create('t', [row(1)]);
  await life.clock.advance(1_100);
  await life.commit({ t: [row(2)] });
  await life.clock.advance(10);
  expect(first.events).toEqual(['1: t 1', '2: t 2']);
  world.disk.crash('none');
  const second = watching('w');
  const next = await start(world, second);
  await next.clock.advance(0);
  expect(second.events).toEqual(['2: t 2']);
  await next.store.close({ flush: false });
  const third = watching('w');
  const last = await start(world, third);
  await last.commit({ t: [row(3)] });
  await last.clock.advance(0);
  expect(third.events).toEqual(['3: t 3']);
});

test('begins with the first start that knows its name, and keeps its place while it is away', async () => {
  const world = new StoreWorld();
  let life = await start(world);
  await life.create('t', [row(1)]);
  await life.store.close({ flush: false });
  const watch = watching('new');
  life = await start(world, watch);
  await life.commit({ t: [row(2)] });
  await life.clock.advance(0);
  expect(watch.events).toEqual(['2: t 2']);
  await life.store.close({ flush: false });
  life = await start(world);
  await life.commit({ t: [row(3)] });
  await life.store.close({ flush: false });
  const back = watching('new');
  life = await start(world, back);
  await life.clock.advance(0);
  expect(back.events).toEqual(['3: t 3']);
});

test('one that fails is given the same again after pauses that double; commits and others go on', async () => {
  const world = new StoreWorld();
  const [bad, good] = [watching('bad'), watching('good')];
  let attempts = 0;
  bad.before = async () => {
    attempts++;
    if (attempts <= 3) throw new Error('not now');
  };
  const life = await start(world, bad, good);
  await life.create('t', [row(1)]);
  await life.commit({ t: [row(2)] });
  await life.clock.advance(0);
  expect([attempts, bad.events, good.events]).toEqual([1, [], ['1: t 1', '2: t 2']]);
  await life.clock.advance(500);
  expect(attempts).toBe(2);
  await life.clock.advance(999);
  expect(attempts).toBe(2);
  await life.clock.advance(1);
  expect(attempts).toBe(3);
  expect(life.problems).toContain('ingest hook "bad" failed: not now');
  await life.clock.advance(2_000);
  expect(bad.events).toEqual(['1: t 1', '2: t 2']);
  expect(life.metrics.read().get('hook_failures')).toBe(3);
});

test('the log keeps what one has not seen; beyond its limit it loses it, and is told so', async () => {
  for (const limits of [{}, { lagBytesMax: 6_000 }, { lagRecordsMax: 8 }]) {
    const world = new StoreWorld();
    const watch = watching('slow', limits);
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    watch.before = () => held;
    const life = await startWith(world, { walSegmentBytes: 1_000 }, [watch]);
    await life.create('t', [row(1)]);
    life.storeCatalog();
    for (let i = 2; i <= 40; i++) {
      await life.commit({ t: [row(i, 'x'.repeat(500))] });
      await life.store.flush();
    }
    go();
    for (let turn = 0; turn < 20; turn++) await life.clock.advance(10);
    const transactions = (from: number, to: number): string[] =>
      Array.from({ length: to - from + 1 }, (_, i) => `${from + i}: t ${from + i}`);
    if (Object.keys(limits).length === 0) {
      expect(watch.events).toEqual(transactions(1, 40));
      continue;
    }
    const gap = watch.events.find((event) => event.startsWith('gap')) ?? '';
    const [after = 0, lsn = 0] = gap.split(/\D+/).slice(1).map(Number);
    expect([after >= 1, lsn > 10]).toEqual([true, true]);
    expect(watch.events).toEqual([...transactions(1, after), gap, ...transactions(lsn + 1, 40)]);
    expect(life.metrics.read().get('hook_gaps')).toBe(1);
  }
});

test('rows of a table whose columns are forgotten are named, not passed over', async () => {
  const world = new StoreWorld();
  const watch = watching('w');
  const life = await start(world, watch);
  await life.create('forgotten', [row(1)]);
  await life.clock.advance(0);
  expect(watch.events).toEqual(['1: forgotten ?']);
});

test('a damaged position is reported, and everything that the log has comes again', async () => {
  const world = new StoreWorld();
  let life = await start(world, watching('w'));
  await life.create('t', [row(1)]);
  await life.store.close({ flush: false });
  const fileSystem = world.disk.mount();
  const file = await fileSystem.open('wal/w.cursor', 'read-write');
  await file.writeAt(3, new Uint8Array([0x78]));
  await file.close();
  const watch = watching('w');
  life = await startWith(world, { fileSystem }, [watch]);
  await life.clock.advance(0);
  expect(watch.events).toEqual(['1: t 1']);
  expect(life.problems).toEqual(['the position of ingest hook "w" is damaged; it begins at the log\'s start']);
});

test('the end of the store waits for a delivery under way, but not for ever', async () => {
  for (const isStuck of [false, true]) {
    const world = new StoreWorld();
    const watch = watching('w');
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    watch.before = () => held;
    const life = await start(world, watch);
    await life.create('t', [row(1)]);
    await life.clock.advance(0);
    let isClosed = false;
    const closed = life.store.close({ flush: false }).then(() => {
      isClosed = true;
    });
    await life.clock.advance(4_000);
    expect(isClosed).toBe(false);
    if (isStuck) await life.clock.advance(1_000);
    else finish();
    await closed;
    const again = watching('w');
    const next = await start(world, again);
    await next.clock.advance(0);
    expect(again.events).toEqual(isStuck ? ['1: t 1'] : []);
    finish();
  }
});
