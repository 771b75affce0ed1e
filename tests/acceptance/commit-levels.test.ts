import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import { outline, query, RawClient, run, sync } from './support/raw-client.ts';

let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startTestServer();
  client = await server.connect();
  await client.query('create table t (x int8)');
});
afterAll(() => server.close());

const metric = (name: string): number => server.server.metrics.read().get(name) ?? 0;
/** Syncs of the log that somebody waited for. */
const awaitedSyncs = (): number => metric('wal_syncs') - metric('wal_syncs_soon');
const lsn = async (one: pg.Client = client): Promise<bigint> =>
  BigInt(String((await rowsOf(one, 'show millrace.last_lsn'))[0]?.[0]));

test('buffered commits do not wait for an fsync, durable ones do, and delta ones are in Delta', async () => {
  await client.query('set millrace.commit_level = buffered');
  const before = awaitedSyncs();
  for (let i = 1; i <= 50; i++) await client.query('insert into t values ($1)', [i]);
  const buffered = awaitedSyncs() - before;
  await client.query('set millrace.commit_level = durable');
  const middle = awaitedSyncs();
  for (let i = 51; i <= 100; i++) await client.query('insert into t values ($1)', [i]);
  expect(awaitedSyncs() - middle).toBeGreaterThanOrEqual(50);
  // A flush by age syncs, too.
  expect(buffered).toBeLessThan(10);
  const flushed = metric('flushed_rows');
  await client.query('set millrace.commit_level = delta');
  await client.query('insert into t values (101)');
  expect(metric('flushed_rows') - flushed).toBe(101);
  expect(await rowsOf(client, 'select count(*), sum(x) from t')).toEqual([['101', '5151']]);
  await client.query('reset millrace.commit_level');
});

test('a pipeline has one commit, at the level that it ends with', async () => {
  const raw = await RawClient.open(server.port);
  const before = metric('wal_records');
  raw.send(
    run('set millrace.commit_level = buffered'),
    run('insert into t values (200)'),
    run('insert into t values (201)'),
    sync(),
  );
  const messages = await raw.untilReady();
  expect(messages.filter(({ type }) => type === 'S').map(({ body }) => body.toString('latin1'))).toEqual([
    'millrace.commit_level\0buffered\0',
  ]);
  expect(metric('wal_records') - before).toBe(1);
  raw.close();
});

test('a reader waits for what a writer was told, and for what is to come', async () => {
  const reader = await server.connect();
  await client.query('insert into t values (300)');
  const own = BigInt(String((await rowsOf(client, 'show millrace.last_commit_lsn'))[0]?.[0]));
  expect(own).toBe(await lsn());
  for (const level of ['buffered', 'durable', 'delta']) await reader.query(`call wait_for_lsn(${own}, '${level}')`);
  let isDone = false;
  const waiting = reader.query(`call wait_for_lsn(${own + 2n})`).then(() => {
    isDone = true;
  });
  await client.query('insert into t values (301)');
  await client.query('select 1');
  expect(isDone).toBe(false);
  await client.query('insert into t values (302)');
  await waiting;
  expect(await rowsOf(reader, 'select x from t where x > 300 order by x')).toEqual([['301'], ['302']]);
});

test('who waits for a number that does not come is let go by statement_timeout, a cancel, and the end of the server', async () => {
  const raw = await RawClient.open(server.port);
  raw.send(query("set statement_timeout = '50ms'; call wait_for_lsn(1000000)"));
  expect(outline(await raw.untilReady()).join(' ')).toMatch(/57014/);
  raw.send(query('set statement_timeout = 0'));
  await raw.untilReady();
  raw.send(query('call wait_for_lsn(1000000)'));
  await client.query('select 1');
  await raw.cancel(server.port);
  expect(outline(await raw.untilReady()).join(' ')).toMatch(/57014/);
  raw.close();
});
