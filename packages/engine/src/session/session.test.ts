import { expect, test } from 'vitest';
import { type EngineWorld, engineWorld, errorOf, readResult, type TestSession } from '../testing/engine-world.ts';

async function worldWithTable(): Promise<{ world: EngineWorld; a: TestSession; b: TestSession }> {
  const world = await engineWorld();
  const [a, b] = [await world.connect(), await world.connect()];
  await a.run('create table t (x int)');
  return { world, a, b };
}

test('a block sees its own rows and tables, others after COMMIT, nobody after ROLLBACK', async () => {
  const { a, b } = await worldWithTable();
  expect(await a.all('begin; insert into t values (1); create table u (y text); insert into u values (null)')).toEqual([
    { tag: 'BEGIN', rows: [] },
    { tag: 'INSERT 0 1', rows: [] },
    { tag: 'CREATE TABLE', rows: [] },
    { tag: 'INSERT 0 1', rows: [] },
  ]);
  expect(a.session.status).toBe('block');
  expect(await a.rows('select x, (select count(*) from u) from t')).toEqual([[1, 1n]]);
  expect(await b.rows('select * from t')).toEqual([]);
  expect(await b.error('select * from u')).toBe('42P01 relation "u" does not exist');
  expect(await a.run('commit')).toBe('COMMIT');
  expect(await b.rows('select x, (select count(*) from u) from t')).toEqual([[1, 1n]]);
  await a.run('begin; insert into t values (2); drop table u; rollback');
  expect(await b.rows('select x, (select count(*) from u) from t')).toEqual([[1, 1n]]);
});

test('one transaction is one log record', async () => {
  const { world, a } = await worldWithTable();
  await a.run('begin; create table u (y int); insert into u values (1); insert into t values (1), (2); commit');
  expect(world.store.log).toHaveLength(2);
  expect(world.store.log[1]?.write.tables.map((table) => table.batches.map((batch) => batch.rowCount))).toEqual([
    [1],
    [2],
  ]);
});

test('a text of several statements is one transaction, unless it says otherwise', async () => {
  const { a, b } = await worldWithTable();
  expect(await a.error('insert into t values (1); select 1/0; insert into t values (2)')).toBe(
    '22012 division by zero',
  );
  expect(a.session.status).toBe('idle');
  expect(await b.rows('select * from t')).toEqual([]);
  await a.error('insert into t values (1); commit; insert into t values (2); select 1/0');
  expect(a.notices()).toEqual(['WARNING 25P01 there is no transaction in progress']);
  expect(await b.rows('select * from t')).toEqual([[1]]);
  await a.run('insert into t values (3); begin; insert into t values (4)');
  expect(a.session.status).toBe('block');
  expect(a.notices()).toEqual([]);
  await a.run('rollback');
  expect(await b.rows('select * from t')).toEqual([[1]]);
  await a.run('insert into t values (5); rollback; insert into t values (6)');
  expect(await b.rows('select x from t order by x')).toEqual([[1], [6]]);
});

test('a failed block answers 25P02 until its end, and COMMIT says ROLLBACK', async () => {
  const { world, a, b } = await worldWithTable();
  await a.error('begin; insert into t values (1); select nothing');
  expect(a.session.status).toBe('failed');
  expect(world.memory.usedBytes).toBe(0);
  for (const sql of ['select 1', 'begin', 'start transaction', 'create table v (x int)', 'set timezone = 0']) {
    expect(await a.error(sql)).toMatch(/^25P02 /);
  }
  expect(await a.error('selec')).toMatch(/^42601 /);
  expect(await a.run('')).toBe('');
  expect(await a.run('commit')).toBe('ROLLBACK');
  expect(a.session.status).toBe('idle');
  expect(await b.rows('select * from t')).toEqual([]);
});

test('what is pipelined before Sync is one transaction; Sync commits it, an error undoes it', async () => {
  const { a, b } = await worldWithTable();
  await a.execute('insert into t values (1)');
  await a.execute('insert into t values (2)');
  expect(a.session.status).toBe('idle');
  expect(await b.rows('select * from t')).toEqual([]);
  await a.session.sync();
  expect(await b.rows('select * from t')).toEqual([[1], [2]]);
  await a.execute('insert into t values (3)');
  expect(await errorOf(a.execute('select 1/0'))).toBe('22012 division by zero');
  await a.session.sync();
  expect(await b.rows('select * from t')).toEqual([[1], [2]]);
});

test('a simple query ends what was pipelined before it, an empty one too', async () => {
  const { a, b } = await worldWithTable();
  await a.execute('insert into t values (1)');
  await a.all('');
  expect(await b.rows('select * from t')).toEqual([[1]]);
});

test('READ COMMITTED: a statement sees what was committed before it, and an INSERT none of its own rows', async () => {
  const { a, b } = await worldWithTable();
  await a.run('insert into t values (1)');
  await b.run('begin');
  expect(await b.rows('select * from t')).toEqual([[1]]);
  await a.run('insert into t values (2)');
  expect(await b.rows('select * from t')).toEqual([[1], [2]]);
  await b.run('insert into t values (3)');
  // The rows of the first arm are written before the second one is read.
  expect(await b.run('insert into t select * from t union all select * from t')).toBe('INSERT 0 6');
  expect(await b.rows('select count(*) from t')).toEqual([[9n]]);
  expect(await a.rows('select count(*) from t')).toEqual([[2n]]);
});

test('an open result keeps what it saw: later rows, COMMIT and another session`s DROP change nothing', async () => {
  const { world, a, b } = await worldWithTable();
  await a.run('insert into t values (1)');
  await a.run('begin; insert into t values (2)');
  const result = await a.start('select * from t');
  await a.run('insert into t values (3); commit');
  await b.run('drop table t');
  expect(await readResult(result)).toEqual({ tag: 'SELECT 2', rows: [[1], [2]] });
  expect(world.store.openPins).toBe(0);
  await b.run('checkpoint');
  expect(world.storage.events).toEqual(['ensure t', 'drop t']);
});

test('pins are released on every way out of a result', async () => {
  const { world, a } = await worldWithTable();
  await a.run('insert into t values (0), (1)');
  const sql = 'select 1/x from t order by x';
  const ways: (() => Promise<unknown>)[] = [
    async () => (await a.start(sql)).batches.return(),
    async () => (await a.start('select 1/0 from t')).batches.next(),
    async () => (await a.start('select * from t')).complete(),
    async () => readResult(await a.start('select * from t')),
    async () => a.start('select $1::int from t', [{ kind: 'bytes', bytes: new Uint8Array([120]), format: 0 }]),
    async () => a.all(sql),
    async () => {
      const results = a.session.query('select * from t; select * from t', new AbortController().signal);
      await results.next();
      await results.return();
    },
  ];
  for (const [index, way] of ways.entries()) {
    await way().catch(() => undefined);
    await a.session.sync();
    expect(world.store.openPins, `way ${index}`).toBe(0);
  }
  expect(world.memory.usedBytes).toBe(0);
});

test('DDL that passes while snapshots are refreshed: the statement is planned anew', async () => {
  const { world, a, b } = await worldWithTable();
  const interrupt = (sql: string): void => {
    world.store.onRefresh = async () => {
      world.store.onRefresh = async () => undefined;
      await b.run(sql);
    };
  };
  await a.run('set millrace.lift_literals = off');
  interrupt('drop table t; create table t (x int); insert into t values (7)');
  expect(await a.rows('select * from t')).toEqual([[7]]);
  interrupt('drop table t; create table t (x text)');
  expect(await a.error('select * from t')).toBe('0A000 cached plan must not change result type');
  interrupt('drop table t');
  expect(await a.error('select * from t')).toBe('42P01 relation "t" does not exist');
  expect(world.store.openPins).toBe(0);
  expect(world.storage.events.filter((event) => event === 'drop t')).toHaveLength(3);
  // Where the plan is a template's, the text is planned as if there were none.
  await a.run('set millrace.lift_literals = eager');
  await a.run('create table t (x int)');
  interrupt('drop table t; create table t (x text)');
  expect(await a.rows('select * from t')).toEqual([]);
  expect(world.store.openPins).toBe(0);
});

test('statement_timeout counts the time a statement runs, not the time its portal waits', async () => {
  const { world, a } = await worldWithTable();
  await a.run("insert into t values (1); set statement_timeout = '1s'");
  const result = await a.start('select * from t');
  await world.clock.advance(5_000);
  expect((await readResult(result)).rows).toEqual([[1]]);
  // Parts that together run too long: refreshing 0.7 s, then reading 0.7 s.
  await a.session.sync();
  world.store.onRefresh = () => world.clock.advance(700);
  const slow = await a.start('select * from t, (select clock_timestamp()) c');
  await world.clock.advance(5_000);
  const pulled = errorOf(slow.batches.next());
  world.clock.advance(301);
  expect(await pulled).toBe('57014 canceling statement due to statement timeout');
  await a.session.sync();
  world.store.onRefresh = async () => undefined;
  let isWaiting = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    isWaiting = resolve;
  });
  world.store.onFlush = () => {
    isWaiting();
    return new Promise(() => undefined);
  };
  const checkpoint = errorOf(a.all('checkpoint'));
  await waiting;
  await world.clock.advance(1_001);
  expect(await checkpoint).toBe('57014 canceling statement due to statement timeout');
  expect(world.clock.sleepers).toBe(0);
});

test('a cancel ends the statement; a commit under way is not disturbed', async () => {
  const { world, a, b } = await worldWithTable();
  const cancel = new AbortController();
  world.store.onFlush = async () => {
    cancel.abort();
    await new Promise(() => undefined);
  };
  expect(await errorOf(a.all('checkpoint', cancel.signal))).toBe('57014 canceling statement due to user request');
  const late = new AbortController();
  world.store.beforeCommit = async () => late.abort();
  expect(await a.all('insert into t values (1)', late.signal)).toEqual([{ tag: 'INSERT 0 1', rows: [] }]);
  expect(await b.rows('select * from t')).toEqual([[1]]);
});

test.each(['insert into t values (1)', 'create table u (y int); insert into u values (1)'])(
  'closing waits for a commit, gives up open results and rolls back the rest: %s',
  async (sql) => {
    const { world, a, b } = await worldWithTable();
    await b.run('begin; insert into t values (2)');
    await b.start('select * from t');
    let go = (): void => undefined;
    world.store.beforeCommit = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    const commit = a.run(sql);
    await world.clock.nextTurn();
    const closed = world.engine.close({ flush: false });
    await world.clock.nextTurn();
    expect(world.store.isClosed).toBe(false);
    go();
    expect(await commit).toBe('INSERT 0 1');
    await closed;
    expect(world.store.log.at(-1)?.write.tables.map(({ batches }) => batches[0]?.rowCount)).toEqual([1]);
    expect([world.store.openPins, world.memory.usedBytes, world.engine.sessionCount]).toEqual([0, 0, 0]);
    expect(await a.error('select 1')).toMatch(/^57P01 /);
    expect(await errorOf(world.connect())).toMatch(/^57P03 /);
  },
);

test('a commit that fails rolls back and leaves the session idle', async () => {
  const { world, a } = await worldWithTable();
  await a.run('begin; insert into t values (1)');
  world.store.beforeCommit = () => Promise.reject(new Error('disk on fire'));
  expect(await a.error('commit')).toBe('XX000 disk on fire');
  expect([a.session.status, world.memory.usedBytes]).toEqual(['idle', 0]);
  world.store.beforeCommit = async () => undefined;
  expect(await a.rows('select * from t')).toEqual([]);
});

test('now() is the start of the transaction, statement_timestamp() that of the statement', async () => {
  const { world, a } = await worldWithTable();
  expect(await a.rows('select now() = statement_timestamp()')).toEqual([[true]]);
  await a.run('begin');
  await world.clock.advance(1_000);
  expect(await a.rows('select (statement_timestamp() - now())::text')).toEqual([['00:00:01']]);
});

test('read-only transactions write nothing, and stay so after their first query', async () => {
  const { a } = await worldWithTable();
  await a.run('begin read only');
  expect(await a.error('insert into t values (1)')).toBe('25006 cannot execute INSERT in a read-only transaction');
  await a.run('rollback; begin read only; reset all; select 1');
  expect(await a.rows('show transaction_read_only')).toEqual([['on']]);
  const late = '25001 transaction read-write mode must be set before any query';
  expect(await a.error('set transaction read write')).toBe(late);
  await a.run('rollback; begin read only; select 1');
  expect(await a.error("select set_config('transaction_read_only', 'off', false)")).toBe(late);
  await a.run('rollback; begin read only; set transaction read write; insert into t values (1); commit');
  expect(await a.rows('select * from t')).toEqual([[1]]);
  expect(await a.error('begin isolation level serializable')).toMatch(/^0A000 isolation level SERIALIZABLE/);
});
