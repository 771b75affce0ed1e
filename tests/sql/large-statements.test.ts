import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { answerOf } from './case-file.ts';

const N = 20_000;
const times = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join('');
const listed = (item: (i: number) => string, separator: string): string =>
  Array.from({ length: N }, (_, i) => item(i)).join(separator);
const nested = (open: string, close: string): string => `${times(N, () => open)}1${times(N, () => close)}`;

/** Long but flat: answered. Each of them once took time that grew with the square of its length. */
const ANSWERED: readonly (readonly [what: string, sql: string, answer: string])[] = [
  ['AND', `select ${listed(() => 'true', ' and ')}`, '["t"]'],
  ['OR', `select ${listed((i) => `1 = ${i + 2}`, ' or ')}`, '["f"]'],
  ['IN', `select 1 in (${listed((i) => `${i + 2}`, ', ')})`, '["f"]'],
  ['CASE', `select case ${listed((i) => `when 1 = ${i + 2} then ${i}`, ' ')} else -1 end`, '["-1"]'],
  ['WITH', `with ${listed((i) => `c${i} as (select ${i})`, ', ')} select * from c7`, '["7"]'],
  ['ARRAY', `select cardinality(array[${listed(String, ', ')}])`, `["${N}"]`],
  ['VALUES', `select count(*) from (values ${listed((i) => `(${i})`, ', ')}) v`, `["${N}"]`],
];

/** Deep: refused, by the parser or by the binder, and nothing else happens. */
const REFUSED: readonly (readonly [what: string, sql: string])[] = [
  ['parentheses', `select ${nested('(', ')')}`],
  ['calls', `select ${nested('abs(', ')')}`],
  ['CASE', `select ${nested('case when true then ', ' end')}`],
  ['scalar subqueries', `select ${nested('(select ', ')')}`],
  ['sums', `select ${listed(() => '1', ' + ')}`],
  ['NOT', `select ${times(N, () => 'not ')}true`],
  ['UNION', listed(() => 'select 1', ' union all ')],
  ['casts', `select 1${times(N, () => '::int')}`],
  ['json', `select '${times(N, () => '[')}${times(N, () => ']')}'::jsonb`],
];

describe('large statements', () => {
  let server: TestServer;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startTestServer();
    client = await server.connect();
  });
  afterAll(() => server.close());

  it.each(ANSWERED)('%s of thousands is answered', async (_, sql, answer) => {
    expect((await answerOf(client, sql)).slice(1, 2)).toEqual([answer]);
  });

  it.each(REFUSED)('deep %s say 54001', async (_, sql) => {
    expect((await answerOf(client, sql))[0]).toMatch(/^!54001 .*too deep/);
    expect(await answerOf(client, 'select 1 as one')).toEqual([': one:23', '["1"]', '= SELECT 1']);
  });
});
