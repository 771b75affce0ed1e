import { type Expr, MillraceError, types } from '@millrace/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { printPlan } from '../plan/print-plan.ts';
import { bindScalar } from './bind-scalar.ts';
import { bindStatement } from './bind-statement.ts';
import { bind, FUNCTIONS, loadFrontend, parse, planOf, SNAPSHOT } from './fixtures/binding.ts';
import { snapshotOf } from './fixtures/fixture-catalog.ts';

beforeAll(loadFrontend);

function rowsOf(sql: string): readonly (readonly Expr[])[] {
  const { plan } = bind(sql);
  if (plan.kind !== 'insert' || plan.input.kind !== 'values') throw new MillraceError('test', 'XX000', 'no values', {});
  return plan.input.rows;
}

describe('INSERT ... VALUES', () => {
  it('puts Values directly below, every field once, in field order', () => {
    expect(planOf("insert into events (project_id, ts, day) values ('p1', now(), $1), ($2, $3, '2020-01-01')")).toBe(
      [
        'Insert into events (ts, project_id, day, name, status, latency, tags, attrs)',
        '  Values [ts, project_id, day, name, status, latency, tags, attrs] ' +
          "(now(), 'p1'::text, $1, NULL, NULL, NULL, NULL, NULL), " +
          "($3, $2, '2020-01-01'::date, NULL, NULL, NULL, NULL, NULL)",
      ].join('\n'),
    );
  });
  it('keeps casts of literals as casts, by assignment', () => {
    const [row] = rowsOf("insert into wide (i8, s, i4, n2, jb, v) values (1, 'x', 2, '1.5', '{}', 'y')");
    const casts = row!.filter((cell) => cell.kind === 'cast');
    expect(casts.map((cell) => [cell.operand, cell.type.kind, cell.context])).toEqual([
      [{ kind: 'literal', value: 1, type: types.int4 }, 'int8', 'assignment'],
      [{ kind: 'literal', value: '1.5', type: types.unknown }, 'numeric', 'assignment'],
      [{ kind: 'literal', value: 'x', type: types.unknown }, 'text', 'assignment'],
      [{ kind: 'literal', value: 'y', type: types.unknown }, 'varchar', 'assignment'],
      [{ kind: 'literal', value: '{}', type: types.unknown }, 'jsonb', 'assignment'],
    ]);
    expect(row![2]).toEqual({ kind: 'literal', value: 2, type: types.int4 });
  });
  it('gives a parameter the type of its column without modifiers, and casts for those', () => {
    const { parameterTypes } = bind('insert into wide (n2, v, tz) values ($1, $2, $3)');
    expect(parameterTypes).toEqual([types.numeric, types.varchar, types.timestamptz]);
    const [row] = rowsOf('insert into wide (n2) values ($1)');
    expect(row![7]).toMatchObject({ kind: 'cast', type: { kind: 'numeric', precision: 10, scale: 2 } });
  });
  it('types NULL and leaves out no column', () => {
    const [row] = rowsOf('insert into a default values');
    expect(row).toEqual([
      { kind: 'literal', value: null, type: types.int4 },
      { kind: 'literal', value: null, type: types.int4 },
    ]);
  });
  it('uses defaults for missing columns and DEFAULT cells', () => {
    const environment = { catalog: SNAPSHOT, functions: FUNCTIONS, parameterTypes: [] };
    const statement = parse("select 'x' || 'y'");
    if (statement.kind !== 'query' || statement.query.body.kind !== 'select') return expect.fail();
    const defaultExpr = bindScalar(statement.query.body.items[0]!.expr, types.text, environment);
    const catalog = snapshotOf([
      { name: 'd', columns: 'k int4, t text', defaults: { t: { defaultSql: 'x', defaultExpr } } },
    ]);
    const bound = bindStatement(parse("insert into d values (1, default), (2, 'z')"), { ...environment, catalog });
    expect(printPlan(bound.plan)).toContain("(1, 'x'::text || 'y'::text), (2, 'z'::text)");
    const missing = bindStatement(parse('insert into d (k) values (3)'), { ...environment, catalog });
    expect(printPlan(missing.plan)).toContain("(3, 'x'::text || 'y'::text)");
  });
  it('runs subqueries of cells in a row of their own', () => {
    expect(planOf('insert into a values ((select 1), 2), (3, 4)')).toBe(
      [
        'Insert into a (k, x)',
        '  Union all [k#3, x#4]',
        '    Project ?column?#2 AS k#5, 2 AS x#6',
        '      Apply scalar AS ?column?#2',
        '        Values [] ()',
        '        Project 1 AS ?column?#1',
        '          Values [] ()',
        '    Project 3 AS k#7, 4 AS x#8',
        '      Values [] ()',
      ].join('\n'),
    );
  });
});

describe('INSERT ... SELECT', () => {
  it('casts by assignment and fills in what is missing', () => {
    const text = planOf('insert into wide (i4, s, i8) select k, t, k from c');
    expect(text.split('\n')[1]).toMatch(/Project NULL AS b, NULL AS i2, k AS i4, k::bigint AS i8, NULL AS f4/);
  });
  it('gives literals the type of their column where they stand', () => {
    expect(planOf("insert into a select '1', x from a order by x")).toContain("'1'::integer");
  });
  it('refuses catalog tables', () => {
    expect(() => bind("insert into pg_class (relname) values ('x')")).toThrow(
      expect.objectContaining({ sqlstate: '42809' }),
    );
  });
  it('tells which tables it reads and writes', () => {
    const bound = bind('insert into a select k, y from b');
    expect(bound.tablesRead.map((table) => table.tableId)).toEqual(['id-of-b']);
    expect(bound.tablesWritten.map((table) => table.tableId)).toEqual(['id-of-a']);
    expect(bound.tables.map((table) => table.tableId)).toEqual(['id-of-b', 'id-of-a']);
  });
});
