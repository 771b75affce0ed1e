import { constantVector, type IngestHook, sliceVector, types, vectorFromValues } from '@millrace/core';
import { expect, test } from 'vitest';
import { type EngineWorld, engineWorld, readResult } from '../testing/engine-world.ts';

async function worldWithHook(before: IngestHook['before']): Promise<EngineWorld> {
  const world = await engineWorld({
    configure: (builder) => builder.use({ name: 'test', hooks: [{ name: 'hook', before }] }),
  });
  await (await world.connect()).run('create table t (x int not null, y text)');
  return world;
}

test('a hook is on every way in: simple, prepared, INSERT SELECT, EXPLAIN ANALYZE', async () => {
  const world = await worldWithHook((batch) => {
    const [x] = batch.vectors;
    return { rowCount: batch.rowCount, vectors: [x!, constantVector(types.text, 'seen', batch.rowCount)] };
  });
  const session = await world.connect();
  await session.run('insert into t values (1)');
  await session.execute('insert into t (x, y) values ($1, $2)', [{ kind: 'value', value: 2 }, null]);
  await session.session.sync();
  await session.run('prepare p as insert into t select 3; execute p');
  await session.run('explain analyze insert into t values (4)');
  expect(await session.rows('select x, y from t order by x')).toEqual([1, 2, 3, 4].map((x) => [x, 'seen']));
});

test('rows that a hook leaves out are not written and not counted', async () => {
  const world = await worldWithHook((batch) => ({
    rowCount: 1,
    vectors: batch.vectors.map((vector) => sliceVector(vector, 0, 1)),
  }));
  const session = await world.connect();
  expect(await session.run('insert into t values (1), (2), (3)')).toBe('INSERT 0 1');
  expect(await session.rows('select x from t')).toEqual([[1]]);
});

test('a hook that refuses fails the statement with its error', async () => {
  const world = await worldWithHook(() => {
    throw new Error('no');
  });
  const session = await world.connect();
  expect(await session.error('insert into t values (1)')).toBe('XX000 no');
  expect(world.memory.usedBytes).toBe(0);
});

test.each<readonly [string, IngestHook['before']]>([
  ['too few columns', (batch) => ({ rowCount: batch.rowCount, vectors: batch.vectors.slice(1) })],
  ['a row count that lies', (batch) => ({ ...batch, rowCount: batch.rowCount + 1 })],
  [
    'a vector that is too short',
    (batch) => ({ ...batch, vectors: [sliceVector(batch.vectors[0]!, 0, 1), batch.vectors[1]!] }),
  ],
  ['another type', (batch) => ({ ...batch, vectors: [vectorFromValues(types.int8, [1n, 2n]), batch.vectors[1]!] })],
])('a hook that returns %s is found out', async (_, before) => {
  const session = await (await worldWithHook(before)).connect();
  expect(await session.error("insert into t values (1, 'a'), (2, 'b')")).toBe(
    'XX000 ingest hook "hook" returned rows that are not rows of table "t"',
  );
});

test('NOT NULL is checked on what hooks leave, with the first failing row as detail', async () => {
  const world = await worldWithHook((batch) => batch);
  const session = await world.connect();
  await expect(session.all("insert into t values (1, 'a'), (null, 'b'), (null, 'c')")).rejects.toMatchObject({
    sqlstate: '23502',
    info: { detail: 'Failing row contains (null, b).', table: 't', column: 'x', schema: 'public' },
  });
  const breaking = await worldWithHook((batch) => ({
    ...batch,
    vectors: [constantVector(types.int4, null, batch.rowCount), batch.vectors[1]!],
  }));
  expect(await (await breaking.connect()).error('insert into t values (1)')).toMatch(/^23502 /);
});

test('an INSERT whose table is dropped meanwhile by its own transaction`s earlier statement is refused', async () => {
  const world = await worldWithHook((batch) => batch);
  const session = await world.connect();
  const prepared = await session.session.prepare('i', 'insert into t values (1)', []);
  await session.run('begin; drop table t');
  await expect(
    session.session.execute(prepared, [], new AbortController().signal).then(readResult),
  ).rejects.toMatchObject({ sqlstate: '42P01' });
});
