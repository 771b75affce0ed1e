import { MillraceError, types } from '@millrace/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bindCreateTable, type TableDefinition } from './bind-create-table.ts';
import { bindScalar } from './bind-scalar.ts';
import { FUNCTIONS, loadFrontend, parse, SNAPSHOT } from './fixtures/binding.ts';

beforeAll(loadFrontend);

const environment = { catalog: SNAPSHOT, functions: FUNCTIONS, parameterTypes: [] };

function create(sql: string): TableDefinition {
  const statement = parse(sql);
  if (statement.kind !== 'create-table') throw new MillraceError('test', 'XX000', statement.kind, {});
  return bindCreateTable(statement, environment);
}

function errorOf(sql: string): string {
  try {
    create(sql);
  } catch (error) {
    if (error instanceof MillraceError) return `${error.sqlstate} ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('bindCreateTable', () => {
  it('types the columns of the first table a newcomer makes', () => {
    const table = create(
      'create table if not exists public.events (ts timestamptz not null, project_id text not null, day date not null, name text, ' +
        "status int, latency float8, tags text[], attrs jsonb default '{}', price numeric(10,2), note varchar(20)) " +
        "partition by list (project_id, day) with (millrace.flush_after = '5s')",
    );
    expect(table).toMatchObject({ schemaName: 'public', name: 'events', ifNotExists: true });
    expect(table.partitionColumns).toEqual(['project_id', 'day']);
    expect(table.options).toEqual([{ namespace: 'millrace', name: 'flush_after', value: '5s' }]);
    expect(table.columns.map(({ name, type, nullable }) => [name, type.kind, nullable])).toEqual([
      ['ts', 'timestamptz', false],
      ['project_id', 'text', false],
      ['day', 'date', false],
      ['name', 'text', true],
      ['status', 'int4', true],
      ['latency', 'float8', true],
      ['tags', 'array', true],
      ['attrs', 'jsonb', true],
      ['price', 'numeric', true],
      ['note', 'varchar', true],
    ]);
    expect(table.columns[7]).toMatchObject({
      defaultSql: "'{}'::jsonb",
      defaultExpr: { kind: 'cast', type: types.jsonb },
    });
  });

  it.each([
    ['int default 0', '0'],
    ['int8 default 0', '0'],
    ['int default -5', "'-5'::integer"],
    ['int default 1 + 2 * 3', '(1 + (2 * 3))'],
    ["text default 'it''s'", "'it''s'::text"],
    ["text default E'a\\\\b'", "E'a\\\\b'::text"],
    ['timestamptz default now()', 'now()'],
    ["timestamptz default now() - interval '1 day'", "(now() - '1 day'::interval)"],
    ['date default current_date', 'CURRENT_DATE'],
    ['bool default true', 'true'],
    ['numeric(10,2) default 1.50', '1.50'],
    ["text[] default array['a', 'b']", "ARRAY['a'::text, 'b'::text]::text[]"],
    ['float8 default random()', 'random()'],
    ['uuid default gen_random_uuid()', 'gen_random_uuid()'],
    ["text default coalesce(null, 'x')", "COALESCE(NULL::text, 'x'::text)"],
    [
      'text default case when 1 < 2 then upper(lower($$a$$)) end',
      "CASE WHEN (1 < 2) THEN upper(lower('a'::text)) ELSE NULL::text END",
    ],
    ['bool default (1 in (1, 2) and not 1 is null)', '((1 IN (1, 2)) AND (NOT (1 IS NULL)))'],
    ["jsonb default jsonb_build_object('a', 1)", "jsonb_build_object('a'::text, 1)"],
    ['int default null', null],
    ["text default 'x' || (5)::text", "('x'::text || 5::text)"],
  ])('writes the default of %s as SQL that means the same', (column, sql) => {
    const [defined] = create(`create table t (c ${column})`).columns;
    expect(defined!.defaultSql).toBe(sql);
    if (sql === null) return expect(defined!.defaultExpr).toBeNull();
    const again = create(`create table t (c ${column.replace(/default .*/, '')} default ${sql})`).columns[0]!;
    expect(again.defaultSql).toBe(sql);
  });

  it.each([
    ['create table t (a int, a text)', '42701 column "a" specified more than once'],
    ['create table t (a int) partition by list (b)', '42703 column "b" named in partition key does not exist'],
    ['create table t (a int, b int) partition by range (a)', '0A000 PARTITION BY RANGE is not supported'],
    [
      'create table t (a jsonb, b int) partition by list (a)',
      '42P17 column "a" of type jsonb cannot be a partition column',
    ],
    [
      'create table t (a int) partition by list (a)',
      '42P16 a table needs at least one column that is not a partition column',
    ],
    ['create table t (a nosuch)', '42704 type "nosuch" does not exist'],
    ['create table t (a time)', '0A000 type time is not supported'],
    ['create table t (a interval)', '0A000 a column of type interval is not supported'],
    ['create table t (a numeric(39,2))', '0A000 numeric with a precision above 38 is not supported'],
    ['create table t (a timestamptz(3))', '0A000 timestamptz(3): a precision below microseconds is not supported'],
    [
      'create table t (a int default true)',
      '42804 column "a" is of type integer but default expression is of type boolean',
    ],
    ["create table t (a int default 'x')", '22P02 invalid input syntax for type integer: "x"'],
    ['create table t (a int default b)', '0A000 cannot use column reference in DEFAULT expression'],
    ['create table t (a int default b + 1)', '0A000 cannot use column reference in DEFAULT expression'],
    ['create table t (a int default (select 1))', '0A000 cannot use subquery in DEFAULT expression'],
    ['create table t (a int default sum(1))', '42803 aggregate functions are not allowed in DEFAULT expressions'],
    [
      'create table t (a int default generate_series(1, 2))',
      '0A000 set-returning functions are not allowed in DEFAULT expressions',
    ],
    ['create table t (a int primary key)', '0A000 PRIMARY KEY is not supported'],
    ['create table t ()', '0A000 a table without columns is not supported'],
  ])('refuses %s', (sql, expected) => {
    expect(errorOf(sql)).toBe(expected);
  });
});

describe('bindScalar', () => {
  it('casts to the wanted type, or makes text of an untyped literal', () => {
    const expr = { kind: 'literal', literal: 'string', text: '5', at: 0 } as const;
    expect(bindScalar(expr, types.int4, environment)).toMatchObject({ kind: 'cast', type: types.int4 });
    expect(bindScalar(expr, null, environment)).toMatchObject({ kind: 'cast', type: types.text });
  });
});

describe('generated columns', () => {
  const generated = (definition: string): string | undefined =>
    create(`create table g (a int, t text, ts timestamptz, "order" int, x ${definition} stored)`).columns[4]?.generated
      ?.sql;

  it.each([
    ["date generated always as ((ts at time zone 'UTC')::date)", "(ts AT TIME ZONE 'UTC'::text)::date"],
    ['int8 generated always as (a + g."order")', '(a + "order")'],
    ["text generated always as (coalesce(lower(t), 'x'))", "COALESCE(lower(t), 'x'::text)"],
    ['bool generated always as (a is null and not (a > 1 or t is distinct from t))', undefined],
  ])('%s', (definition, sql) => {
    const text = generated(definition);
    if (sql !== undefined) expect(text).toBe(sql);
    // What is shown means the same again.
    const type = definition.split(' ')[0];
    expect(generated(`${type} generated always as (${text})`)).toBe(text);
  });

  it('has ids that are attribute numbers, and the type of the column', () => {
    const { columns } = create('create table g (b int generated always as (c) stored, c int2)');
    expect(columns[0]?.generated?.expr).toEqual({
      kind: 'cast',
      operand: { kind: 'column', id: 2, type: types.int2 },
      type: types.int4,
      context: 'assignment',
    });
  });

  it.each([
    ['create table g (a int, b int generated always as (b) stored)', '42P17 cannot use generated column "b" in'],
    ['create table g (a date, b text generated always as (a::text) stored)', '42P17 generation expression is not'],
    ['create table g (a timestamptz, b text generated always as (a) stored)', '42P17 generation expression is not'],
    ['create table g (a int, b int generated always as ($1) stored)', '42P02 there is no parameter $1'],
    ['create table g (a int, b int generated always as (a) stored) partition by list (b)', 'no error'],
  ])('%s', (sql, error) => expect(errorOf(sql)).toContain(error));
});
