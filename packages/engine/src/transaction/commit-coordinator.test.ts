import { expect, test } from 'vitest';
import { type EngineWorld, engineWorld, errorOf, type TestSession } from '../testing/engine-world.ts';

async function twoSessions(): Promise<{ world: EngineWorld; a: TestSession; b: TestSession }> {
  const world = await engineWorld();
  const [a, b] = [await world.connect(), await world.connect()];
  await a.run('create table t (x int)');
  return { world, a, b };
}

/** Holds the next commit up until `go`. */
function holdCommit(world: EngineWorld): () => void {
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  world.store.beforeCommit = () => {
    world.store.beforeCommit = async () => undefined;
    return held;
  };
  return go;
}

test('of two CREATE TABLE of one name one wins', async () => {
  const { a, b, world } = await twoSessions();
  const go = holdCommit(world);
  const both = Promise.all([errorOf(a.run('create table u (x int)')), errorOf(b.run('create table u (y int)'))]);
  await world.clock.nextTurn();
  go();
  expect(await both).toEqual(['no error', '42P07 relation "u" already exists']);
  expect(world.engine.tables.map((table) => [table.name, table.columns.map((column) => column.name)])).toEqual([
    ['t', ['x']],
    ['u', ['x']],
  ]);
});

test('of two CREATE TABLE IF NOT EXISTS both succeed, unless the later one has rows', async () => {
  const { a, b, world } = await twoSessions();
  await a.run('begin; create table if not exists u (x int)');
  await b.run('begin; create table if not exists u (x int); insert into t values (1)');
  await a.run('commit');
  await b.run('commit');
  expect(world.engine.tables.filter((table) => table.name === 'u')).toHaveLength(1);
  expect(await a.rows('select * from t')).toEqual([[1]]);
  await a.run('begin; create table if not exists v (x int)');
  await b.run('begin; create table if not exists v (x int); insert into v values (1)');
  await a.run('commit');
  expect(await b.error('commit')).toBe('42P07 relation "v" already exists');
  await a.run('create table if not exists v (x int)');
  expect(a.notices()).toEqual(['NOTICE 42P07 relation "v" already exists, skipping']);
});

test('rows for a table that another session dropped: 40001 and nothing happened', async () => {
  const { a, b, world } = await twoSessions();
  await a.run('create table u (x int)');
  await a.run('begin; insert into t values (1); insert into u values (1)');
  await b.run('drop table t');
  expect(await a.error('commit')).toBe('40001 a table that this transaction wrote to was dropped by another session');
  expect(await a.rows('select * from u')).toEqual([]);
  expect(world.memory.usedBytes).toBe(0);
  await a.run('begin; drop table u');
  await b.run('drop table u');
  expect(await a.error('commit')).toBe('40001 a table to drop was dropped by another session');
});

test('a DROP comes after the writers that passed validation, and before those that did not', async () => {
  const { a, b, world } = await twoSessions();
  const c = await world.connect();
  const go = holdCommit(world);
  const insert = a.run('insert into t values (1)');
  await world.clock.nextTurn();
  const drop = b.run('drop table t');
  await world.clock.nextTurn();
  const late = errorOf(c.run('insert into t values (2)'));
  await world.clock.nextTurn();
  expect(world.store.log).toHaveLength(1);
  go();
  expect(await Promise.all([insert, drop])).toEqual(['INSERT 0 1', 'DROP TABLE']);
  expect(await late).toBe('40001 a table that this transaction wrote to was dropped by another session');
  // No record names the table after the one that drops it.
  expect(world.store.log.map(({ write }) => [write.catalog !== null, write.tables.length])).toEqual([
    [true, 0],
    [false, 1],
    [true, 0],
  ]);
});

test('DROP TABLE names: a table twice, system tables, what does not exist', async () => {
  const { a, world } = await twoSessions();
  expect(await a.error('drop table pg_class')).toBe('42501 permission denied: "pg_class" is a system catalog');
  expect(await a.error('drop table t, nothing')).toBe('42P01 table "nothing" does not exist');
  expect(await a.error('drop table nowhere.t')).toBe('3F000 schema "nowhere" does not exist');
  await a.run('drop table if exists nothing, nowhere.t, t, t');
  expect(a.notices()).toEqual([
    'NOTICE 00000 table "nothing" does not exist, skipping',
    'NOTICE 00000 schema "nowhere" does not exist, skipping',
  ]);
  expect(world.engine.tables).toEqual([]);
});

test('a catalog that cannot be stored is stored later, and the log is told only then', async () => {
  const { a, world } = await twoSessions();
  world.objects.faults.push('fails', 'fails');
  world.storage.broken.add('u');
  expect(await a.run('create table u (x int)')).toBe('CREATE TABLE');
  expect(world.store.catalogStoredLsn).toBe(1n);
  await world.clock.advance(1_000);
  expect(world.store.catalogStoredLsn).toBe(1n);
  await world.clock.advance(1_999);
  expect(world.store.catalogStoredLsn).toBe(1n);
  await world.clock.advance(1);
  expect(world.store.catalogStoredLsn).toBe(2n);
  expect(world.clock.sleepers).toBe(0);
  expect(world.metrics.read().get('catalog_store_failures')).toBe(2);
  expect(world.metrics.read().get('table_create_failures')).toBe(1);
});

test('files of a dropped table go when its last reader ends; one that cannot go holds up nobody', async () => {
  const { a, b, world } = await twoSessions();
  await a.run('create table u (x int)');
  await a.run('create table v (x int)');
  await a.run('insert into t values (1)');
  const result = await b.start('select * from t');
  world.storage.broken.add('u');
  await a.run('drop table t, u, v');
  await world.clock.nextTurn();
  expect(world.storage.events.filter((event) => event.startsWith('drop'))).toEqual(['drop v']);
  await result.batches.return();
  await world.clock.nextTurn();
  expect(world.storage.events.filter((event) => event.startsWith('drop'))).toEqual(['drop v', 'drop t']);
  world.storage.broken.delete('u');
  await a.run('checkpoint');
  await world.clock.nextTurn();
  expect(world.storage.events.at(-1)).toBe('drop u');
});

test('closing stores the catalog and awaits removals; an unreachable store does not keep the log open', async () => {
  const first = await twoSessions();
  first.world.storage.broken.add('t');
  await first.a.run('drop table t');
  await first.world.clock.nextTurn();
  first.world.storage.broken.clear();
  first.world.storage.beforeDrop = () => first.world.clock.nextTurn().then(() => first.world.clock.nextTurn());
  await first.world.engine.close({ flush: true });
  expect(first.world.storage.events).toEqual(['ensure t', 'drop t']);
  expect(first.world.store.isClosed).toBe(true);
  // Nor does the next start have to remove it again.
  expect((await first.world.restart()).storage.events).toEqual([]);
  const second = await twoSessions();
  second.world.objects.faults.push('fails', 'fails', 'fails');
  await second.a.run('create table u (x int)');
  expect(await errorOf(second.world.engine.close({ flush: true }))).toBe('58030 the store is unreachable');
  expect(second.world.store.isClosed).toBe(true);
});

test('a start replays what the catalog missed, each change once', async () => {
  const { a, world } = await twoSessions();
  world.objects.faults.push(...Array<'fails'>(10).fill('fails'));
  await a.run('create table u (x int)');
  await a.run('insert into u values (1)');
  await a.run('drop table t');
  await a.run('begin; create table w (x int); insert into w values (7); commit');
  world.objects.faults.length = 0;
  const next = await world.restart();
  const session = await next.connect();
  expect(next.engine.tables.map((table) => table.name)).toEqual(['u', 'w']);
  expect(await session.rows('select u.x, w.x from u, w')).toEqual([[1, 7]]);
  expect([...new Set(next.storage.events)].sort()).toEqual(['drop t', 'ensure u', 'ensure w']);
  const again = await (await next.restart()).connect();
  expect(await again.rows('select u.x, w.x from u, w')).toEqual([[1, 7]]);
  await again.run('create table t (x int)');
  const oids = (await again.rows("select oid::int from pg_class where relname in ('t', 'u', 'w')")).map(([oid]) => oid);
  expect(new Set(oids).size).toBe(3);
});
