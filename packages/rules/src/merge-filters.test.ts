import type { Expr } from '@millrace/core';
import type { LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { mergeFilters } from './merge-filters.ts';
import { mergedByAnd, upperFirst } from './mutants/merge-filters.ts';
import { compare, fallible, int, newColumn, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(mergeFilters, {
  shapes: [
    ['filter', 'filter'],
    ['filter', 'filter', 'filter', 'scan'],
  ],
  minFired: 0.5,
  mutants: [upperFirst, mergedByAnd],
});

describe('merge-filters', () => {
  it('puts the lowest predicates first', () => {
    const k = newColumn('k');
    const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });
    const lowest = filter(scanOf('a', k), compare(k, '<>', int(0)), fallible(k));
    const plan = filter(filter(lowest, compare(k, '=', int(1))), compare(k, '=', int(2)), fallible(k));
    expect(rewrittenText(mergeFilters, plan)).toBe('Filter k <> 0, f(k) > 0, k = 1, k = 2, f(k) > 0\n  Scan a [k]');
  });
});
