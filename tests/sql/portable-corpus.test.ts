import { readdirSync, readFileSync } from 'node:fs';
import { MillraceError } from '@millrace/core';
import { libpgFrontend, type ParsedStatement, type SqlFrontend } from '@millrace/planner';
import { portableFrontend } from '@millrace/planner/portable';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { answerOf, comparableAnswer, parseCases } from './case-file.ts';

const FOLDER = new URL('postgres/', import.meta.url);
const CASES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, cases: parseCases(readFileSync(new URL(name, FOLDER), 'utf8')) }));

/** What became of the texts that the server was given. */
const tally = { accepted: 0, refused: new Map<string, number>(), syntaxErrors: 0 };

/**
 * The portable front end; a text that it refuses is counted and read by libpg-query instead, so that the tables of the next statements are there.
 * A syntax error must be one for both.
 */
function countingFrontend(): SqlFrontend {
  const portable = portableFrontend();
  const libpg = libpgFrontend();
  return {
    name: 'portable, counted',
    load: async () => void (await Promise.all([portable.load(), libpg.load()])),
    parse(sql): readonly ParsedStatement[] {
      try {
        const statements = portable.parse(sql);
        tally.accepted++;
        return statements;
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        const reason = /^(.*) is not supported by this front end$/.exec(error.message)?.[1];
        if (reason !== undefined) tally.refused.set(reason, (tally.refused.get(reason) ?? 0) + 1);
        else if (error.sqlstate === '42601' && isSyntaxError(libpg, sql)) tally.syntaxErrors++;
        else if (error.sqlstate === '42601') throw new Error(`refused as a syntax error: ${sql}`, { cause: error });
        return libpg.parse(sql);
      }
    },
  };
}

function isSyntaxError(frontend: SqlFrontend, sql: string): boolean {
  try {
    frontend.parse(sql);
    return false;
  } catch (error) {
    return error instanceof MillraceError && error.sqlstate === '42601';
  }
}

/** Each file starts without tables. */
async function dropTables(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
  );
  for (const { name } of rows as { readonly name: string }[]) await client.query(`drop table ${name}`);
}

it('is what a server started with --frontend portable reads SQL with', async () => {
  const server = await startTestServer({ frontend: 'portable' });
  const client = await server.connect();
  expect(await answerOf(client, 'select 1 + 2 * 3 as seven')).toEqual([': seven:23', '["7"]', '= SELECT 1']);
  expect(await answerOf(client, 'update t set a = 1')).toEqual(['!0A000 @1 UPDATE is not supported by this front end']);
  await server.close();
});

describe('the recorded answers of PostgreSQL 15 through the portable front end', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ configure: (builder) => builder.use(countingFrontend()) });
  });
  afterAll(() => server.close());

  it.each(CASES)('$name', async ({ cases }) => {
    const client = await server.connect();
    await client.query(`set timezone = 'UTC'`);
    const wrong: unknown[] = [];
    for (const { sql, answer } of cases) {
      const actual = comparableAnswer(sql, await answerOf(client, sql));
      const expected = comparableAnswer(sql, answer);
      if (JSON.stringify(actual) !== JSON.stringify(expected)) wrong.push({ sql, actual, expected });
    }
    await dropTables(client);
    expect(wrong).toEqual([]);
  });

  it('accepts most of them, and says what it refuses', () => {
    const refused = [...tally.refused].sort(([, a], [, b]) => b - a);
    const count = refused.reduce((sum, [, times]) => sum + times, 0);
    const reasons = refused.map(([reason, times]) => `${reason} (${times})`).join(', ');
    console.log(
      `portable front end: ${tally.accepted} of the recorded texts accepted, ${tally.syntaxErrors} syntax errors for both, ${count} refused: ${reasons}`,
    );
    expect(tally.accepted).toBeGreaterThan(8 * count);
    expect(tally.syntaxErrors).toBeGreaterThan(0);
  });
});
