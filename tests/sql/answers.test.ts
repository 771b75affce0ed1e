import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** A query, then its rows indented; an error is one line `!SQLSTATE message`. */
const CASES: readonly (readonly [sql: string, rows: readonly string[]])[] = read('answers.txt')
  .split('\n\n')
  .slice(1)
  .map((block) => {
    const [sql = '', ...rows] = block.replace(/\n$/, '').split('\n');
    return [sql, rows.map((row) => row.slice(2))] as const;
  });

async function answer(client: pg.Client, sql: string): Promise<readonly string[]> {
  try {
    const rows = await rowsOf(client, sql);
    return rows.map((row) => row.map((value) => value ?? 'NULL').join('|'));
  } catch (error) {
    if (error instanceof pg.DatabaseError) return [`!${error.code} ${error.message}`];
    throw error;
  }
}

describe.each(['', 'all'])('PostgreSQL 15 and the engine answer alike, disabled rules: "%s"', (disabled) => {
  let server: TestServer;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startTestServer();
    client = await server.connect();
    await client.query(read('setup.sql'));
    await client.query(`set timezone = 'UTC'`);
    await client.query(`set millrace.disabled_rules = '${disabled}'`);
  });
  afterAll(() => server.close());

  it.each(CASES)('%s', async (sql, expected) => {
    const actual = await answer(client, sql);
    const isOrdered = / order by [^)]*$/.test(sql);
    const comparable = (rows: readonly string[]): readonly string[] => (isOrdered ? rows : [...rows].sort());
    expect(comparable(actual)).toEqual(comparable(expected));
  });
});
