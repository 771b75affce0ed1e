import { types } from '@millrace/core';
import { type Aggregation, columnExpr, type JoinType, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { eliminateDistinct } from './eliminate-distinct.ts';
import { countedRepetitions, keyLostOnTheWay, keyOfOneSide, throughLimit } from './mutants/eliminate-distinct.ts';
import {
  call,
  cast,
  compare,
  int,
  newColumn,
  rewritten,
  rewrittenText,
  rows,
  scanOf,
  text,
} from './testing/fixture.ts';

ruleSuite(eliminateDistinct, {
  shapes: [
    ['distinct', 'aggregate'],
    ['distinct', 'project', 'aggregate'],
    ['distinct', 'project', 'distinct'],
    ['aggregate', 'distinct'],
    ['distinct', 'join', 'distinct'],
    ['distinct', 'limit', 'sort', 'distinct'],
  ],
  minFired: 0.3,
  mutants: [keyLostOnTheWay, countedRepetitions, keyOfOneSide, throughLimit],
});

const [k, x, y, n] = [newColumn('k'), newColumn('x'), newColumn('y'), newColumn('n', types.int8)];
const f = newColumn('f', types.float8);
const z = newColumn('z');
const a = scanOf('a', k, x);
const distinct = (input: LogicalPlan): LogicalPlan => ({ kind: 'distinct', input });
const aggregation = (fn: string, facts: Partial<Aggregation> = {}): Aggregation => ({
  column: n,
  fn,
  args: [],
  isDistinct: false,
  filter: null,
  orderBy: [],
  ...facts,
});
const grouped = (input: LogicalPlan, ...aggregations: Aggregation[]): LogicalPlan => ({
  kind: 'aggregate',
  input,
  groupBy: [k.id],
  aggregations,
});
const counted = grouped(a, aggregation('count(*)'));
const copy = (input: LogicalPlan, ...columns: (typeof k)[]): LogicalPlan => ({
  kind: 'project',
  input,
  assignments: columns.map((column) => ({ column, expr: columnExpr(column) })),
});
const isGone = (plan: LogicalPlan): boolean => rewritten(eliminateDistinct, plan) !== plan;

describe('eliminate-distinct', () => {
  it('knows which rows differ', () => {
    expect(isGone(distinct(copy(counted, k)))).toBe(true);
    expect(isGone(distinct(copy(counted, n)))).toBe(false);
    expect(isGone(distinct(distinct(a)))).toBe(true);
    expect(isGone(distinct(a))).toBe(false);
    expect(isGone(distinct({ kind: 'limit', input: a, range: { skip: null, fetch: rows(1) } }))).toBe(true);
    expect(isGone(distinct({ kind: 'limit', input: a, range: { skip: null, fetch: rows(2) } }))).toBe(false);
    expect(isGone(distinct({ kind: 'values', columns: [k], rows: [[int(1)]] }))).toBe(true);
    expect(isGone(distinct({ kind: 'values', columns: [k], rows: [[int(1)], [int(1)]] }))).toBe(false);
    const other: LogicalPlan = { kind: 'aggregate', input: scanOf('b', y), groupBy: [y.id], aggregations: [] };
    expect(isGone(distinct({ kind: 'union', inputs: [copy(counted, k), other], columns: [z] }))).toBe(false);
  });

  it.each<[JoinType, boolean, boolean]>([
    ['inner', true, false],
    ['left', true, false],
    ['right', true, false],
    ['full', false, false],
    ['semi', true, true],
    ['anti', true, true],
  ])('%s join: rows of two unique sides, of the left one', (type, ofBoth, ofLeft) => {
    const right = scanOf('b', y);
    const join = (other: LogicalPlan): LogicalPlan => ({ kind: 'join', type, left: counted, right: other, on: [] });
    const isGoneAbove = (plan: LogicalPlan): boolean => rewritten(eliminateDistinct, distinct(plan)).kind === 'join';
    expect(isGoneAbove(join({ kind: 'aggregate', input: right, groupBy: [y.id], aggregations: [] }))).toBe(ofBoth);
    expect(isGoneAbove(join(right))).toBe(ofLeft);
  });

  it('drops what nobody counts', () => {
    const right = distinct(scanOf('b', y));
    const semi = (on = compare(k, '=', y)): LogicalPlan => ({ kind: 'join', type: 'semi', left: a, right, on: [on] });
    expect(rewrittenText(eliminateDistinct, semi())).toBe('Join semi on k = y\n  Scan a [k, x]\n  Scan b [y]');
    expect(isGone({ kind: 'join', type: 'left', left: a, right, on: [] })).toBe(false);
    for (const fn of ['min(int4)', 'max(int4)', 'bool_or(bool)'])
      expect(isGone(grouped(distinct(a), aggregation(fn, { args: [columnExpr(x)] })))).toBe(true);
    const sum = aggregation('sum(int4)', { args: [columnExpr(x)] });
    expect(isGone(grouped(distinct(a), sum))).toBe(false);
    expect(isGone(grouped(distinct(a), { ...sum, isDistinct: true }))).toBe(true);
  });

  it('keeps a Distinct whose rows somebody looks at more closely', () => {
    const closer = compare(cast(columnExpr(f), types.text), '=', text('-0'));
    const right = distinct(scanOf('b', f));
    expect(isGone({ kind: 'join', type: 'semi', left: a, right, on: [closer] })).toBe(false);
    const computed: LogicalPlan = {
      kind: 'project',
      input: right,
      assignments: [{ column: y, expr: cast(call(f), types.int4) }],
    };
    expect(isGone(distinct(computed))).toBe(false);
    const group: LogicalPlan = {
      kind: 'aggregate',
      input: right,
      groupBy: [],
      aggregations: [aggregation('max(float8)', { args: [columnExpr(f)] })],
    };
    expect(isGone(group)).toBe(false);
  });
});
