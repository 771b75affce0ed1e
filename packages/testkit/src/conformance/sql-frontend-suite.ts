import { MillraceError } from '@millrace/core';
import type { ParsedStatement, SqlFrontend } from '@millrace/planner';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { assertProperty, type SuiteBudget } from './suite-budget.ts';

/** How a front end is tried. */
export interface SqlFrontendSuiteOptions extends SuiteBudget {
  /** A front end that is trusted: what both accept must be the same tree. Leave it out for a dialect of its own. */
  readonly trusted?: SqlFrontend;
  /** More statements of the dialect, valid or not. */
  readonly statements?: readonly string[];
}

/** What a front end may answer instead of a tree. */
const REFUSALS: readonly string[] = ['42601', '54001', '22021', '54000', '0A000'];

const STATEMENTS: readonly string[] = [
  'SELECT 1',
  'SELECT k, x + 1 AS y FROM a WHERE x > 1 OR x IS NULL AND k = 2',
  "SELECT t || 'it''s' FROM c WHERE t LIKE 'a%' ORDER BY t DESC NULLS LAST LIMIT 3 OFFSET 1",
  'SELECT a.k, count(*) FROM a JOIN b ON a.k = b.k LEFT JOIN c ON c.k = b.k GROUP BY a.k HAVING count(*) > 1',
  'SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k) AND x IN (1, 2, 3)',
  'WITH q AS (SELECT k FROM a) SELECT k FROM q UNION ALL SELECT k FROM b',
  "SELECT CASE WHEN x > 0 THEN 'p' ELSE 'n' END, -x, NOT x = 1, x BETWEEN 1 AND 2 FROM a",
  'SELECT $1::int4 + $2, $1',
  'INSERT INTO a (k, x) VALUES (1, NULL), ($1, DEFAULT)',
  'CREATE TABLE t (k int4 NOT NULL, t text)',
  'DROP TABLE IF EXISTS t',
  'BEGIN',
  'COMMIT',
];
const WRONG: readonly string[] = [
  'SELEC 1',
  'SELECT (1',
  'SELECT 1 FROM',
  "SELECT 'open",
  'SELECT 1 +',
  'INSERT INTO',
  ')',
  'SELECT "open',
];

/**
 * The laws of `SqlFrontend` as tests: it gives plain data, the same each time, and refuses with nothing but the errors it may.
 *
 *     sqlFrontendSuite('libpg', () => libpgFrontend());
 *     sqlFrontendSuite('mine', () => myFrontend(), { trusted: libpgFrontend() });
 */
export function sqlFrontendSuite(name: string, create: () => SqlFrontend, options: SqlFrontendSuiteOptions = {}): void {
  const frontend = create();
  const statements = [...STATEMENTS, ...(options.statements ?? [])];
  const parse = (sql: string): readonly ParsedStatement[] | string => answerOf(frontend, sql);
  describe(`SQL front end: ${name}`, () => {
    beforeAll(async () => {
      await frontend.load();
      await options.trusted?.load();
    });
    texts(frontend, parse);
    refusals(frontend, parse);

    it.each(statements)('gives plain data, the same each time: %s', (sql) => {
      const result = parse(sql);
      if (typeof result === 'string') return expect(REFUSALS).toContain(result);
      expect(structuredClone(result)).toEqual(result);
      expect(parse(sql)).toEqual(result);
      expect(result.map((one) => one.sql)).toEqual([sql]);
      return undefined;
    });

    if (options.trusted !== undefined) {
      const { trusted } = options;
      it.each(statements)('means what the trusted front end means, or refuses: %s', (sql) => {
        const result = parse(sql);
        if (typeof result === 'string') return;
        expect(result.map(withoutPositions)).toEqual(answerOfTree(trusted, sql));
      });
      it('accepts most plain statements', () => {
        const accepted = STATEMENTS.filter((sql) => typeof parse(sql) !== 'string');
        expect(accepted.length / STATEMENTS.length).toBeGreaterThanOrEqual(0.75);
      });
    }

    it('survives any text', async () => {
      const pieces = fc.constantFrom(
        ...STATEMENTS.flatMap((sql) => sql.split(' ')),
        "'",
        '"',
        '$$',
        '(',
        ')',
        ';',
        '--',
        '/*',
        '*/',
        '\u{1f600}',
        '\0',
        '$1',
        '\n',
      );
      await assertProperty(
        options,
        200,
        fc.oneof(
          fc.string({ maxLength: 60 }),
          fc.array(pieces, { maxLength: 25 }).map((list) => list.join(' ')),
        ),
        async (sql) => {
          const result = parse(sql);
          if (typeof result === 'string') expect(REFUSALS, sql).toContain(result);
        },
      );
    });
  });
}

type Parse = (sql: string) => readonly ParsedStatement[] | string;

function texts(frontend: SqlFrontend, parse: Parse): void {
  it('has a name', () => expect(frontend.name).toMatch(/^[a-z][a-z0-9-]*$/));

  it.each(['', '  ', ';', ' ; ;; ', '-- nothing', '/* nothing */ ; -- at all\n'])('finds no statement in %j', (sql) => {
    expect(parse(sql)).toEqual([]);
  });

  it('splits a text, and knows where each statement starts', () => {
    const sql = " SELECT 1 ;; -- one; not two\nSELECT 'a;b' ; ";
    const result = parse(sql);
    if (typeof result === 'string') return expect.fail(result);
    expect(result.map((one) => one.sql)).toEqual(['SELECT 1', "SELECT 'a;b'"]);
    expect(result.map((one) => sql.slice(one.offset).startsWith(one.sql))).toEqual([true, true]);
    return undefined;
  });

  it.each([
    ['SELECT 1', 0],
    ['SELECT $1, $3', 3],
    ["SELECT '$9', $1 -- $8", 1],
    ['INSERT INTO a (k, x) VALUES ($2, $1)', 2],
  ] as const)('counts the parameters of %s', (sql, count) => {
    const result = parse(sql);
    if (typeof result === 'string') return expect.fail(result);
    expect(result.map((one) => one.parameterCount)).toEqual([count]);
    return undefined;
  });
}

function refusals(frontend: SqlFrontend, parse: Parse): void {
  it.each(WRONG)('refuses %s as a syntax error, with a position inside the text', (sql) => {
    expect(parse(sql)).toBe('42601');
    const { position } = errorOf(frontend, sql);
    if (position !== undefined) {
      expect(position).toBeGreaterThanOrEqual(1);
      expect(position).toBeLessThanOrEqual(sql.length + 1);
    }
  });

  it('refuses NUL (22021), and texts that nest too deeply (54001)', () => {
    expect(parse('SELECT 1 \0 ; DROP TABLE a')).toBe('22021');
    const depth = 100_000;
    expect(['54001', '54000']).toContain(parse(`SELECT ${'('.repeat(depth)}1${')'.repeat(depth)}`));
    expect(parse('SELECT 1')).toHaveLength(1);
  });

  it('counts positions of a later statement from the start of the text', () => {
    const head = 'SELECT 1; ';
    const { position } = errorOf(frontend, `${head}SELEC 2`);
    if (position !== undefined) expect(position).toBeGreaterThan(head.length);
  });
}

function errorOf(frontend: SqlFrontend, sql: string): MillraceError['info'] {
  try {
    frontend.parse(sql);
  } catch (error) {
    if (error instanceof MillraceError) return error.info;
    throw error;
  }
  return expect.fail(`${sql} was accepted`);
}

/** The statements, or the SQLSTATE. Anything else that is thrown breaks the law. */
function answerOf(frontend: SqlFrontend, sql: string): readonly ParsedStatement[] | string {
  try {
    return frontend.parse(sql);
  } catch (error) {
    if (error instanceof MillraceError) return error.sqlstate;
    throw error;
  }
}

function answerOfTree(frontend: SqlFrontend, sql: string): readonly unknown[] | string {
  const answer = answerOf(frontend, sql);
  return typeof answer === 'string' ? answer : answer.map(withoutPositions);
}

/** A tree without where things stand in the text. */
function withoutPositions(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPositions);
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== 'at')
      .map(([key, value]) => [key, withoutPositions(value)]),
  );
}
