import { type Column, type ColumnId, type DataType, type Expr, types } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { columnExpr, literalExpr } from './build.ts';
import type { LogicalPlan, PlanOf, TableRef } from './logical-plan.ts';
import { printExpr, printLiteral } from './print-expr.ts';
import { printPlan } from './print-plan.ts';
import { DEFAULT_FRAME, type WindowFrame } from './window.ts';

const column = (id: number, name: string, type: DataType = types.int4): Column => ({
  id: id as ColumnId,
  name,
  type,
  nullable: true,
});
const table = (name: string, schemaName = 'public'): TableRef => ({ tableId: name, schemaId: 1, schemaName, name });
const int = (value: number): Expr => literalExpr(value, types.int4);
const big = (value: bigint): Expr => literalExpr(value, types.int8);
const k = column(1, 'k');
const x = column(2, 'x');
const otherK = column(3, 'k');
const scan: LogicalPlan = {
  kind: 'scan',
  table: table('a'),
  columns: [
    { ...k, field: 'k' },
    { ...x, field: 'x' },
  ],
  filters: [],
  range: null,
  filterColumns: [],
};
const greater: Expr = { kind: 'compare', op: '>', left: columnExpr(x), right: int(1) };

describe('printPlan', () => {
  it('prints one node a line, inputs indented', () => {
    const n = column(4, 'n', types.int8);
    const plan: LogicalPlan = {
      kind: 'limit',
      range: { skip: big(5n), fetch: big(10n) },
      input: {
        kind: 'sort',
        keys: [{ id: n.id, descending: true, nullsFirst: true }],
        range: null,
        input: {
          kind: 'aggregate',
          groupBy: [k.id],
          aggregations: [
            { column: n, fn: 'count(int4)', args: [columnExpr(x)], isDistinct: true, filter: greater, orderBy: [] },
          ],
          input: { kind: 'filter', predicates: [greater], input: scan },
        },
      },
    };
    expect(printPlan(plan)).toBe(
      [
        'Limit 10 offset 5',
        '  Sort n desc',
        '    Aggregate by k: count(DISTINCT x) FILTER (x > 1) AS n',
        '      Filter x > 1',
        '        Scan a [k, x]',
      ].join('\n'),
    );
  });

  it('shows ids where two columns share a name, everywhere, or nowhere', () => {
    const right: LogicalPlan = { ...scan, table: table('b', 's'), columns: [{ ...otherK, field: 'k' }] };
    const on: Expr = { kind: 'compare', op: '=', left: columnExpr(k), right: columnExpr(otherK) };
    const join: LogicalPlan = { kind: 'join', type: 'left', left: scan, right, on: [on] };
    expect(printPlan(join)).toBe('Join left on k#1 = k#3\n  Scan a [k#1, x]\n  Scan s.b [k#3]');
    expect(printPlan(join, { ids: 'always' })).toBe('Join left on k#1 = k#3\n  Scan a [k#1, x#2]\n  Scan s.b [k#3]');
    expect(printPlan(join, { ids: 'never' })).toBe('Join left on k = k\n  Scan a [k, x]\n  Scan s.b [k]');
  });

  it('prints the other nodes', () => {
    const lines = (plan: LogicalPlan): string => printPlan(plan, { ids: 'never' });
    const output = column(9, 'q', types.bool);
    const values: LogicalPlan = { kind: 'values', columns: [k], rows: [1, 2, 3, 4].map((i) => [int(i)]) };
    expect(lines(values)).toBe('Values [k] (1), (2), (3), ... 4 rows');
    expect(lines({ kind: 'values', columns: [], rows: [[]] })).toBe('Values [] ()');
    expect(lines({ kind: 'memory', columns: [k], batches: [{ rowCount: 7, vectors: [] }] })).toBe('Memory [k] 7 rows');
    expect(
      lines({
        kind: 'function-scan',
        fn: 'generate_series(int4,int4)',
        args: [int(1), int(3)],
        columns: [k],
        ordinality: x,
      }),
    ).toBe('Function generate_series(1, 3) [k, x]');
    expect(
      lines({
        kind: 'project',
        input: scan,
        assignments: [
          { column: k, expr: columnExpr(k) },
          { column: output, expr: greater },
        ],
      }),
    ).toBe('Project k, x > 1 AS q\n  Scan a [k, x]');
    expect(lines({ kind: 'distinct', input: values }).split('\n')[0]).toBe('Distinct');
    const sum = {
      column: column(10, 's', types.int8),
      fn: 'sum(int4)',
      args: [columnExpr(x)],
      filter: greater,
    } as const;
    const count = { column: column(11, 'n', types.int8), fn: 'count(*)', args: [], filter: null } as const;
    const window: PlanOf<'window'> = {
      kind: 'window',
      input: scan,
      partitionBy: [k.id],
      orderBy: [{ id: x.id, descending: true, nullsFirst: false }],
      frame: DEFAULT_FRAME,
      functions: [sum, count],
    };
    expect(lines(window).split('\n')[0]).toBe(
      'Window partition by k order by x desc nulls last: sum(x) FILTER (x > 1) AS s, count(*) AS n',
    );
    const start = { kind: 'preceding', offset: big(2n) } as const;
    const frame: WindowFrame = { mode: 'rows', start, end: { kind: 'unbounded-following' }, exclude: 'current-row' };
    expect(lines({ ...window, partitionBy: [], orderBy: [], frame, functions: [count] }).split('\n')[0]).toBe(
      "Window rows between '2'::bigint preceding and unbounded following exclude current row: count(*) AS n",
    );
    expect(lines({ kind: 'union', inputs: [values, values], columns: [otherK] }).split('\n')[0]).toBe('Union all [k]');
    const quantified = { kind: 'quantified', output, quantifier: 'any', op: '=', left: [columnExpr(x)] } as const;
    expect(lines({ kind: 'apply', input: scan, subquery: values, mode: quantified }).split('\n')[0]).toBe(
      'Apply (x) = any AS q',
    );
    expect(
      lines({ kind: 'apply', input: scan, subquery: values, mode: { kind: 'exists', output } }).split('\n')[0],
    ).toBe('Apply exists AS q');
    const fields = [{ field: 'k', nullable: true, source: k.id }];
    expect(lines({ kind: 'insert', table: table('a'), fields, input: values }).split('\n')[0]).toBe(
      'Insert into a (k)',
    );
    expect(lines({ ...scan, filters: [greater], range: { skip: null, fetch: big(3n) } } as LogicalPlan)).toBe(
      'Scan a [k, x] filter x > 1 limit 3',
    );
  });
});

describe('printExpr', () => {
  it('keeps structure visible by parentheses', () => {
    const p: Expr = { kind: 'parameter', index: 2, type: types.int4 };
    const plus = { id: '+(int4,int4)', volatility: 'immutable', mayFail: true, strict: true } as const;
    const sum: Expr = { kind: 'call', fn: plus, args: [columnExpr(x), p], type: types.int4 };
    const or: Expr = { kind: 'or', operands: [greater, { kind: 'not', operand: greater }] };
    expect(printExpr({ kind: 'and', operands: [or, { kind: 'compare', op: '=', left: sum, right: int(3) }] })).toBe(
      '((#2 > 1) OR (NOT (#2 > 1))) AND ((#2 + $2) = 3)',
    );
    expect(printExpr({ kind: 'cast', operand: sum, type: types.int8, context: 'explicit' })).toBe('(#2 + $2)::bigint');
    expect(printExpr({ kind: 'in-list', operand: p, items: [int(1), int(2)], negated: true })).toBe('$2 NOT IN (1, 2)');
    expect(printExpr({ kind: 'is-bool', operand: or, value: true, negated: false })).toBe(
      '((#2 > 1) OR (NOT (#2 > 1))) IS TRUE',
    );
  });

  it('prints literals so that types can be told apart', () => {
    expect(printLiteral('it’s', types.text)).toBe("'it’s'");
    expect(printLiteral("it's", types.text)).toBe("'it''s'");
    expect(printLiteral(1, types.int4)).toBe('1');
    expect(printLiteral(1, types.int2)).toBe("'1'::smallint");
    expect(printLiteral(-0, types.float8)).toBe("'-0'::double precision");
    expect(printLiteral(null, types.text)).toBe('NULL');
    expect(printLiteral(new Uint8Array([1, 255]), types.bytea)).toBe("'\\x01ff'::bytea");
  });
});
