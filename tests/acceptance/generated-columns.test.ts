import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import { HAS_PSQL, psql, psqlSuite } from './support/psql.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const ROWS = [
  ['1', '2024-05-01', '2024-05-01'],
  ['2', '2024-05-02', '2024-05-01'],
  ['3', '2024-05-02', '2024-05-01'],
];

test('a partition column that follows from another one', async () => {
  const client = await server.connect();
  await client.query(`set timezone = 'America/New_York'`);
  await client.query(
    `create table events (n int, ts timestamptz not null, day date generated always as ((ts at time zone 'UTC')::date) stored,
       month date generated always as (date_trunc('month', ts at time zone 'UTC')) stored) partition by list (day)`,
  );
  await client.query(`insert into events values (1, '2024-05-01 23:59:59.999999+00')`);
  const fast = (): number => server.server.metrics.read().get('insert_fast_path') ?? 0;
  const before = fast();
  await client.query('insert into events (n, ts) values ($1, $2)', [2, '2024-05-02 00:00:00+00']);
  expect(fast()).toBe(before + 1);
  await client.query(`insert into events (ts, n) select timestamptz '2024-05-01 22:00:00-04', 3`);
  const days = 'select n, day, month from events order by n';
  expect(await rowsOf(client, days)).toEqual(ROWS);
  await client.query('checkpoint');
  expect(await rowsOf(client, days)).toEqual(ROWS);
  expect(partitionsOf('events')).toEqual(['day=2024-05-01', 'day=2024-05-02']);
});

test('other Delta readers see a column like any other, other writers are told to keep away', () => {
  const log = readFileSync(join(tableDirectory('events'), '_delta_log', '00000000000000000000.json'), 'utf8');
  const actions = log
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(actions.find((action) => 'protocol' in action)).toEqual({
    protocol: {
      minReaderVersion: 1,
      minWriterVersion: 7,
      writerFeatures: ['appendOnly', 'invariants', 'millrace.generatedColumns'],
    },
  });
  expect(log).toContain(`"millrace.generated.day":"(ts AT TIME ZONE 'UTC'::text)::date"`);
});

test.skipIf(!HAS_PSQL)(psqlSuite('psql describes it as PostgreSQL does'), async () => {
  const { stdout } = await psql(server.port, '\\d events');
  expect(stdout).toMatch(
    /day +\| date +\| +\| +\| generated always as \(\(ts AT TIME ZONE 'UTC'::text\)::date\) stored/,
  );
});

test('it is still computed after a restart, before and after what was logged is flushed', async () => {
  const client = await server.connect();
  await client.query(`insert into events values (4, '2024-05-03 12:00:00+00')`);
  server = await server.restart();
  const again = await server.connect();
  await again.query(`insert into events values (5, '2024-05-03 13:00:00+00')`);
  const days = 'select n, day, month from events order by n';
  const expected = [...ROWS, ['4', '2024-05-03', '2024-05-01'], ['5', '2024-05-03', '2024-05-01']];
  expect(await rowsOf(again, days)).toEqual(expected);
  await again.query('checkpoint');
  expect(await rowsOf(again, days)).toEqual(expected);
  await expect(again.query(`insert into events values (6, now(), '2024-01-01')`)).rejects.toMatchObject({
    code: '428C9',
  });
});

function tableDirectory(name: string): string {
  const tables = join(server.directory, 'tables');
  const found = readdirSync(tables).find((entry) => entry.startsWith(`${name}-`));
  return join(tables, found ?? name);
}

function partitionsOf(name: string): readonly string[] {
  return readdirSync(tableDirectory(name))
    .filter((entry) => entry !== '_delta_log')
    .sort();
}
