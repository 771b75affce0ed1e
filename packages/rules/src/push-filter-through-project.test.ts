import { type Expr, types } from '@millrace/core';
import { columnExpr, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { filterBeforeComputing, filterPastGuard, filterWithoutRest } from './mutants/push-filter-through-project.ts';
import { pushFilterThroughProject } from './push-filter-through-project.ts';
import { call, compare, fallible, int, newColumn, rewritten, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(pushFilterThroughProject, {
  shapes: [
    ['filter', 'project'],
    ['filter', 'project'],
    ['filter', 'filter', 'project', 'project'],
  ],
  minFired: 0.5,
  mutants: [filterWithoutRest, filterPastGuard, filterBeforeComputing],
});

const k = newColumn('k');
const x = newColumn('x');
const z = newColumn('z');
const a = scanOf('a', k, x);
const project = (expr: Expr, input: LogicalPlan = a): LogicalPlan => ({
  kind: 'project',
  input,
  assignments: [
    { column: k, expr: columnExpr(k) },
    { column: z, expr },
  ],
});
const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });
const text = (plan: LogicalPlan): string => rewrittenText(pushFilterThroughProject, plan);

describe('push-filter-through-project', () => {
  it('passes several projections and joins the predicates of a filter below, in their order', () => {
    const inner = newColumn('inner');
    const lower: LogicalPlan = {
      kind: 'project',
      input: filter(a, compare(x, '>', int(1))),
      assignments: [
        { column: k, expr: columnExpr(k) },
        { column: inner, expr: call(x) },
      ],
    };
    expect(text(filter(project(call(inner), lower), compare(z, '=', int(2))))).toContain('Filter x > 1, f(f(x)) = 2\n');
  });

  it('moves what may fail, as long as nothing before it stays', () => {
    const first = filter(project(call(x)), fallible(z), compare(z, '=', int(1)));
    expect(text(first)).toBe('Project k, f(x) AS z\n  Filter f(f(x)) > 0, f(x) = 1\n    Scan a [k, x]');
    const twice = compare(compareSum(z), '=', int(1));
    expect(text(filter(project(call(x)), twice, fallible(k), compare(k, '=', int(1))))).toBe(
      'Filter (z + z) = 1, f(k) > 0\n  Project k, f(x) AS z\n    Filter k = 1\n      Scan a [k, x]',
    );
  });

  it('leaves what is volatile, reads what is volatile, or reads an outer row', () => {
    const random = call(x, { volatility: 'volatile' });
    for (const plan of [
      filter(project(random), compare(z, '>', int(0))),
      filter(project(call(x)), compare(call(k, { volatility: 'volatile' }), '>', int(0))),
    ]) {
      expect(rewritten(pushFilterThroughProject, plan)).toBe(plan);
    }
    const outer = newColumn('outer_k');
    const output = newColumn('e', types.bool);
    const subquery = filter(project(call(x)), compare(k, '=', columnExpr(outer)));
    const apply: LogicalPlan = { kind: 'apply', input: scanOf('o', outer), subquery, mode: { kind: 'exists', output } };
    expect(rewritten(pushFilterThroughProject, apply)).toBe(apply);
  });

  it('does not mind a volatile column that the predicate does not read', () => {
    const plan = filter(project(call(x, { volatility: 'volatile' })), compare(k, '=', int(1)));
    expect(text(plan)).toBe('Project k, f(x) AS z\n  Filter k = 1\n    Scan a [k, x]');
  });
});

function compareSum(column: typeof z): Expr {
  const fn = { id: '+(int4,int4)', volatility: 'immutable', mayFail: false, strict: true } as const;
  return { kind: 'call', fn, args: [columnExpr(column), columnExpr(column)], type: types.int4 };
}
