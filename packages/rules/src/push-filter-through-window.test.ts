import { type Expr, types } from '@millrace/core';
import { columnExpr, DEFAULT_FRAME, type LogicalPlan, type PlanOf } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import {
  filterByAnyPartitionColumn,
  filterByOrder,
  filterTellingPartitionsApart,
} from './mutants/push-filter-through-window.ts';
import { pushFilterThroughWindow } from './push-filter-through-window.ts';
import {
  bool,
  cast,
  compare,
  fallible,
  int,
  newColumn,
  rewritten,
  rewrittenText,
  rows,
  scanOf,
  text,
} from './testing/fixture.ts';

ruleSuite(pushFilterThroughWindow, {
  shapes: [
    ['filter', 'window', 'scan'],
    ['filter', 'window', 'scan'],
    ['filter', 'project', 'window', 'scan'],
    ['filter', 'window', 'window'],
  ],
  minFired: 0.3,
  runs: 600,
  tables: ['d'],
  mutants: [filterByOrder, filterByAnyPartitionColumn, filterTellingPartitionsApart],
});

const [k, x] = [newColumn('k'), newColumn('x')];
const n = newColumn('n', types.int8);
const windowOver = (input: LogicalPlan, partitionBy: readonly (typeof k)[]): PlanOf<'window'> => ({
  kind: 'window',
  input,
  partitionBy: partitionBy.map((column) => column.id),
  orderBy: [{ id: x.id, descending: false, nullsFirst: false }],
  frame: DEFAULT_FRAME,
  functions: [{ column: n, fn: 'count(*)', args: [], filter: null }],
});
const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });
const after = (plan: LogicalPlan): string => rewrittenText(pushFilterThroughWindow, plan);
const few = compare(n, '<', rows(3));

describe('push-filter-through-window', () => {
  it('moves what reads partition columns, and what may fail only ahead of what stays', () => {
    const window = windowOver(scanOf('a', k, x), [k]);
    expect(after(filter(window, fallible(k), few, compare(k, '=', int(1)), fallible(k), compare(x, '=', int(1))))).toBe(
      "Filter n < '3'::bigint, f(k) > 0, x = 1\n  Window partition by k order by x: count(*) AS n\n    Filter f(k) > 0, k = 1\n      Scan a [k, x]",
    );
  });

  it('moves a constant, also without partitions: it is for all rows or none', () => {
    expect(after(filter(windowOver(scanOf('a', k, x), []), bool(false)))).toBe(
      'Window order by x: count(*) AS n\n  Filter false\n    Scan a [k, x]',
    );
  });

  it('compares columns whose equal values differ, and does not look at them otherwise', () => {
    const f = newColumn('f', types.float8);
    const window = windowOver(scanOf('w', f, x), [f]);
    const asText = compare(cast(columnExpr(f), types.text), '=', text('-0'));
    expect(after(filter(window, compare(f, '>', f), asText))).toBe(
      "Filter f::text = '-0'\n  Window partition by f order by x: count(*) AS n\n    Filter f > f\n      Scan w [f, x]",
    );
  });

  it('goes through windows of the same partitions, and stops where they differ', () => {
    const inner = windowOver(scanOf('a', k, x), []);
    const m = newColumn('m', types.int8);
    const outer = { ...windowOver(inner, [k]), functions: [{ column: m, fn: 'count(*)', args: [], filter: null }] };
    expect(after(filter(outer, compare(k, '=', int(1))))).toBe(
      'Window partition by k order by x: count(*) AS m\n  Filter k = 1\n    Window order by x: count(*) AS n\n      Scan a [k, x]',
    );
  });

  it('leaves what reads an outer row', () => {
    const outer = newColumn('outer_k');
    const subquery = filter(windowOver(scanOf('a', k, x), [k]), compare(k, '=', columnExpr(outer)));
    const mode = { kind: 'exists', output: newColumn('e', types.bool) } as const;
    const apply: LogicalPlan = { kind: 'apply', input: scanOf('o', outer), subquery, mode };
    expect(rewritten(pushFilterThroughWindow, apply)).toBe(apply);
  });
});
