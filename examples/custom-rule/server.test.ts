import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRuleServer } from './server.ts';

const directory = mkdtempSync(join(tmpdir(), 'millrace-example-'));
let server: Awaited<ReturnType<typeof startRuleServer>>;
let client: pg.Client;

beforeAll(async () => {
  server = await startRuleServer(directory, 0);
  client = new pg.Client({ host: '127.0.0.1', port: server.address.port, user: 'anyone' });
  await client.connect();
  await client.query(`create table events (ts timestamptz not null, n int,
    day date generated always as ((ts at time zone 'UTC')::date) stored) partition by list (day)`);
  await client.query(`insert into events (ts, n)
    select timestamptz '2024-05-01 00:00Z' + n * interval '6 hours', n from generate_series(0, 39) n`);
  await client.query('checkpoint');
});
afterAll(async () => {
  await client.end();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const QUERY = "select n from events where ts >= '2024-05-03 12:00Z' and ts < '2024-05-04 06:00Z' order by n";
const explain = async (options: string): Promise<string> =>
  (await client.query<Record<string, string>>(`explain (${options}) ${QUERY}`)).rows
    .map((row) => row['QUERY PLAN'])
    .join('\n');

it('gives the same rows with the rule and without', async () => {
  const withRule = await client.query(QUERY);
  expect(withRule.rows).toEqual([{ n: 10 }, { n: 11 }, { n: 12 }]);
  await client.query("set millrace.disabled_rules = 'narrow-days'");
  expect((await client.query(QUERY)).rows).toEqual(withRule.rows);
  await client.query('reset millrace.disabled_rules');
});

it('asks the scan for days, which is all that the files of some writers can be skipped by', async () => {
  expect(await explain('rules')).toContain('narrow-days');
  const asked = await explain('analyze');
  expect(asked).toMatch(/Table Scan on events .* day >= timezone.* day <= timezone/);
  expect(asked).toContain('files read 2 of 10, 8 pruned');
  await client.query("set millrace.disabled_rules = 'narrow-days'");
  expect(await explain('analyze')).not.toMatch(/day >= /);
  await client.query('reset millrace.disabled_rules');
});

it('lists its own rule, and the standard one that it switched off', async () => {
  const { rows } = await client.query<{ name: string; enabled: unknown }>('show millrace.rules');
  const isEnabled = (name: string): unknown => rows.find((row) => row.name === name)?.enabled;
  expect([isEnabled('narrow-days'), isEnabled('infer-predicates')]).toEqual([true, false]);
});
