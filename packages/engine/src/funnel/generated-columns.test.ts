import { constantVector, types } from '@millrace/core';
import { expect, test } from 'vitest';
import { engineWorld } from '../testing/engine-world.ts';

const TABLE = 'create table t (x int, y int generated always as (x * 2) stored not null)';

test('a generated column is computed on every way in', async () => {
  const world = await engineWorld();
  const session = await world.connect();
  await session.run(TABLE);
  await session.run('insert into t values (1), (2)');
  await session.run('insert into t (y, x) values (default, 3)');
  await session.run('insert into t select x + 10 from t');
  await session.execute('insert into t (x) values ($1)', [{ kind: 'value', value: 20 }]);
  await session.session.sync();
  await session.run('prepare p as insert into t values ($1, default); execute p (21)');
  const rows = await session.rows('select x, y from t order by x');
  expect(rows).toEqual([1, 2, 3, 11, 12, 13, 20, 21].map((x) => [x, 2 * x]));
});

test('NOT NULL and errors are about the computed value', async () => {
  const world = await engineWorld();
  const session = await world.connect();
  await session.run(TABLE);
  await expect(session.run('insert into t values (null)')).rejects.toMatchObject({
    sqlstate: '23502',
    info: { detail: 'Failing row contains (null, null).', column: 'y' },
  });
  await expect(session.run('insert into t values (1), (2000000000)')).rejects.toMatchObject({ sqlstate: '22003' });
  expect(await session.rows('select x from t')).toEqual([]);
});

test('it follows from what hooks leave, and no hook can set it', async () => {
  const world = await engineWorld({
    configure: (builder) =>
      builder.use({
        name: 'test',
        hooks: [
          {
            name: 'hook',
            before: ({ rowCount }) => ({
              rowCount,
              vectors: [constantVector(types.int4, 5, rowCount), constantVector(types.int4, -1, rowCount)],
            }),
          },
        ],
      }),
  });
  const session = await world.connect();
  await session.run(TABLE);
  await session.run('insert into t values (1), (2)');
  expect(await session.rows('select x, y from t')).toEqual([
    [5, 10],
    [5, 10],
  ]);
});
