import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { answerOf, comparableAnswer, parseCases } from './case-file.ts';

const FOLDER = new URL('postgres/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

describe.each(['', 'all'])('answers of PostgreSQL 15, disabled rules: "%s"', (disabled) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  describe.each(FILES)('%s', (file) => {
    let client: pg.Client;
    beforeAll(async () => {
      client = await server.connect();
      // Each file starts with no tables, as it was recorded.
      const { rows } = await client.query(
        `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
      );
      if (rows.length > 0) await client.query(`drop table ${rows.map(({ name }) => name).join(', ')}`);
      await client.query(`set timezone = 'UTC'; set millrace.disabled_rules = '${disabled}'`);
      // With rules every text goes through its template if it has one, without them none does.
      await client.query(`set millrace.lift_literals = ${disabled === '' ? 'eager' : 'off'}`);
    });
    afterAll(() => client.end());

    it.each(parseCases(readFileSync(new URL(file, FOLDER), 'utf8')))('$sql', async ({ sql, answer }) => {
      const actual = await answerOf(client, sql);
      expect(comparableAnswer(sql, actual)).toEqual(comparableAnswer(sql, answer));
    });
  });
});
