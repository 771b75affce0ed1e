import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';

// The estimates of reorder-joins on their whole way: rows in files and in memory, the catalog that a statement is planned with, scans, plan.
let server: TestServer;
let client: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  client = await server.connect();
  await client.query('create table few (k int, y int); create table many (k int, x int)');
});
afterAll(() => server.close());

/** The tables in the order of the plan: the last one is what the hash table is built from. */
async function tables(sql: string): Promise<readonly string[]> {
  const { rows } = await client.query(`explain ${sql}`);
  const text = rows.map((row: Record<string, string>) => Object.values(row)[0]).join('\n');
  return [...text.matchAll(/Scan on (\w+)/g)].map((match) => match[1] ?? '');
}

it('builds from the smaller table, as buffered and as stored rows say', async () => {
  await client.query('insert into few select i, i from generate_series(1, 3) i');
  await client.query('insert into many select i, i from generate_series(1, 50) i');
  const sql = 'select x, y from few join many on few.k = many.k';
  expect(await tables(sql)).toEqual(['many', 'few']);
  await client.query('checkpoint');
  expect(await tables(`${sql} where true`)).toEqual(['many', 'few']);
  expect((await client.query(`${sql} order by x`)).rows).toEqual([
    { x: '1', y: '1' },
    { x: '2', y: '2' },
    { x: '3', y: '3' },
  ]);
  await client.query('insert into few select i, i from generate_series(100, 300) i');
  expect(await tables(`${sql} where 1 = 1`)).toEqual(['few', 'many']);
});

it('keeps the order of the text without the rule', async () => {
  await client.query(`set millrace.disabled_rules = 'reorder-joins'`);
  expect(await tables('select x, y from many join few on few.k = many.k')).toEqual(['many', 'few']);
  expect(await tables('select x, y from few join many on few.k = many.k')).toEqual(['few', 'many']);
});
