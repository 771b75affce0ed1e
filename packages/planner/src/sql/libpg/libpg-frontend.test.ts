import { readFileSync } from 'node:fs';
import { ERRORS, MillraceError } from '@millrace/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AstExpr, ParsedStatement, SqlFrontend } from '../ast.ts';
import { namesIn } from '../names-in.ts';
import { libpgFrontend } from './libpg-frontend.ts';
import { astText } from './testing/ast-text.ts';

const frontend: SqlFrontend = libpgFrontend();
beforeAll(() => frontend.load());

function only(sql: string): ParsedStatement {
  const statements = frontend.parse(sql);
  expect(statements).toHaveLength(1);
  return statements[0]!;
}

function firstItem(sql: string): AstExpr {
  const { statement } = only(sql);
  if (statement.kind !== 'query' || statement.query.body.kind !== 'select') throw new Error('not a select');
  return statement.query.body.items[0]!.expr;
}

function failureOf(sql: string): MillraceError {
  try {
    frontend.parse(sql);
  } catch (error) {
    expect(error).toBeInstanceOf(MillraceError);
    return error as MillraceError;
  }
  throw new Error(`no error: ${sql}`);
}

/** A line of SQL, then its tree indented. */
function casesOf(file: string): [sql: string, tree: string][] {
  const lines = readFileSync(new URL(`./cases/${file}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const cases: [string, string][] = [];
  for (let i = 0; i < lines.length; i += 2) cases.push([lines[i]!, lines[i + 1]!.trim()]);
  return cases;
}

describe('trees', () => {
  it.each(casesOf('expressions.txt'))('%s', (sql, tree) => {
    expect(astText(firstItem(`select ${sql}`))).toBe(tree);
  });

  it.each(casesOf('statements.txt'))('%s', (sql, tree) => {
    expect(astText(only(sql).statement)).toBe(tree);
  });

  it('reads queries such as clients send about the catalog', () => {
    const text = readFileSync(new URL('./cases/catalog-queries.sql', import.meta.url), 'utf8');
    const queries = [...text.matchAll(/(?<sql>[\s\S]*?)\n-- names: (?<names>.*)\n\n/g)];
    expect(queries).toHaveLength(8);
    for (const { groups } of queries) {
      const { statement } = only(groups!['sql']!);
      expect(statement.kind).toBe('query');
      const names = namesIn(statement).map((name) => name.parts.join('.'));
      expect(names.join(', ')).toBe(groups!['names']);
    }
  });

  it('keeps the text of what PREPARE prepares', () => {
    const { statement } = only('prepare "As" (numeric(3, 2)) as /* as */ select $1 ;');
    expect(statement).toMatchObject({ kind: 'prepare', name: 'As', sql: '/* as */ select $1' });
  });

  it('counts parameters by the highest number', () => {
    expect(only('select 1').parameterCount).toBe(0);
    expect(only('select $3 from t where a = $7 limit $2').parameterCount).toBe(7);
    expect(frontend.parse('select $2; select $1').map((parsed) => parsed.parameterCount)).toEqual([2, 1]);
  });
});

describe('statements of a text', () => {
  it('are none for empty text, white space, comments and semicolons', () => {
    for (const sql of ['', ' \n', '-- hello', '/* a */ ; ;;']) expect(frontend.parse(sql)).toEqual([]);
  });

  it('are sliced by characters, also after multi-byte ones', () => {
    const sql = "  select 'ä€😀' ;; insert into t values ('ö') ;\n select 3 -- done";
    const parsed = frontend.parse(sql);
    expect(parsed.map((statement) => statement.sql)).toEqual([
      "select 'ä€😀'",
      "insert into t values ('ö')",
      'select 3 -- done',
    ]);
    const characters = [...sql];
    for (const { sql: slice, offset } of parsed) {
      expect(characters.slice(offset, offset + [...slice].length).join('')).toBe(slice);
    }
  });

  it('have positions in characters from their own start', () => {
    const parsed = frontend.parse("select 1; select 'ä😀', column_a from t_b");
    const { statement, sql } = parsed[1]!;
    const names = namesIn(statement);
    expect([...sql].slice(names[0]!.at!).join('')).toBe('t_b');
    const body = statement.kind === 'query' && statement.query.body.kind === 'select' ? statement.query.body : null;
    expect([...sql].slice(body!.items[1]!.at!).join('')).toBe('column_a from t_b');
  });

  it('have right positions far into a long text of multi-byte characters', () => {
    const filler = 'ö😀x'.repeat(1000);
    const { statement, sql } = only(`select '${filler}' from ${'t_'}x`);
    expect([...sql].slice(namesIn(statement)[0]!.at!).join('')).toBe('t_x');
  });
});

describe('errors', () => {
  it.each([
    ['selec 1', 'syntax error at or near "selec"', 1],
    ['select 1 +', 'syntax error at end of input', 11],
    ["select 'äö' from , x", 'syntax error at or near ","', 18],
    ["select '😀' frm x y", 'syntax error at or near "x"', 16],
    ["select 'abc", 'unterminated quoted string at or near "\'abc"', 8],
    ['select 1; select 2 2', 'syntax error at or near "2"', 20],
    ['select 12a', 'trailing junk after numeric literal at or near "12a"', 8],
    ['create table t (a int null not null)', 'conflicting NULL/NOT NULL declarations for column "a" of table "t"', 28],
    ['create table t (a int default 1 default 2)', 'multiple default values specified for column "a" of table "t"', 33],
  ])('42601: %s', (sql, message, position) => {
    const error = failureOf(sql);
    expect([error.sqlstate, error.message, error.info.position]).toEqual(['42601', message, position]);
  });

  it.each([
    ["select 1; select 'ä', grouping(a)", 'GROUPING is not supported', 23],
    ['select (a).*', 'row expansion via "*" is not supported', undefined],
    ["select interval '1 day 2 hours' hour", 'an interval with fields is not supported', 8],
    ['create table t (a interval day to second)', 'an interval type with several fields is not supported', 19],
    ['select a operator(my.+) b', 'an operator of schema "my" is not supported', 10],
    ['insert into t (a.b) values (1)', 'assignment to a field or element is not supported', 16],
    ['select * from rows from (f(1), g(2))', 'ROWS FROM is not supported', undefined],
    ["select json_object('a': 1)", 'an SQL/JSON expression is not supported', 8],
    ['create assertion x check (true)', 'CREATE ASSERTION is not yet implemented', 1],
  ])('0A000: %s', (sql, message, position) => {
    const error = failureOf(sql);
    expect([error.sqlstate, error.message, error.info.position]).toEqual(['0A000', message, position]);
  });

  it('refuses NUL and lone surrogates, which the parser would cut or change', () => {
    expect(failureOf('select 1\0 garbage').sqlstate).toBe('22021');
    expect(failureOf("select '\ud800'").sqlstate).toBe('22021');
    expect(failureOf("select E'\\xff'").sqlstate).toBe('22021');
  });

  it('refuses texts beyond the limit', () => {
    const small = libpgFrontend({ sqlBytesMax: 20 });
    expect(small.parse("select 'twelve12345'")).toHaveLength(1);
    expect(() => small.parse("select 'twelve1234é'")).toThrow(/longer than 20 bytes/);
  });

  it.each([
    ['parentheses', (n: number) => `select ${'('.repeat(n)}1${')'.repeat(n)}`, 20_000],
    ['operators', (n: number) => `select ${'1+'.repeat(n)}1`, 20_000],
    ['unary', (n: number) => `select ${'- '.repeat(n)}a`, 50_000],
    ['not', (n: number) => `select ${'not '.repeat(n)}a`, 20_000],
    ['case', (n: number) => `select ${'case when a then '.repeat(n)}1${' end'.repeat(n)}`, 2_000],
    ['subqueries', (n: number) => `${'select ('.repeat(n)}select 1${')'.repeat(n)}`, 2_000],
    ['from', (n: number) => `select * from ${'(select * from '.repeat(n)}t${') x'.repeat(n)}`, 2_000],
    ['unions', (n: number) => `select 1${' union all select 1'.repeat(n)}`, 5_000],
    ['arrays', (n: number) => `select array${'['.repeat(n)}1${']'.repeat(n)}`, 5_000],
    ['subscripts of calls', (n: number) => `select ${'f('.repeat(n)}1${')'.repeat(n)}`, 5_000],
  ])('54001 or a tree for deep %s, and the parser stays usable', (_, make, depth) => {
    for (const n of [100, 1_000, depth]) {
      try {
        frontend.parse(make(n));
      } catch (error) {
        expect((error as MillraceError).sqlstate).toMatch(/^(54001|42601)$/);
      }
      expect(only('select 1').sql).toBe('select 1');
    }
    expect(frontend.parse(make(100)).length).toBe(1);
  });

  it('accepts 50,000 terms that are no deeper than one', () => {
    const { statement } = only(
      `select * from t where ${Array.from({ length: 50_000 }, (_, i) => `a=${i}`).join(' or ')}`,
    );
    const where =
      statement.kind === 'query' && statement.query.body.kind === 'select' ? statement.query.body.where : null;
    expect(where?.kind === 'or' ? where.operands.length : 0).toBe(50_000);
  });
});

const sqlstates: ReadonlySet<string> = new Set(Object.values(ERRORS).map((entry) => entry.sqlstate));

function survives(sql: string): readonly ParsedStatement[] {
  try {
    return frontend.parse(sql);
  } catch (error) {
    expect(error).toBeInstanceOf(MillraceError);
    expect((error as MillraceError).key).not.toBe('internal');
    expect(sqlstates).toContain((error as MillraceError).sqlstate);
    const { position } = (error as MillraceError).info;
    if (position !== undefined) {
      expect(position).toBeGreaterThanOrEqual(1);
      expect(position).toBeLessThanOrEqual([...sql].length + 1);
    }
    return [];
  }
}

describe('any text', () => {
  const words = [
    ...[
      'select',
      'from',
      'where',
      'insert into',
      'values',
      'group by',
      'order by',
      'limit',
      'with',
      'as',
      'join',
      'on',
      '(',
      ')',
    ],
    ...[
      '[',
      ']',
      ',',
      ';',
      '.',
      '*',
      '::',
      '+',
      '-',
      '=',
      'a',
      't',
      '"Q"',
      "'x'",
      '1',
      '2.5',
      '$1',
      'null',
      'case',
      'when',
      'then',
    ],
    ...[
      'end',
      'not',
      'in',
      'between',
      'and',
      'or',
      'is',
      'create table',
      'int',
      'default',
      'set',
      'explain',
      'ä😀',
      '--',
      '/*',
      'interval',
    ],
  ];
  it('gives trees or a MillraceError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (sql) => void survives(sql)),
      { numRuns: 500 },
    );
    const tokens = fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((list) => list.join(' '));
    fc.assert(
      fc.property(tokens, (sql) => void survives(sql)),
      { numRuns: 1000 },
    );
  });

  it('gives trees or a MillraceError when a good statement is cut and mixed, and its slices tile the text', () => {
    const good = casesOf('statements.txt').map(([sql]) => sql);
    const pieces = fc
      .array(fc.tuple(fc.constantFrom(...good), fc.nat(60), fc.constantFrom('', ';', ' ', '; ')), { maxLength: 4 })
      .map((list) =>
        list.map(([sql, cut, separator]) => sql.slice(0, sql.length - (cut > 30 ? 0 : cut)) + separator).join(''),
      );
    fc.assert(
      fc.property(pieces, (sql) => {
        let end = 0;
        for (const { sql: slice, offset } of survives(sql)) {
          expect(offset).toBeGreaterThanOrEqual(end);
          expect(sql.slice(offset, offset + slice.length)).toBe(slice);
          end = offset + slice.length;
        }
      }),
      { numRuns: 500 },
    );
  });
});
