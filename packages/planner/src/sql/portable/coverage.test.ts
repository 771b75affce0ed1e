import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { MillraceError } from '@millrace/core';
import nodeSqlParser from 'node-sql-parser/build/postgresql.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SqlFrontend } from '../ast.ts';
import { libpgFrontend } from '../libpg/libpg-frontend.ts';
import { portableFrontend } from './portable-frontend.ts';

const STATEMENTS: readonly string[] = readFileSync(new URL('./cases/postgres-range.sql', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const ACCEPTED_OF_PARSED_MIN = 85;

const portable: SqlFrontend = portableFrontend();
const libpg: SqlFrontend = libpgFrontend();
beforeAll(() => libpg.load());

/** Whether the parser below, shown the text as it is, makes anything of it. */
function isParsed(sql: string): boolean {
  try {
    new nodeSqlParser.Parser().astify(sql, { database: 'postgresql' });
    return true;
  } catch {
    return false;
  }
}

/** null if it is accepted. */
function refusalOf(frontend: SqlFrontend, sql: string): MillraceError | null {
  try {
    frontend.parse(sql);
    return null;
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
}

describe('statements of every kind that PostgreSQL has', () => {
  it('are PostgreSQL’s, enough of them', () => {
    expect(STATEMENTS.length).toBeGreaterThanOrEqual(170);
    expect(new Set(STATEMENTS).size).toBe(STATEMENTS.length);
    // What libpg-query parses and our tree has no place for is 0A000 there too.
    for (const sql of STATEMENTS) expect(refusalOf(libpg, sql)?.sqlstate ?? '0A000', sql).toBe('0A000');
  });

  it('have the tree of libpg-query, or are refused by name', () => {
    const refusals: string[] = [];
    for (const sql of STATEMENTS) {
      const error = refusalOf(portable, sql);
      if (error === null) {
        expect(portable.parse(sql), sql).toEqual(libpg.parse(sql));
        continue;
      }
      expect([error.sqlstate, error.message], sql).toEqual([
        '0A000',
        expect.stringMatching(/ is not supported by this front end$/),
      ]);
      expect(error.info.position, sql).toBeGreaterThan(0);
      refusals.push(sql);
    }
    expect(refusals.length).toBeLessThan(STATEMENTS.length / 3);
  });

  it(`are accepted at least ${ACCEPTED_OF_PARSED_MIN} times where node-sql-parser parses them at all`, () => {
    const parsed = STATEMENTS.filter(isParsed);
    const accepted = STATEMENTS.filter((sql) => refusalOf(portable, sql) === null);
    const both = parsed.filter((sql) => refusalOf(portable, sql) === null);
    console.log(
      `portable front end: of ${STATEMENTS.length} statements node-sql-parser parses ${parsed.length}, of which ${both.length} are accepted; ${accepted.length} are accepted in all`,
    );
    expect(parsed.length).toBeGreaterThan(ACCEPTED_OF_PARSED_MIN);
    expect(both.length).toBeGreaterThanOrEqual(ACCEPTED_OF_PARSED_MIN);
    expect(isDeepStrictEqual(accepted, both)).toBe(false);
  });
});
