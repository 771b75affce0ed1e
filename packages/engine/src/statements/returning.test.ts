import { vectorFromValues } from '@millrace/core';
import { expect, test } from 'vitest';
import { engineWorld, errorOf, readResult } from '../testing/engine-world.ts';

test('gives the rows as they were admitted: with defaults, what a hook left, and generated columns', async () => {
  const world = await engineWorld({
    configure: (builder) =>
      builder.use({
        name: 'test',
        hooks: [
          {
            name: 'hook',
            // The first row of each batch is left out, the others begin at 100.
            before: ({ rowCount }, table) => ({
              rowCount: rowCount - 1,
              vectors: table.columns.map(({ type }, i) =>
                vectorFromValues(
                  type,
                  Array.from({ length: rowCount - 1 }, (_, row) => (i === 0 ? 100 + row : i === 1 ? 'hook' : null)),
                ),
              ),
            }),
          },
        ],
      }),
  });
  const a = await world.connect();
  await a.run(`create table t (x int, y text default 'none', z int generated always as (x + 1) stored)`);
  const answers = [
    {
      tag: 'INSERT 0 2',
      rows: [
        [100, 'hook', 101, 200],
        [101, 'hook', 102, 202],
      ],
    },
  ];
  expect(await a.all('insert into t (x) values (1), (2), (3) returning *, x * 2')).toEqual(answers);
  expect(await a.all('insert into t (x) select 7 from (values (1), (2), (3)) v returning *, x * 2')).toEqual(answers);
  expect(await a.all('insert into t (x) values (1) returning x')).toEqual([{ tag: 'INSERT 0 0', rows: [] }]);
});

test('the insert is over before its first row is read, and is there if none is', async () => {
  const world = await engineWorld();
  const [a, b] = [await world.connect(), await world.connect()];
  await a.run('create table t (x int)');
  const result = await a.start('insert into t values (1), (2), (3) returning x');
  expect(result.columns?.map(({ name }) => name)).toEqual(['x']);
  expect((await a.execute('select count(*) from t')).rows).toEqual([[3n]]);
  await result.batches.return();
  expect(await result.complete()).toEqual({ text: 'INSERT 0 3', appendRowCount: false });
  await a.session.sync();
  expect(await b.rows('select * from t')).toEqual([[1], [2], [3]]);
  expect(world.store.openPins).toBe(0);
});

test('rows that are kept for the client count against the memory, and are given free', async () => {
  const world = await engineWorld();
  const a = await world.connect();
  await a.run('create table t (x int)');
  await a.run('begin');
  const before = world.memory.usedBytes;
  const result = await a.start('insert into t select g from generate_series(1, 1000) g returning x, x + 1');
  const kept = world.memory.usedBytes;
  expect((await readResult(result)).rows).toHaveLength(1000);
  expect(world.memory.usedBytes).toBeLessThan(kept);
  await a.run('rollback');
  expect(world.memory.usedBytes).toBe(before);
});

test('an error in RETURNING undoes the insert', async () => {
  const a = await (await engineWorld()).connect();
  await a.run('create table t (x int)');
  expect(await errorOf(a.all('insert into t values (1), (0) returning 1 / x'))).toBe('22012 division by zero');
  expect(await a.rows('select * from t')).toEqual([]);
});
