import { expect, test } from 'vitest';
import { engineWorld, errorOf } from '../testing/engine-world.ts';
import { openClient } from './client.ts';

test('calls that do not wait for each other run in their order', async () => {
  const { engine } = await engineWorld();
  const client = await openClient(engine);
  const calls = [
    client.query('create table t (x int)'),
    client.query('insert into t values ($1), ($2)', [1, 2]),
    client.query('select 1/0'),
    client.query('select sum(x) as s from t'),
  ];
  const outcomes = await Promise.allSettled(calls);
  expect(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.tag : outcome.reason.sqlstate)),
  ).toEqual(['CREATE TABLE', 'INSERT 0 2', '22012', 'SELECT 1']);
  expect({ ...(await calls[3]!).rows()[0] }).toEqual({ s: 3n });
  expect(await errorOf(client.query('copy t to stdout'))).toMatch(/^0A000 /);
  expect((await client.query('select 1 as one')).rowCount).toBe(1);
  await client.close();
  expect(await errorOf(client.query('select 1'))).toMatch(/^57P01 /);
});

test('a stream holds its rows until it is read or given up, and other calls come in between', async () => {
  const { engine, store, clock } = await engineWorld();
  const client = await openClient(engine);
  await client.query('create table t (x int)');
  await client.query('insert into t values (1)');
  await client.query('insert into t values (2)');
  const read = await client.stream('select x from t');
  await client.query('insert into t values (3)');
  const found: unknown[] = [];
  for await (const batch of read.batches) for (const row of batch) found.push(row['x']);
  expect(found).toEqual([1, 2]);
  const unread = await client.stream('select x from t');
  expect(store.openPins).toBe(1);
  await unread.batches.return();
  expect(store.openPins).toBe(0);
  for await (const _ of (await client.stream('select x from t')).batches) break;
  expect(store.openPins).toBe(0);
  // Its transaction ended with it: the next one has a clock reading of its own.
  await clock.advance(1_000);
  expect((await client.query('select now() = statement_timestamp() as same')).rows()[0]?.['same']).toBe(true);
  await client.close();
});

test('BEGIN and COMMIT are statements as any other', async () => {
  const { engine } = await engineWorld();
  const [a, b] = [await openClient(engine), await openClient(engine)];
  await a.query('create table t (x int)');
  await a.query('begin');
  await a.query('insert into t values (1)');
  expect((await b.query('select * from t')).rowCount).toBe(0);
  await a.query('commit');
  expect((await b.query('select * from t')).rowCount).toBe(1);
  await a.query('begin');
  await errorOf(a.query('select nothing'));
  expect(await errorOf(a.query('select 1'))).toMatch(/^25P02 /);
  expect((await a.query('commit')).tag).toBe('ROLLBACK');
});
