import { type Expr, types } from '@millrace/core';
import { columnExpr, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { filterAheadOfGuard, filterBelowRange } from './mutants/push-filter-into-scan.ts';
import { pushFilterIntoScan } from './push-filter-into-scan.ts';
import {
  bool,
  call,
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

ruleSuite(pushFilterIntoScan, {
  shapes: [['filter', 'scan']],
  minFired: 0.5,
  limits: 'prefix',
  favor: 'casts',
  mutants: [filterAheadOfGuard, filterBelowRange],
});

const k = newColumn('k');
const x = newColumn('x');
const a = scanOf('a', k, x);
const filter = (...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input: a, predicates });
const text = (plan: LogicalPlan): string => rewrittenText(pushFilterIntoScan, plan);

describe('push-filter-into-scan', () => {
  it('moves what cannot fail, also over what can', () => {
    const plan = filter(compare(k, '=', parameter(1)), fallible(x), compare(x, '<', k));
    expect(text(plan)).toBe('Filter f(x) > 0\n  Scan a [k, x] filter k = $1, x < k');
    expect(text(filter(compare(k, '=', int(1))))).toBe('Scan a [k, x] filter k = 1');
  });

  it('moves what can fail only for all rows or none', () => {
    const since = compare(k, '>', call(int(1), { mayFail: true, volatility: 'stable' }));
    expect(text(filter(since))).toBe('Scan a [k, x] filter k > f(1)');
  });

  it('adds to the filters the scan has', () => {
    const scan = { ...a, filters: [compare(k, '=', int(1))] };
    expect(text({ kind: 'filter', input: scan, predicates: [compare(x, '=', int(2))] })).toBe(
      'Scan a [k, x] filter k = 1, x = 2',
    );
  });

  it('leaves what may fail, is volatile, or reads no column of the scan', () => {
    for (const predicate of [
      fallible(x),
      compare(call(x, { volatility: 'volatile' }), '>', int(0)),
      compare(k, '>', call(int(1), { volatility: 'volatile' })),
      compare(parameter(1), '=', int(1)),
      bool(false),
    ]) {
      const plan = filter(predicate);
      expect(rewritten(pushFilterIntoScan, plan)).toBe(plan);
    }
  });

  it('leaves a filter above a range, and one that reads an outer row', () => {
    const limited: LogicalPlan = {
      kind: 'filter',
      input: { ...a, range: { skip: null, fetch: rows(3) } },
      predicates: [compare(k, '=', int(1))],
    };
    expect(rewritten(pushFilterIntoScan, limited)).toBe(limited);
    const outer = newColumn('outer_k');
    const output = newColumn('e', types.bool);
    const subquery = filter(compare(k, '=', columnExpr(outer)));
    const apply: LogicalPlan = { kind: 'apply', input: scanOf('o', outer), subquery, mode: { kind: 'exists', output } };
    expect(rewritten(pushFilterIntoScan, apply)).toBe(apply);
  });
});
