import type { CommitLevel } from '@millrace/core';
import { expect, test } from 'vitest';
import { type EngineWorld, engineWorld, errorOf, type TestSession } from '../testing/engine-world.ts';
import { strictestLevel } from './commit-level.ts';

/** What the store was asked of each commit since the last call. */
function commitsOf(world: EngineWorld): () => readonly string[] {
  let [logged, waited] = [0, 0];
  return () => {
    const reached = world.store.reached.slice(waited);
    waited = world.store.reached.length;
    const since = world.store.log.slice(logged).map(({ lsn, write }) => {
      const isInDelta = reached.some((one) => one.lsn === lsn && one.level === 'delta');
      return write.isBuffered === true ? 'buffered' : isInDelta ? 'delta' : 'durable';
    });
    logged = world.store.log.length;
    return since;
  };
}

test('the strictest counts', () => {
  const order: readonly CommitLevel[] = ['buffered', 'durable', 'delta'];
  for (const [i, one] of order.entries()) {
    for (const [j, other] of order.entries()) expect(strictestLevel([one, other])).toBe(order[Math.max(i, j)]);
  }
  expect(strictestLevel([])).toBe('buffered');
});

test('the session, the tables that are written to and DDL have a say, when the transaction ends', async () => {
  const world = await engineWorld();
  const commits = commitsOf(world);
  const session = await world.connect();
  await session.run('create table plain (x int)');
  for (const level of ['buffered', 'durable', 'delta'])
    await session.run(`create table ${level} (x int) with (millrace.commit_level = ${level})`);
  commits();
  const inserts = 'plain buffered durable delta'.split(' ').map((table) => `insert into ${table} values (1)`);
  for (const [level, expected] of [
    ['buffered', ['buffered', 'buffered', 'durable', 'delta']],
    ['durable', ['durable', 'durable', 'durable', 'delta']],
    ['delta', ['delta', 'delta', 'delta', 'delta']],
  ] as const) {
    await session.run(`set millrace.commit_level = ${level}`);
    for (const insert of inserts) await session.run(insert);
    expect([level, commits()]).toEqual([level, expected]);
  }
  await session.run("set millrace.commit_level = 'Buffered'");
  await session.run('begin; insert into plain values (1); insert into durable values (1); commit');
  await session.run(inserts.join('; '));
  await session.run('create table another (x int)');
  await session.run('begin; create table more (x int); insert into plain values (1); commit');
  await session.run('begin; set local millrace.commit_level = durable; insert into plain values (1); commit');
  await session.run('insert into plain values (1)');
  expect(commits()).toEqual(['durable', 'delta', 'durable', 'durable', 'durable', 'buffered']);
  for (const level of ['durable', 'buffered']) {
    await session.execute('insert into plain values (1)');
    await session.execute(`set millrace.commit_level = ${level}`);
  }
  await session.session.sync();
  expect(commits()).toEqual(['buffered']);
});

test('what is in force is shown, reported and, where it is less than usual, said', async () => {
  const world = await engineWorld({ configure: (builder) => builder.setting('millrace.commit_level', 'buffered') });
  const session = await world.connect();
  const level = async (one: TestSession): Promise<unknown> => (await one.rows('show millrace.commit_level'))[0]?.[0];
  expect(await level(session)).toBe('buffered');
  expect(session.session.takeReports()).toContainEqual(['millrace.commit_level', 'buffered']);
  await session.run('set millrace.commit_level = durable');
  expect([session.session.takeReports(), session.notices()]).toEqual([[['millrace.commit_level', 'durable']], []]);
  await session.run('set millrace.commit_level = buffered');
  expect(session.notices()).toEqual([
    'NOTICE 00000 commits are acknowledged before they are on disk: a power failure may take the newest of them',
  ]);
  expect(await level(await world.connect([['millrace.commit_level', 'delta']]))).toBe('delta');
});

test('other values are refused, with those that there are', async () => {
  const world = await engineWorld();
  const session = await world.connect();
  const refused = { sqlstate: '22023', info: { hint: 'Available values: buffered, durable, delta.' } };
  await expect(session.run('set millrace.commit_level = off')).rejects.toMatchObject(refused);
  await expect(session.run('create table t (x int) with (millrace.commit_level = fast)')).rejects.toMatchObject(
    refused,
  );
  await expect(session.run("call wait_for_lsn(1, 'fast')")).rejects.toMatchObject(refused);
  expect(await errorOf(world.connect([['millrace.commit_level', 'x']]))).toMatch(/^22023 /);
  expect(await errorOf(engineWorld({ configure: (builder) => builder.setting('millrace.commit_level', 'x') }))).toMatch(
    /^22023 /,
  );
});

test('who gives up waiting for Delta is warned: the transaction is committed', async () => {
  const world = await engineWorld();
  const session = await world.connect();
  await session.run('create table t (x int)');
  await session.run('set millrace.commit_level = delta');
  world.store.onReach = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  const warning = 'WARNING 01000 the transaction is committed and on disk here, but may not be in Delta yet: ';
  const cancel = new AbortController();
  const done = session.all('insert into t values (1)', cancel.signal);
  while (world.store.reached.length === 0) await world.clock.nextTurn();
  cancel.abort();
  expect((await done).at(-1)?.tag).toBe('INSERT 0 1');
  expect(session.notices()).toEqual([`${warning}canceling statement due to user request`]);
  await session.run('set statement_timeout = 500');
  await session.run('begin');
  await session.run('insert into t values (2)');
  const committed = session.run('commit');
  while (world.store.reached.length === 1) await world.clock.nextTurn();
  await world.clock.advance(500);
  expect(await committed).toBe('COMMIT');
  expect(session.notices()).toEqual([`${warning}canceling statement due to statement timeout`]);
  await session.run('set statement_timeout = 0');
  const last = session.execute('insert into t values (3)').then(() => session.session.sync());
  while (world.store.reached.length === 2) await world.clock.nextTurn();
  await session.session.close();
  await last;
  expect((await (await world.connect()).rows('select x from t')).map(([x]) => x)).toEqual([1, 2, 3]);
});

test("lsns: the newest visible, the session's own last commit, and waiting for one", async () => {
  const world = await engineWorld();
  const [session, other] = [await world.connect(), await world.connect()];
  const lsns = async (one: TestSession): Promise<unknown> => [
    (await one.rows('show millrace.last_lsn'))[0]?.[0],
    (await one.rows('show millrace.last_commit_lsn'))[0]?.[0],
  ];
  expect(await lsns(session)).toEqual([0n, null]);
  await session.run('create table t (x int)');
  await session.run('insert into t values (1)');
  await session.run('select 1');
  expect([await lsns(session), await lsns(other)]).toEqual([
    [2n, 2n],
    [2n, null],
  ]);
  world.store.reached.length = 0;
  await other.run('call wait_for_lsn(2)');
  await other.run("call wait_for_lsn(lsn => 1, level => 'delta')");
  expect(world.store.reached).toEqual([
    { lsn: 2n, level: 'buffered' },
    { lsn: 1n, level: 'delta' },
  ]);
  expect(await other.error('call wait_for_lsn(null)')).toBe('22023 lsn must not be null');
});
