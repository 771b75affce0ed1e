import { arrayOf, type Column, type DataType, type Expr, types, type Value } from '@millrace/core';
import {
  type Assignment,
  type LogicalPlan,
  literalExpr,
  lower,
  type PhysicalPlan,
  printPhysicalPlan,
} from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import { insertFastPath } from './insert-fast-path.ts';
import { call, cast, contextOf, int, newColumn, parameter, scanOf, text } from './testing/fixture.ts';

const insert = (columns: readonly Column[], input: LogicalPlan): PhysicalPlan =>
  lower({
    kind: 'insert',
    table: { tableId: 'e', schemaId: 1, schemaName: 'public', name: 'e' },
    fields: columns.map((column) => ({ field: column.name, nullable: column.nullable, source: column.id })),
    input,
  });
const values = (types_: readonly DataType[], ...rows: readonly (readonly Expr[])[]): PhysicalPlan => {
  const columns = types_.map((type, i) => newColumn(`c${i}`, type));
  return insert(columns, { kind: 'values', columns, rows });
};
const notes: string[] = [];
const run = (plan: PhysicalPlan): PhysicalPlan => insertFastPath.rewritePhysical(plan, contextOf(null, notes));
const cells = (plan: PhysicalPlan): unknown => {
  const result = run(plan);
  return result.op === 'direct-insert' ? result.rows : result.op;
};
const varchar3: DataType = { kind: 'varchar', length: 3 };

describe('insert-fast-path', () => {
  it('takes parameters, literals and expressions without columns', () => {
    const now = call(literalExpr(0n, types.timestamptz), { volatility: 'stable', mayFail: true });
    const plan = values(
      [types.int4, types.text, types.timestamptz],
      [parameter(1), text('x'), now],
      [int(2), literalExpr(null, types.text), now],
    );
    expect(cells(plan)).toEqual([
      [
        { kind: 'parameter', index: 1 },
        { kind: 'literal', value: 'x' },
        { kind: 'expr', expr: now },
      ],
      [
        { kind: 'literal', value: 2 },
        { kind: 'literal', value: null },
        { kind: 'expr', expr: now },
      ],
    ]);
    expect(printPhysicalPlan(run(plan), { ids: 'never' })).toMatch(
      /^Direct Insert into e \(c0, c1, c2\) \(\$1, 'x', f\(/,
    );
    expect(run(plan)).toMatchObject({
      columns: [],
      fields: [{ field: 'c0', type: types.int4 }, { field: 'c1' }, { field: 'c2' }],
    });
  });

  it('leaves lengths and scales to the builder where the cast is an assignment’s', () => {
    const assigned = cast(parameter(1, types.varchar), varchar3, 'assignment');
    expect(cells(values([varchar3], [assigned]))).toEqual([[{ kind: 'parameter', index: 1 }]]);
    const explicit = cast(parameter(1, types.varchar), varchar3, 'explicit');
    expect(cells(values([varchar3], [explicit]))).toEqual([[{ kind: 'expr', expr: explicit }]]);
    const other = cast(parameter(1, types.int4), types.int8, 'assignment');
    expect(cells(values([types.int8], [other]))).toEqual([[{ kind: 'expr', expr: other }]]);
    const list = cast(parameter(1, arrayOf(types.int4)), arrayOf(types.int8), 'assignment');
    expect(cells(values([arrayOf(types.int8)], [list]))).toEqual([[{ kind: 'expr', expr: list }]]);
  });

  it('folds casts of literals that no setting has a say in', () => {
    const cell = (value: Value, from: DataType, to: DataType) =>
      cells(values([to], [cast(literalExpr(value, from), to, 'assignment')]));
    expect(cell('p1', types.unknown, types.text)).toEqual([[{ kind: 'literal', value: 'p1' }]]);
    expect(cell('{1,2}', types.unknown, arrayOf(types.int8))).toEqual([[{ kind: 'literal', value: [1n, 2n] }]]);
    expect(cell('abcd', types.text, varchar3)).toMatchObject([[{ kind: 'expr' }]]);
    for (const type of [types.timestamptz, types.date, arrayOf(types.date), types.regclass]) {
      expect(cell('2024-01-01', types.unknown, type)).toMatchObject([[{ kind: 'expr' }]]);
    }
    expect(cell(0.1, types.float8, types.text)).toMatchObject([[{ kind: 'expr' }]]);
    const nested = cast(cast(literalExpr('2.5', types.numeric), types.float8), types.float4, 'assignment');
    expect(cells(values([types.float4], [nested]))).toMatchObject([[{ kind: 'expr' }]]);
  });

  it('sees through a projection', () => {
    const c = newColumn('c');
    const [k, d] = [newColumn('k', types.int8), newColumn('d', types.text)];
    const project = (assignments: readonly Assignment[], cell: Expr = parameter(1)): PhysicalPlan =>
      insert([d, k], { kind: 'project', assignments, input: { kind: 'values', columns: [c], rows: [[cell]] } });
    const asBigint = cast({ kind: 'column', id: c.id, type: c.type }, types.int8, 'assignment');
    const fallback = { column: d, expr: text('-') };
    const literalCell = cells(project([{ column: k, expr: asBigint }, fallback], int(1)));
    expect(literalCell).toEqual([
      [
        { kind: 'literal', value: '-' },
        { kind: 'literal', value: 1n },
      ],
    ]);
    const lost = [{ column: k, expr: literalExpr(1n, types.int8) }, fallback];
    expect(cells(project(lost))).toHaveLength(1);
    expect(cells(project(lost, call(int(1), { mayFail: true })))).toBe('insert');
  });

  it('leaves volatile cells, other types and queries to the general plan', () => {
    notes.length = 0;
    const random = call(int(1), { volatility: 'volatile' });
    const [k, x] = [newColumn('k'), newColumn('x')];
    for (const plan of [
      values([types.int4], [int(1)], [random]),
      insert([k], scanOf('a', k, x)),
      insert([k], {
        kind: 'limit',
        input: { kind: 'values', columns: [k], rows: [[int(1)]] },
        range: { skip: null, fetch: null },
      }),
      lower(scanOf('a', k)),
    ]) {
      expect(run(plan)).toBe(plan);
    }
    expect(notes).toEqual([
      'a cell is volatile or reads a column',
      'the rows come from a query',
      'the rows come from a query',
    ]);
  });
});
