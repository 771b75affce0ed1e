import { type Expr, types } from '@millrace/core';
import {
  type ApplyMode,
  DEFAULT_FRAME,
  type JoinType,
  type LogicalPlan,
  type RowRange,
  type WindowFrame,
} from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { eliminateEmpty } from './eliminate-empty.ts';
import {
  allOfNothing,
  emptyAntiJoin,
  emptyOuterJoin,
  emptyScalarAggregate,
  emptyUnion,
} from './mutants/eliminate-empty.ts';
import {
  bool,
  compare,
  fallible,
  int,
  newColumn,
  parameter,
  rewritten,
  rewrittenText,
  rows,
  scanOf,
} from './testing/fixture.ts';

ruleSuite(eliminateEmpty, {
  shapes: [
    ['filter', 'scan'],
    ['join', 'values'],
    ['aggregate', 'values'],
    ['union', 'values'],
    ['apply', 'values'],
    ['limit', 'project'],
    ['sort', 'distinct', 'values'],
  ],
  minFired: 0.15,
  mutants: [emptyScalarAggregate, emptyOuterJoin, emptyAntiJoin, allOfNothing, emptyUnion],
});

const [k, x, y] = [newColumn('k'), newColumn('x'), newColumn('y')];
const n = newColumn('n', types.int8);
const a = scanOf('a', k, x);
const nothing: LogicalPlan = { kind: 'values', columns: [y], rows: [] };
const text = (plan: LogicalPlan): string => rewrittenText(eliminateEmpty, plan);
const filter = (...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input: a, predicates });
const limit = (input: LogicalPlan, range: RowRange): LogicalPlan => ({ kind: 'limit', input, range });

describe('eliminate-empty', () => {
  it('takes a filter for empty that says FALSE or NULL, whatever may fail before', () => {
    expect(text(filter(fallible(k), bool(false)))).toBe('Values [k, x]');
    expect(text(filter(bool(null)))).toBe('Values [k, x]');
    const plan = filter(compare(k, '=', int(1)), bool(true));
    expect(rewritten(eliminateEmpty, plan)).toBe(plan);
  });

  it('keeps a limit that may raise an error, and one that only the execution knows', () => {
    expect(text(limit(a, { skip: null, fetch: rows(0) }))).toBe('Values [k, x]');
    expect(text(limit(nothing, { skip: rows(1), fetch: null }))).toBe('Values [y]');
    for (const range of [
      { skip: rows(-1), fetch: rows(0) },
      { skip: parameter(1, types.int8), fetch: rows(0) },
      { skip: null, fetch: parameter(1, types.int8) },
    ]) {
      const plan = limit(nothing, range);
      expect(rewritten(eliminateEmpty, plan)).toBe(plan);
    }
  });

  it('keeps a window whose frame has an offset, which may raise an error', () => {
    const start = { kind: 'preceding', offset: rows(-1) } as const;
    const window = (frame: WindowFrame): LogicalPlan => ({
      kind: 'window',
      input: nothing,
      partitionBy: [],
      orderBy: [],
      frame,
      functions: [{ column: n, fn: 'row_number()', args: [], filter: null }],
    });
    const plan = window({ mode: 'rows', start, end: { kind: 'current-row' }, exclude: 'nothing' });
    expect(rewritten(eliminateEmpty, plan)).toBe(plan);
    expect(text(window(DEFAULT_FRAME))).toBe('Values [y, n]');
  });

  it.each<[JoinType, string, string]>([
    ['inner', 'Values [k, x, y]', 'Values [y, k, x]'],
    ['left', 'Project k, x, NULL AS y\n  Scan a [k, x]', 'Values [y, k, x]'],
    ['right', 'Values [k, x, y]', 'Project NULL AS y, k, x\n  Scan a [k, x]'],
    ['full', 'Project k, x, NULL AS y\n  Scan a [k, x]', 'Project NULL AS y, k, x\n  Scan a [k, x]'],
    ['semi', 'Values [k, x]', 'Values [y]'],
    ['anti', 'Scan a [k, x]', 'Values [y]'],
  ])('%s join: nothing on the right, nothing on the left', (type, noRight, noLeft) => {
    expect(text({ kind: 'join', type, left: a, right: nothing, on: [compare(k, '=', y)] })).toBe(noRight);
    expect(text({ kind: 'join', type, left: nothing, right: a, on: [compare(k, '=', y)] })).toBe(noLeft);
  });

  it('knows what a subquery without rows says', () => {
    const answer = (mode: ApplyMode): string => text({ kind: 'apply', input: a, subquery: nothing, mode });
    const output = newColumn('s', types.bool);
    const quantified = { kind: 'quantified', output, op: '=', left: [int(1)] } as const;
    expect(answer({ kind: 'exists', output })).toContain('false AS s');
    expect(answer({ ...quantified, quantifier: 'any' })).toContain('false AS s');
    expect(answer({ ...quantified, quantifier: 'all' })).toContain('true AS s');
    expect(answer({ kind: 'scalar', output: newColumn('s') })).toContain('NULL AS s');
    expect(answer({ kind: 'array', output: newColumn('s', { kind: 'array', item: types.int4 }) })).toContain("'{}'::");
    expect(answer({ kind: 'cross' })).toBe('Values [k, x, y]');
    expect(answer({ kind: 'left', on: [] })).toBe('Project k, x, NULL AS y\n  Scan a [k, x]');
  });
});
