import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';

const DAYS = 8;
let server: TestServer;
let client: pg.Client;

beforeAll(async () => {
  server = await startTestServer();
  client = await server.connect();
  // The log knows bounds of a file's first 32 columns; of ts it knows none, so only the day tells files apart.
  const wide = Array.from({ length: 32 }, (_, i) => `c${i} int`).join(', ');
  await client.query(
    `create table events (${wide}, ts timestamptz, n int, tag text, day date generated always as ((ts at time zone 'UTC')::date) stored)
       partition by list (day)`,
  );
  await client.query(`create table days (day date, label text)`);
  await client.query(`insert into events (ts, n, tag) select '2024-05-01 06:00Z'::timestamptz + g * interval '12 hours', g, 'tag ' || g % 3
       from generate_series(0, ${2 * DAYS - 1}) g`);
  await client.query(`insert into events (ts, n) values (null, -1)`);
  await client.query(`insert into days values ('2024-05-02', 'a'), ('2024-05-04', 'b')`);
  await client.query('checkpoint');
});
afterAll(() => server.close());

/** How many files of `events` a query opened, as EXPLAIN ANALYZE says. */
async function filesRead(sql: string): Promise<number> {
  const lines = (await rowsOf(client, `explain analyze ${sql}`)).map(([line]) => String(line));
  const [found] = lines.flatMap((line) => /files read (\d+) of 9/.exec(line)?.slice(1) ?? []);
  return Number(found);
}

async function withRules<T>(disabled: string, run: () => Promise<T>): Promise<T> {
  await client.query(`set millrace.disabled_rules = '${disabled}'`);
  try {
    return await run();
  } finally {
    await client.query(`set millrace.disabled_rules = ''`);
  }
}

/** Queries, the files they need, and the rule without which they read more. */
const CASES: readonly (readonly [what: string, sql: string, files: number, rule: string])[] = [
  [
    'a range of time',
    `select n from events where ts >= '2024-05-03 12:00Z' and ts < '2024-05-05Z'`,
    3,
    'infer-predicates',
  ],
  ['a moment', `select n from events where ts = '2024-05-03 18:00Z'`, 1, 'infer-predicates'],
  ['moments', `select n from events where ts in ('2024-05-03 18:00Z', '2024-05-06 06:00Z')`, 2, 'infer-predicates'],
  [
    'a time that is known when the query runs',
    `select n from events where ts > timestamptz '2024-05-07 18:00Z' - interval '1 day' + (now() - now())`,
    3,
    'infer-predicates',
  ],
  ['no time', `select n from events where ts is null`, 1, 'infer-predicates'],
  [
    'days in an OR with what may fail',
    `select n from events where (day = '2024-05-02' and 10 / n > 1) or (day = '2024-05-04' and n > 0)`,
    2,
    'prune-partitions',
  ],
  [
    'an OR over a join',
    `select e.n from events e, days d where (e.day = '2024-05-02' and d.label = 'a') or (e.day = '2024-05-04' and d.label = 'b')`,
    2,
    'prune-partitions',
  ],
  [
    'a constant across the key of a join',
    `select e.n from days d join events e on d.day = e.day where d.day = '2024-05-04'`,
    1,
    'infer-predicates',
  ],
  [
    'a constant that is computed',
    `select n from events where day = '2024-05-01'::date + 2 or (day = '2024-05-01'::date + 3 and 10 / n >= 1)`,
    2,
    'fold-constants',
  ],
];

describe('whole files are skipped', () => {
  test.each(CASES)('%s', async (_, sql, files, rule) => {
    const rows = await withRules('all', () => rowsOf(client, sql));
    expect(await filesRead(sql)).toBe(files);
    expect((await rowsOf(client, sql)).sort()).toEqual(rows.sort());
    await withRules(rule, async () => {
      expect(await filesRead(sql)).toBeGreaterThan(files);
      expect((await rowsOf(client, sql)).sort()).toEqual(rows);
    });
    expect(rows.length, 'a query that finds nothing proves little').toBeGreaterThan(0);
  });

  test('for the values of a prepared statement no row is lost', async () => {
    await client.query(
      'prepare range (timestamptz, timestamptz) as select n from events where ts between $1 and $2 order by n',
    );
    const read = (from: string, to: string): Promise<unknown[][]> =>
      rowsOf(client, `execute range ('${from}', '${to}')`);
    expect(await read('2024-05-02 00:00Z', '2024-05-02 23:00Z')).toEqual([['2'], ['3']]);
    expect(await read('2024-05-02 18:00Z', '2024-05-04 06:00Z')).toEqual([['3'], ['4'], ['5'], ['6']]);
    expect((await read('-infinity', 'infinity')).length).toBe(2 * DAYS);
  });
});

test('what stays in a filter is evaluated for fewer rows, not for more', async () => {
  const sql = `select n from events where day = '2024-05-02' and 10 / (n - 2) > 1`;
  await expect(rowsOf(client, sql)).rejects.toMatchObject({ code: '22012' });
  expect(await rowsOf(client, sql.replace('05-02', '05-03'))).toEqual([['4'], ['5']]);
});
