import { type Expr, types } from '@millrace/core';
import { columnExpr, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import {
  filterBelowScalarAggregate,
  filterTellingGroupsApart,
  havingForgotten,
} from './mutants/push-filter-through-aggregate.ts';
import { pushFilterThroughAggregate } from './push-filter-through-aggregate.ts';
import { bool, compare, fallible, int, newColumn, rewritten, rewrittenText, rows, scanOf } from './testing/fixture.ts';

ruleSuite(pushFilterThroughAggregate, {
  shapes: [
    ['filter', 'aggregate', 'scan'],
    ['filter', 'aggregate', 'scan'],
    ['filter', 'aggregate', 'scan'],
    ['filter', 'filter', 'aggregate', 'aggregate'],
  ],
  minFired: 0.2,
  tables: ['d'],
  mutants: [filterBelowScalarAggregate, filterTellingGroupsApart, havingForgotten],
});

const k = newColumn('k');
const n = newColumn('n', types.int8);
const count = { column: n, fn: 'count(*)', args: [], isDistinct: false, filter: null, orderBy: [] } as const;
const aggregate = (groupBy: readonly (typeof k)[]): LogicalPlan => ({
  kind: 'aggregate',
  input: scanOf('a', k),
  groupBy: groupBy.map((column) => column.id),
  aggregations: [count],
});
const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });
const text = (plan: LogicalPlan): string => rewrittenText(pushFilterThroughAggregate, plan);
const many = compare(n, '>', rows(2));

describe('push-filter-through-aggregate', () => {
  it('moves what reads group columns, and what may fail only ahead of what stays', () => {
    expect(text(filter(aggregate([k]), fallible(k), many, compare(k, '=', int(1)), fallible(k)))).toBe(
      "Filter n > '2'::bigint, f(k) > 0\n  Aggregate by k: count(*) AS n\n    Filter f(k) > 0, k = 1\n      Scan a [k]",
    );
  });

  it('moves a constant below groups, not below an aggregate without', () => {
    expect(text(filter(aggregate([k]), bool(false)))).toBe(
      'Aggregate by k: count(*) AS n\n  Filter false\n    Scan a [k]',
    );
    const scalar = filter(aggregate([]), bool(false));
    expect(rewritten(pushFilterThroughAggregate, scalar)).toBe(scalar);
  });

  it('leaves what reads an outer row', () => {
    const outer = newColumn('outer_k');
    const subquery = filter(aggregate([k]), compare(k, '=', columnExpr(outer)));
    const mode = { kind: 'exists', output: newColumn('e', types.bool) } as const;
    const apply: LogicalPlan = { kind: 'apply', input: scanOf('o', outer), subquery, mode };
    expect(rewritten(pushFilterThroughAggregate, apply)).toBe(apply);
  });
});
