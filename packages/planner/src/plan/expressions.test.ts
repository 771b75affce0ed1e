import { type Column, type ColumnId, type Expr, types } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { literalExpr } from './build.ts';
import { exprsOf, mapExprs } from './expressions.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { planDigest } from './plan-digest.ts';

const column = (id: number): Column => ({ id: id as ColumnId, name: `c${id}`, type: types.int4, nullable: true });
const e = (value: number): Expr => literalExpr(value, types.int4);
const range = { skip: e(1), fetch: e(2) };
const scan: LogicalPlan = {
  kind: 'scan',
  table: { tableId: 't', schemaId: 1, schemaName: 'public', name: 't' },
  columns: [{ ...column(1), field: 'f' }],
  filters: [e(3)],
  range,
  filterColumns: [],
};
const key = { expr: e(6), descending: false, nullsFirst: false };
/** One node of each kind, with an expression in every place that has one. */
const plans: readonly LogicalPlan[] = [
  scan,
  { kind: 'values', columns: [column(1)], rows: [[e(1)], [e(2)]] },
  { kind: 'memory', columns: [], batches: [] },
  { kind: 'function-scan', fn: 'f(int4)', args: [e(1), e(2)], columns: [column(1)], ordinality: null },
  { kind: 'filter', input: scan, predicates: [e(1), e(2)] },
  { kind: 'project', input: scan, assignments: [{ column: column(2), expr: e(1) }] },
  { kind: 'join', type: 'inner', left: scan, right: scan, on: [e(1)] },
  {
    kind: 'aggregate',
    input: scan,
    groupBy: [],
    aggregations: [{ column: column(2), fn: 'f(int4)', args: [e(4)], isDistinct: false, filter: e(5), orderBy: [key] }],
  },
  {
    kind: 'window',
    input: scan,
    partitionBy: [],
    orderBy: [],
    frame: {
      mode: 'rows',
      start: { kind: 'preceding', offset: e(7) },
      end: { kind: 'following', offset: e(8) },
      exclude: 'ties',
    },
    functions: [
      { column: column(2), fn: 'sum(int4)', args: [e(4)], filter: e(5) },
      { column: column(3), fn: 'rank()', args: [], filter: null },
    ],
  },
  { kind: 'distinct', input: scan },
  { kind: 'sort', input: scan, keys: [], range },
  { kind: 'limit', input: scan, range },
  { kind: 'union', inputs: [scan], columns: [column(2)] },
  {
    kind: 'apply',
    input: scan,
    subquery: scan,
    mode: { kind: 'quantified', output: column(2), quantifier: 'any', op: '=', left: [e(1)] },
  },
  { kind: 'apply', input: scan, subquery: scan, mode: { kind: 'left', on: [e(1)] } },
  { kind: 'insert', table: { tableId: 't', schemaId: 1, schemaName: 's', name: 't' }, fields: [], input: scan },
  { kind: 'extension', node: { name: 'x', columns: [], exprs: [e(1)], properties: {} }, inputs: [scan] },
];

describe('expressions of a node', () => {
  it.each(plans.map((plan) => [plan.kind, plan] as const))(
    '%s: all are listed and mapped, identity is kept',
    (_, plan) => {
      expect(mapExprs(plan, (expr) => expr)).toBe(plan);
      const marked = (expr: Expr): Expr => ({ kind: 'not', operand: expr });
      const mapped = mapExprs(plan, marked);
      expect([...exprsOf(mapped)]).toEqual(exprsOf(plan).map(marked));
      if (exprsOf(plan).length === 0) expect(mapped).toBe(plan);
      else expect(mapped).not.toBe(plan);
    },
  );
});

describe('planDigest', () => {
  it('tells plans apart, and only plans', () => {
    const digests = new Set(plans.map(planDigest));
    expect(digests.size).toBe(plans.length);
    for (const plan of plans) expect(planDigest(structuredClone(plan))).toBe(planDigest(plan));
    const with_ = (value: Expr): string => planDigest({ kind: 'filter', input: scan, predicates: [value] });
    expect(with_(literalExpr(1n, types.int8))).not.toBe(with_(literalExpr(2n, types.int8)));
    expect(with_(literalExpr(0, types.float8))).not.toBe(with_(literalExpr(-0, types.float8)));
    expect(with_(literalExpr(Number.NaN, types.float8))).not.toBe(with_(literalExpr(null, types.float8)));
    expect(with_(literalExpr(new Uint8Array([1]), types.bytea))).not.toBe(
      with_(literalExpr(new Uint8Array([2]), types.bytea)),
    );
  });
});
