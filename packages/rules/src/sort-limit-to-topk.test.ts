import { types } from '@millrace/core';
import { columnExpr, type LogicalPlan, type RowRange } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { topkThroughFilter, topkWithoutSkip } from './mutants/sort-limit-to-topk.ts';
import { sortLimitToTopk } from './sort-limit-to-topk.ts';
import { newColumn, parameter, rewritten, rewrittenText, rows, scanOf } from './testing/fixture.ts';

ruleSuite(sortLimitToTopk, {
  shapes: [
    ['limit', 'sort'],
    ['limit', 'project', 'sort'],
    ['limit', 'filter', 'sort'],
  ],
  minFired: 0.4,
  limits: 'prefix',
  mutants: [topkThroughFilter, topkWithoutSkip],
});

const k = newColumn('k');
const a = scanOf('a', k);
const sort: LogicalPlan = {
  kind: 'sort',
  input: a,
  keys: [{ id: k.id, descending: false, nullsFirst: true }],
  range: null,
};
const limit = (input: LogicalPlan, range: RowRange): LogicalPlan => ({ kind: 'limit', input, range });
const ten: RowRange = { skip: rows(5), fetch: rows(10) };

describe('sort-limit-to-topk', () => {
  it('gives the sort the range, skip and parameters included, through projections', () => {
    expect(rewrittenText(sortLimitToTopk, limit(sort, ten))).toBe('Sort k nulls first limit 10 offset 5\n  Scan a [k]');
    const range = { skip: null, fetch: parameter(1, types.int8) };
    const project: LogicalPlan = { kind: 'project', input: sort, assignments: [{ column: k, expr: columnExpr(k) }] };
    expect(rewrittenText(sortLimitToTopk, limit(project, range))).toBe(
      'Project k\n  Sort k nulls first limit $1\n    Scan a [k]',
    );
  });

  it('leaves an offset alone, a sort that has a range, and what stands between', () => {
    const topk: LogicalPlan = { ...sort, range: ten } as LogicalPlan;
    const plans = [
      limit(sort, { skip: rows(5), fetch: null }),
      limit(topk, ten),
      limit({ kind: 'distinct', input: sort }, ten),
      limit(a, ten),
    ];
    for (const plan of plans) expect(rewritten(sortLimitToTopk, plan)).toBe(plan);
  });
});
