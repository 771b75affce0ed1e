import { type Expr, types } from '@millrace/core';
import { columnExpr, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { filterBelowLimit, firstPredicateOnly } from './mutants/push-filter-through-sort.ts';
import { pushFilterThroughSort } from './push-filter-through-sort.ts';
import { call, compare, fallible, int, newColumn, rewritten, rewrittenText, rows, scanOf } from './testing/fixture.ts';

ruleSuite(pushFilterThroughSort, {
  shapes: [
    ['filter', 'sort'],
    ['filter', 'filter', 'sort', 'sort'],
    ['filter', 'limit', 'sort'],
  ],
  minFired: 0.4,
  mutants: [filterBelowLimit, firstPredicateOnly],
});

const k = newColumn('k');
const sort: LogicalPlan = {
  kind: 'sort',
  input: scanOf('a', k),
  keys: [{ id: k.id, descending: false, nullsFirst: false }],
  range: null,
};
const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });

describe('push-filter-through-sort', () => {
  it('moves what may fail, but not past a volatile predicate', () => {
    const random = compare(call(k, { volatility: 'volatile' }), '>', int(0));
    const plan = filter(sort, fallible(k), random, fallible(k), compare(k, '=', int(1)));
    expect(rewrittenText(pushFilterThroughSort, plan)).toBe(
      'Filter f(k) > 0, f(k) > 0\n  Sort k\n    Filter f(k) > 0, k = 1\n      Scan a [k]',
    );
  });

  it('leaves a filter above a top-k, and one that reads an outer row', () => {
    const top = filter({ ...sort, range: { skip: null, fetch: rows(3) } }, compare(k, '=', int(1)));
    expect(rewritten(pushFilterThroughSort, top)).toBe(top);
    const outer = newColumn('outer_k');
    const subquery = filter(sort, compare(k, '=', columnExpr(outer)));
    const mode = { kind: 'exists', output: newColumn('e', types.bool) } as const;
    const apply: LogicalPlan = { kind: 'apply', input: scanOf('o', outer), subquery, mode };
    expect(rewritten(pushFilterThroughSort, apply)).toBe(apply);
  });
});
