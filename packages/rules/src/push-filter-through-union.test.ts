import type { Expr } from '@millrace/core';
import type { LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { filterBelowLimit, filterOnFirstInput } from './mutants/push-filter-through-union.ts';
import { pushFilterThroughUnion } from './push-filter-through-union.ts';
import { call, compare, fallible, int, newColumn, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(pushFilterThroughUnion, {
  shapes: [
    ['filter', 'union'],
    ['filter', 'filter', 'union', 'union'],
    ['filter', 'union', 'limit'],
  ],
  minFired: 0.5,
  mutants: [filterOnFirstInput, filterBelowLimit],
});

const [k, y, u] = [newColumn('k'), newColumn('y'), newColumn('u')];
const union: LogicalPlan = { kind: 'union', inputs: [scanOf('a', k), scanOf('b', y)], columns: [u] };
const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });

describe('push-filter-through-union', () => {
  it('takes columns by position, moves what may fail, and joins filters that stand below', () => {
    const filteredInput: LogicalPlan = {
      ...union,
      inputs: [filter(scanOf('a', k), compare(k, '<', int(9))), scanOf('b', y)],
    };
    expect(rewrittenText(pushFilterThroughUnion, filter(filteredInput, fallible(u)))).toBe(
      'Union all [u]\n  Filter k < 9, f(k) > 0\n    Scan a [k]\n  Filter f(y) > 0\n    Scan b [y]',
    );
  });

  it('leaves what is volatile, and what may fail behind it', () => {
    const random = compare(call(int(1), { volatility: 'volatile' }), '>', int(0));
    expect(rewrittenText(pushFilterThroughUnion, filter(union, random, fallible(u), compare(u, '=', int(1))))).toBe(
      'Filter f(1) > 0, f(u) > 0\n  Union all [u]\n    Filter k = 1\n      Scan a [k]\n    Filter y = 1\n      Scan b [y]',
    );
  });
});
