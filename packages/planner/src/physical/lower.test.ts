import { type Column, type ColumnId, type DataType, type Expr, types } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { columnExpr, literalExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { JoinType, LogicalPlan } from '../plan/logical-plan.ts';
import { lower } from './lower.ts';
import { printPhysicalPlan } from './print-physical-plan.ts';
import { mapPhysicalInputs, physicalPreorder, rewritePhysicalUp, somePhysical } from './rewrite-physical.ts';

let nextId = 1;
const column = (name: string, type: DataType = types.int4): Column => ({
  id: nextId++ as ColumnId,
  name,
  type,
  nullable: false,
});
const scanOf = (name: string, ...columns: Column[]): LogicalPlan => ({
  kind: 'scan',
  table: { tableId: name, schemaId: 1, schemaName: 'public', name },
  columns: columns.map((c) => ({ ...c, field: c.name })),
  filters: [],
  range: null,
  filterColumns: [],
});
const compare = (left: Expr, right: Expr, op: '=' | '<' | 'is-not-distinct' = '='): Expr => ({
  kind: 'compare',
  op,
  left,
  right,
});
const [k, x, k2, y, t, v] = [
  column('k'),
  column('x'),
  column('k2'),
  column('y'),
  column('t', types.text),
  column('v', types.varchar),
];
const a = scanOf('a', k, x, t);
const b = scanOf('b', k2, y, v);
const join = (type: JoinType, ...on: Expr[]): LogicalPlan => ({ kind: 'join', type, left: a, right: b, on });
const print = (plan: LogicalPlan): string => printPhysicalPlan(lower(plan));
const call = (volatility: 'immutable' | 'volatile', mayFail: boolean, arg: Expr): Expr => ({
  kind: 'call',
  fn: { id: 'f(int4)', volatility, mayFail, strict: true },
  args: [arg],
  type: types.int4,
});

describe('joins', () => {
  it('hash on equations between the inputs, whichever way round; the rest is residual', () => {
    const on = [compare(columnExpr(k2), columnExpr(k)), compare(columnExpr(x), columnExpr(y), '<')];
    expect(print(join('left', ...on)).split('\n')[0]).toBe('Hash Join left on k = k2 filter x < y');
    const text = compare(columnExpr(t), columnExpr(v), 'is-not-distinct');
    expect(print(join('inner', text)).split('\n')[0]).toBe('Hash Join inner on t IS NOT DISTINCT FROM v');
  });

  it('loop where an equation may fail, is volatile, compares two types or one input', () => {
    const refused = [
      compare(call('immutable', true, columnExpr(k)), columnExpr(k2)),
      compare(call('volatile', false, columnExpr(k)), columnExpr(k2)),
      compare(columnExpr(k), columnExpr(x)),
      compare(columnExpr(k), literalExpr(1, types.int4)),
      compare(columnExpr(k), columnExpr(k2), '<'),
    ];
    for (const on of refused) expect(print(join('inner', on))).toMatch(/^Nested Loop Join inner on/);
    expect(print(join('inner')).split('\n')[0]).toBe('Nested Loop Join inner');
    const safe = compare(call('immutable', false, columnExpr(k)), columnExpr(k2));
    expect(print(join('inner', safe)).split('\n')[0]).toBe('Hash Join inner on f(k) = k2');
  });

  it('swap the inputs of a right join and restore the columns', () => {
    const plan = join('right', compare(columnExpr(k), columnExpr(k2)));
    expect(print(plan)).toBe(
      [
        'Project k, x, t, k2, y, v',
        '  ->  Hash Join left on k2 = k',
        '        ->  Table Scan on b [k2, y, v]',
        '        ->  Table Scan on a [k, x, t]',
      ].join('\n'),
    );
    expect(lower(plan).columns).toEqual(columnsOf(plan));
  });
});

describe('semi and anti joins', () => {
  const notFalse = (operand: Expr): Expr => ({ kind: 'is-bool', operand, value: false, negated: true });
  const equal = compare(columnExpr(k), columnExpr(k2));

  it('hash and produce the columns of the left', () => {
    expect(lower(join('semi', equal)).columns).toEqual(columnsOf(a));
    expect(print(join('semi', equal)).split('\n')[0]).toBe('Hash Join semi on k = k2');
    expect(print(join('anti', compare(columnExpr(x), columnExpr(y), '<'))).split('\n')[0]).toBe(
      'Nested Loop Join anti on x < y',
    );
  });

  it('hash an equation that may be unknown, in an anti join only', () => {
    const unknown = notFalse(compare(columnExpr(y), columnExpr(x)));
    const less = compare(columnExpr(t), columnExpr(v), '<');
    expect(print(join('anti', equal, unknown, less)).split('\n')[0]).toBe(
      'Null-Aware Anti Join on k = k2, x = y or unknown filter t < v',
    );
    expect(print(join('semi', unknown)).split('\n')[0]).toBe('Nested Loop Join semi on (y = x) IS NOT FALSE');
    const isTrue: Expr = { kind: 'is-bool', operand: equal, value: true, negated: true };
    const mayFail = notFalse(compare(call('immutable', true, columnExpr(k)), columnExpr(k2)));
    for (const on of [isTrue, notFalse(compare(columnExpr(x), columnExpr(y), '<')), mayFail])
      expect(print(join('anti', on))).toMatch(/^Nested Loop Join anti on/);
    const plan = lower(join('anti', unknown));
    expect(physicalPreorder(plan).map((node) => node.op)).toEqual(['null-aware-anti-join', 'table-scan', 'table-scan']);
    expect(mapPhysicalInputs(plan, (input) => input)).toBe(plan);
  });
});

describe('lower', () => {
  it('makes a top-k only of a sort with a range', () => {
    const keys = [{ id: k.id, descending: true, nullsFirst: false }];
    const range = { skip: null, fetch: literalExpr(3n, types.int8) };
    const sort: LogicalPlan = { kind: 'sort', input: a, keys, range: null };
    expect(print({ kind: 'limit', input: sort, range })).toBe(
      'Limit 3\n  ->  Sort k desc nulls last\n        ->  Table Scan on a [k, x, t]',
    );
    expect(print({ ...sort, range } as LogicalPlan).split('\n')[0]).toBe('Top-K k desc nulls last limit 3');
  });

  it('is total and keeps columns, order and structure', () => {
    const output: Column = { id: 99 as ColumnId, name: 'o', type: types.bool, nullable: true };
    const values: LogicalPlan = { kind: 'values', columns: [column('c')], rows: [[literalExpr(1, types.int4)]] };
    const plans: LogicalPlan[] = [
      a,
      values,
      { kind: 'memory', columns: [k], batches: [] },
      { kind: 'function-scan', fn: 'unnest(anyarray)', args: [], columns: [k], ordinality: x },
      { kind: 'filter', input: a, predicates: [compare(columnExpr(k), columnExpr(x))] },
      { kind: 'project', input: a, assignments: [{ column: output, expr: compare(columnExpr(k), columnExpr(x)) }] },
      { kind: 'aggregate', input: a, groupBy: [k.id], aggregations: [] },
      { kind: 'distinct', input: a },
      { kind: 'union', inputs: [values, values], columns: [column('u')] },
      { kind: 'apply', input: a, subquery: b, mode: { kind: 'exists', output } },
      { kind: 'apply', input: a, subquery: b, mode: { kind: 'left', on: [] } },
      { kind: 'insert', table: { tableId: 'a', schemaId: 1, schemaName: 's', name: 'a' }, fields: [], input: a },
      { kind: 'extension', node: { name: 'tail', columns: [k], exprs: [], properties: {} }, inputs: [b] },
    ];
    const ops = plans.map((plan) => {
      const physical = lower(plan);
      expect(physical.columns).toEqual(columnsOf(plan));
      expect(structuredClone(physical)).toEqual(physical);
      expect(printPhysicalPlan(physical)).not.toBe('');
      return physical.op;
    });
    expect(ops).toEqual(
      'table-scan values memory-scan function-scan filter project hash-aggregate hash-distinct union-all apply apply insert extension'.split(
        ' ',
      ),
    );
  });
});

describe('physical plans', () => {
  const plan = lower(join('inner', compare(columnExpr(k), columnExpr(k2))));

  it('print what each operator did, by preorder index', () => {
    const stats = (rows: number, loops = 1) => ({ rows, batches: 1, micros: 1500, loops, detail: null });
    const text = printPhysicalPlan(plan, { stats: [stats(3), { ...stats(9), detail: '2 files read' }, stats(0, 0)] });
    expect(text).toBe(
      [
        'Hash Join inner on k = k2  (rows=3 batches=1 time=1.500 ms)',
        '  ->  Table Scan on a [k, x, t]  (rows=9 batches=1 time=1.500 ms) [2 files read]',
        '  ->  Table Scan on b [k2, y, v]  (never executed)',
      ].join('\n'),
    );
    expect(physicalPreorder(plan).map((node) => node.op)).toEqual(['hash-join', 'table-scan', 'table-scan']);
  });

  it('are walked and rewritten with identity kept', () => {
    expect(mapPhysicalInputs(plan, (input) => input)).toBe(plan);
    expect(rewritePhysicalUp(plan, (node) => node)).toBe(plan);
    const swapped = rewritePhysicalUp(plan, (node) => (node.op === 'table-scan' ? { ...node, filters: [] } : node));
    expect(swapped).not.toBe(plan);
    expect(swapped).toEqual(plan);
    expect(somePhysical(plan, (node) => node.op === 'table-scan' && node.table.name === 'b')).toBe(true);
    expect(somePhysical(plan, (node) => node.op === 'sort')).toBe(false);
  });
});
