import { readFileSync } from 'node:fs';
import { ERRORS, MillraceError } from '@millrace/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AstStatement, ParsedStatement, SqlFrontend } from '../ast.ts';
import { libpgFrontend } from '../libpg/libpg-frontend.ts';
import { namesIn } from '../names-in.ts';
import { portableFrontend } from './portable-frontend.ts';
import { choicesOf, RandomSql } from './testing/random-sql.ts';

const portable: SqlFrontend = portableFrontend();
const libpg: SqlFrontend = libpgFrontend();
beforeAll(async () => {
  await portable.load();
  await libpg.load();
});

function failureOf(sql: string, frontend: SqlFrontend = portable): MillraceError {
  try {
    frontend.parse(sql);
  } catch (error) {
    expect(error).toBeInstanceOf(MillraceError);
    return error as MillraceError;
  }
  throw new Error(`no error: ${sql}`);
}

/** SQLSTATE, message and position. */
const described = (error: MillraceError): unknown => [error.sqlstate, error.message, error.info.position];

/** A line of SQL, then a line that this test has no use for. */
function casesOf(file: string): string[] {
  const text = readFileSync(new URL(`../libpg/cases/${file}`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .filter((_, i) => i % 2 === 0);
}

describe('the cases of the other front end', () => {
  const cases = [...casesOf('expressions.txt').map((sql) => `select ${sql}`), ...casesOf('statements.txt')];

  it('have the same trees or are refused by name', () => {
    let same = 0;
    for (const sql of cases) {
      let parsed: readonly ParsedStatement[];
      try {
        parsed = portable.parse(sql);
      } catch (error) {
        expect((error as MillraceError).message, sql).toMatch(/ is not supported by this front end$/);
        continue;
      }
      same++;
      expect(parsed, sql).toEqual(libpg.parse(sql));
    }
    expect(same / cases.length).toBeGreaterThan(0.7);
  });
});

describe('what the parser below reads wrongly', () => {
  it.each([
    'select a or b and c',
    'select a=1 and b=2 or c=3 and d=4 from t',
    'select a from t where a or b and not c or d',
    'select a + b || c',
    'select a || b @> c',
    'select $1::int + $2',
    'select x = $1::int',
    'select -9223372036854775808, 9223372036854775807, 1.0000000000000000001',
    "select 'it''s'",
    'select * from "Bar" as "Baz", Bar',
    'select * from f() as u(x)',
    'select * from a cross join g natural join h',
    'drop table a, b cascade',
    'select a ~~ b',
    'select d isnull from t',
    'select * from a, b join c on a.x = b.x, d',
  ])('%s', (sql) => {
    expect(portable.parse(sql)).toEqual(libpg.parse(sql));
  });
});

describe('refused with its name and place', () => {
  it.each([
    ['select a is null = b', 'an operator after IS ...', 18],
    ['select a is not true || b', 'an operator after IS ...', 22],
    ["select - a -> 'b'", 'a sign before ->', 8],
    ["select 'ä😀', -a ->> 'b'", 'a sign before ->>', 14],
    ['select 1; update t set a = 1', 'UPDATE', 11],
    ['select * from t tablesample system (10) repeatable (1)', 'TABLESAMPLE', 17],
    ['select a from t for update', 'FOR UPDATE and its like', 17],
    ['select * from a join b join c on true on true', 'a join inside a join without parentheses', 24],
    ['insert into t values (1) returning a', 'RETURNING', 26],
    ["select N'x'", "N'...'", 8],
    ["select E'\\xff'", 'this escape in a string', 8],
    ["select 'a'\n'b'", 'a string that continues on another line', 8],
    ['select U&"a"', 'U&"..."', 8],
    [`select ${'x'.repeat(64)}`, 'a name of more than 63 bytes', 8],
    ['select normalize(a)', 'NORMALIZE(...)', 8],
    ['create index on t (a)', 'CREATE INDEX', 8],
  ])('%s', (sql, feature, position) => {
    expect(described(failureOf(sql))).toEqual(['0A000', `${feature} is not supported by this front end`, position]);
  });
});

describe('errors', () => {
  it.each([
    ['selec 1', 'syntax error at or near "selec"', 1],
    ['select 1 +', 'syntax error at end of input', 11],
    ['select (1 +)', 'syntax error at or near ")"', 12],
    ["select 'äö' from , x", 'syntax error at or near ","', 18],
    ["select '😀' frm x y", 'syntax error at or near "x"', 16],
    ["select 'abc", 'unterminated quoted string at or near "\'abc"', 8],
    ['select "abc', 'unterminated quoted identifier at or near ""abc"', 8],
    ['select $x$abc', 'unterminated dollar-quoted string at or near "$x$abc"', 8],
    ['select 1 /* a /* b */', 'unterminated /* comment at or near "/* a /* b */"', 10],
    ['select 1; select 2 2', 'syntax error at or near "2"', 20],
    ['select 12a', 'trailing junk after numeric literal at or near "12a"', 8],
    ['select (1', 'syntax error at end of input', 10],
    ['select 1)', 'syntax error at or near ")"', 9],
    ['select (1;)', 'syntax error at or near ";"', 10],
    ['select a < b < c', 'syntax error at or near "<"', 14],
    ['select 1 from where', 'syntax error at or near "where"', 15],
    ['create table t (a int null not null)', 'conflicting NULL/NOT NULL declarations for column "a" of table "t"', 28],
    ['create table t (a int default 1 default 2)', 'multiple default values specified for column "a" of table "t"', 33],
  ])('42601: %s', (sql, message, position) => {
    expect(described(failureOf(sql))).toEqual(['42601', message, position]);
    expect(failureOf(sql, libpg).sqlstate).toBe('42601');
  });

  it('NUL, lone surrogates and long texts are refused as there', () => {
    expect(failureOf('select 1\0 garbage').sqlstate).toBe('22021');
    expect(failureOf("select '\ud800'").sqlstate).toBe('22021');
    const small = portableFrontend({ sqlBytesMax: 20 });
    expect(small.parse("select 'twelve12345'")).toHaveLength(1);
    expect(() => small.parse("select 'twelve1234é'")).toThrow(/longer than 20 bytes/);
  });
});

describe('statements of a text', () => {
  it('are none for empty text, white space, comments and semicolons', () => {
    for (const sql of ['', ' \n', '-- hello', '/* a /* b */ */ ; ;;']) expect(portable.parse(sql)).toEqual([]);
  });

  it('have the slices, offsets and parameters that they have there', () => {
    for (const sql of [
      "  select 'ä€😀' ;; insert into t values ('ö') ;\n select $3 -- done",
      '/* a */ select 1; -- b\n select $1, $2;;',
      'select $q$;$q$; select \';\'; select "a;b" -- ;',
      'prepare "As" (numeric(3, 2)) as /* as */ select $1 ;',
    ]) {
      expect(portable.parse(sql), sql).toEqual(libpg.parse(sql));
    }
  });

  it('have positions in characters from their own start', () => {
    const { statement, sql } = portable.parse("select 1; select 'ä😀', column_a from t_b")[1]!;
    expect([...sql].slice(namesIn(statement)[0]!.at!).join('')).toBe('t_b');
    const body = statement.kind === 'query' && statement.query.body.kind === 'select' ? statement.query.body : null;
    expect([...sql].slice(body!.items[1]!.at!).join('')).toBe('column_a from t_b');
    expect([...sql].slice(body!.items[1]!.expr.at!).join('')).toBe('column_a from t_b');
  });
});

describe('long and deep', () => {
  it.each([
    ['parentheses', (n: number) => `select ${'('.repeat(n)}1${')'.repeat(n)}`],
    ['parentheses that end wrongly', (n: number) => `select ${'('.repeat(n)}a b${')'.repeat(n)}`],
    ['parentheses that do not end', (n: number) => `select ${'('.repeat(n)}a`],
    ['operators', (n: number) => `select ${'1+'.repeat(n)}1`],
    ['unary', (n: number) => `select ${'- '.repeat(n)}a b c`],
    ['not', (n: number) => `select ${'not '.repeat(n)}a`],
    ['case', (n: number) => `select ${'case when a then '.repeat(n)}1${' end'.repeat(n)}`],
    ['subqueries', (n: number) => `${'select ('.repeat(n)}select 1${')'.repeat(n)}`],
    ['from', (n: number) => `select * from ${'(select * from '.repeat(n)}t${') x'.repeat(n)}`],
    ['unions', (n: number) => `select 1${' union all select 1'.repeat(n)}`],
    ['arrays', (n: number) => `select array${'['.repeat(n)}1${']'.repeat(n)}`],
    ['calls', (n: number) => `select ${'f('.repeat(n)}1${')'.repeat(n)}`],
    ['joins', (n: number) => `select * from t${' join u using (x)'.repeat(n)}`],
    ['between', (n: number) => `select ${'a between '.repeat(n)}b`],
    ['casts', (n: number) => `select a${'::int'.repeat(n)}`],
  ])(
    '54001, 54000 or an answer for %s, soon',
    (_, make) => {
      for (const n of [30, 400, 3_000]) {
        try {
          portable.parse(make(n));
        } catch (error) {
          expect((error as MillraceError).sqlstate).toMatch(/^(54001|54000|42601)$/);
        }
      }
      expect(portable.parse('select 1')).toHaveLength(1);
    },
    20_000,
  );

  it('nested no deeper than the limit is accepted, one more is not', () => {
    const small = portableFrontend({ nestingDepthMax: 40 });
    const nested = (n: number): string => `select ${'f('.repeat(n)}1${')'.repeat(n)}`;
    expect(small.parse(nested(10))).toHaveLength(1);
    expect(failureOf(nested(41), small).sqlstate).toBe('54001');
    expect(failureOf(`select ${'1+'.repeat(41)}1`, small).sqlstate).toBe('54001');
  });

  it('thousands of terms are no deeper than one, and many rows need no parser', () => {
    const terms = Array.from({ length: 3_000 }, (_, i) => `a=${i}`).join(' or ');
    expect(portable.parse(`select * from t where ${terms}`)).toHaveLength(1);
    const rows = Array.from({ length: 5_000 }, (_, i) => `(${i}, 'text ${i}', null, -1.5, $${i + 1})`).join(',');
    const [parsed] = portable.parse(`insert into t values ${rows}`);
    expect(parsed!.parameterCount).toBe(5_000);
    const statement = parsed!.statement as AstStatement & { readonly kind: 'insert' };
    const body = statement.source!.body;
    expect(body.kind === 'values' ? body.rows.length : 0).toBe(5_000);
  });
});

const sqlstates: ReadonlySet<string> = new Set(Object.values(ERRORS).map((entry) => entry.sqlstate));

/** Statements, or a typed error with a place in the text. */
function survives(sql: string): void {
  try {
    portable.parse(sql);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    expect(error.key, sql).not.toBe('internal');
    expect(sqlstates).toContain(error.sqlstate);
    const { position } = error.info;
    if (position === undefined) return;
    expect(position, sql).toBeGreaterThanOrEqual(1);
    expect(position, sql).toBeLessThanOrEqual([...sql].length + 1);
  }
}

describe('any text', () => {
  const words =
    "select from where insert into values group by order limit with as join on ( ) [ ] , ; . * :: + - = a t \"Q\" 'x' 1 2.5 $1 null case when then end not in between and or is create table int default set explain interval over partition union -- /* E' $$ ä😀 cast extract any exists array row using natural like escape".split(
      ' ',
    );

  it('gives trees or a typed error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), survives), { numRuns: 500 });
    const tokens = fc.array(fc.constantFrom(...words), { maxLength: 16 }).map((list) => list.join(' '));
    fc.assert(fc.property(tokens, survives), { numRuns: 1_500 });
  });

  it('gives trees or a typed error for good statements that are cut, doubled and mixed', () => {
    const c = choicesOf(17);
    for (let i = 0; i < 1_500; i++) {
      const tokens = new RandomSql(choicesOf(i)).statement().split(/(?<=\W)|(?=\W)/);
      for (let cuts = 1 + c.below(3); cuts > 0; cuts--) {
        const at = c.below(tokens.length + 1);
        if (c.chance(50)) tokens.splice(at, 1 + c.below(2));
        else tokens.splice(at, 0, c.chance(50) ? c.of(words) : (tokens[c.below(tokens.length)] ?? ';'));
      }
      survives(tokens.join(''));
    }
  });
});
