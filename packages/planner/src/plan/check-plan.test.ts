import { AssertionError, type Column, type ColumnId, type DataType, type Expr, types } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { columnExpr, literalExpr } from './build.ts';
import { checkPlan, checkSameColumns } from './check-plan.ts';
import type { LogicalPlan, PlanOf } from './logical-plan.ts';
import { DEFAULT_FRAME } from './window.ts';

const column = (id: number, name: string, type: DataType = types.int4): Column => ({
  id: id as ColumnId,
  name,
  type,
  nullable: true,
});
const k = column(1, 'k');
const x = column(2, 'x');
const scanOf = (...columns: Column[]): LogicalPlan => ({
  kind: 'scan',
  table: { tableId: 'a', schemaId: 1, schemaName: 'public', name: 'a' },
  columns: columns.map((c) => ({ ...c, field: c.name })),
  filters: [],
  range: null,
  filterColumns: [],
});
const equal = (left: Expr, right: Expr): Expr => ({ kind: 'compare', op: '=', left, right });
const refuses = (plan: LogicalPlan, message: RegExp): void => {
  expect(() => checkPlan(plan, 'full')).toThrow(AssertionError);
  expect(() => checkPlan(plan, 'full')).toThrow(message);
};

describe('checkPlan', () => {
  it('accepts a correlated subquery and refuses its column outside', () => {
    const y = column(3, 'y');
    const correlated: LogicalPlan = {
      kind: 'filter',
      input: scanOf(y),
      predicates: [equal(columnExpr(y), columnExpr(k))],
    };
    const output = column(4, 'e', types.bool);
    checkPlan({ kind: 'apply', input: scanOf(k, x), subquery: correlated, mode: { kind: 'exists', output } }, 'full');
    refuses(correlated, /filter reads column #1, which nothing below produces/);
    refuses(
      { kind: 'join', type: 'inner', left: scanOf(k, x), right: correlated, on: [] },
      /reads column #1, which nothing below/,
    );
  });

  it('lets a semi join read both sides and produce the left one', () => {
    const y = column(3, 'y');
    const semi: LogicalPlan = {
      kind: 'join',
      type: 'semi',
      left: scanOf(k, x),
      right: scanOf(y),
      on: [equal(columnExpr(k), columnExpr(y))],
    };
    checkPlan(semi, 'full');
    refuses(
      { kind: 'filter', input: semi, predicates: [equal(columnExpr(y), columnExpr(k))] },
      /filter reads column #3, which nothing below produces/,
    );
  });

  it('refuses an id that is introduced twice', () => {
    refuses({ kind: 'join', type: 'inner', left: scanOf(k), right: scanOf(k), on: [] }, /produces a column twice/);
    const renamed: LogicalPlan = {
      kind: 'project',
      input: scanOf(k, x),
      assignments: [{ column: k, expr: columnExpr(x) }],
    };
    refuses(renamed, /column k#1 is introduced twice/);
    const passed = { ...renamed, assignments: [{ column: k, expr: columnExpr(k) }] };
    checkPlan(passed, 'full');
  });

  it('refuses types that do not agree', () => {
    const text = literalExpr('a', types.text);
    refuses({ kind: 'filter', input: scanOf(k), predicates: [columnExpr(k)] }, /is integer, expected boolean/);
    refuses(
      { kind: 'filter', input: scanOf(k), predicates: [equal(columnExpr(k), text)] },
      /compares integer with text/,
    );
    refuses({ kind: 'values', columns: [k], rows: [[text]] }, /values: k is text, expected integer/);
    refuses({ kind: 'values', columns: [k], rows: [[]] }, /0 cells for 1 columns/);
    refuses({ kind: 'union', inputs: [scanOf(k)], columns: [column(5, 'u', types.text)] }, /union: u is integer/);
    refuses(
      { kind: 'project', input: scanOf(k), assignments: [{ column: column(6, 'p', types.text), expr: columnExpr(k) }] },
      /project: p is integer, expected text/,
    );
  });

  it('refuses ranges, groups, keys, filters and fields that are not there', () => {
    const range = { skip: null, fetch: literalExpr(1, types.int4) };
    refuses({ kind: 'limit', input: scanOf(k), range }, /limit: the range 1 is not int8/);
    const eight = column(7, 'e', types.int8);
    refuses({ kind: 'limit', input: scanOf(eight), range: { skip: null, fetch: columnExpr(eight) } }, /reads a column/);
    refuses({ kind: 'aggregate', input: scanOf(k), groupBy: [x.id], aggregations: [] }, /groups by #2/);
    const keys = [{ id: x.id, descending: false, nullsFirst: false }];
    refuses({ kind: 'sort', input: scanOf(k), keys, range: null }, /sort by #2/);
    const window: PlanOf<'window'> = {
      kind: 'window',
      input: scanOf(k),
      partitionBy: [],
      orderBy: [],
      frame: DEFAULT_FRAME,
      functions: [{ column: column(8, 'r', types.int8), fn: 'rank()', args: [], filter: null }],
    };
    checkPlan(window, 'full');
    const over = (change: Partial<typeof window>, offset?: Expr): LogicalPlan => {
      const start = offset === undefined ? DEFAULT_FRAME.start : ({ kind: 'preceding', offset } as const);
      return { ...window, frame: { ...DEFAULT_FRAME, mode: 'groups', start }, ...change };
    };
    refuses(over({ partitionBy: [x.id] }), /partitions or orders by #2/);
    refuses(over({ orderBy: keys }), /partitions or orders by #2/);
    refuses(over({ functions: [] }), /window without a function/);
    refuses(over({}, literalExpr(1, types.int4)), /the offset 1 is not int8/);
    refuses(over({ input: scanOf(eight) }, columnExpr(eight)), /the offset #7 reads a column/);
    const range1 = { ...DEFAULT_FRAME, end: { kind: 'following', offset: literalExpr(1, types.int4) } } as const;
    refuses(over({ frame: range1 }), /the range offset 1 needs one sort key/);
    const [call] = window.functions;
    if (call !== undefined) refuses(over({ functions: [{ ...call, filter: columnExpr(k) }] }), /expected boolean/);
    const table = { tableId: 'a', schemaId: 1, schemaName: 'public', name: 'a' };
    const field = { field: 'k', nullable: true, source: k.id };
    refuses({ kind: 'insert', table, fields: [field, field], input: scanOf(k) }, /names a field twice/);
    refuses(
      { kind: 'insert', table, fields: [{ ...field, source: x.id }], input: scanOf(k) },
      /nothing produces #2 for k/,
    );
    const scan = scanOf(k);
    if (scan.kind === 'scan') {
      refuses({ ...scan, filters: [equal(columnExpr(x), columnExpr(k))] }, /reads column #2/);
      checkPlan(
        { ...scan, filters: [equal(columnExpr(x), columnExpr(k))], filterColumns: [{ ...x, field: 'x' }] },
        'full',
      );
    }
  });

  it('lets nullability tighten and nothing else change', () => {
    const strict = { ...k, nullable: false };
    checkSameColumns([k, x], [strict, x]);
    expect(() => checkSameColumns([strict], [k])).toThrow(/columns changed/);
    expect(() => checkSameColumns([k, x], [x, k])).toThrow(/columns changed from \[k#1 integer, x#2 integer\]/);
    expect(() => checkSameColumns([k], [{ ...k, type: types.int8 }])).toThrow(/columns changed/);
    expect(() => checkSameColumns([k, x], [k])).toThrow(/columns changed/);
  });
});
