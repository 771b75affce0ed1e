import { type Expr, types } from '@millrace/core';
import { columnExpr, DEFAULT_FRAME, type LogicalPlan, type WindowCall } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { pruneSortKeys, pruneThroughDistinct, pruneWindowKeys } from './mutants/prune-columns.ts';
import { pruneColumns } from './prune-columns.ts';
import { compare, int, newColumn, rewritten, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(pruneColumns, {
  shapes: [
    ['project', 'scan'],
    ['aggregate', 'filter', 'scan'],
    ['project', 'join'],
    ['project', 'apply'],
    ['project', 'union'],
    ['project', 'sort'],
    ['project', 'limit', 'sort'],
    ['project', 'distinct'],
    ['project', 'window', 'scan'],
    ['project', 'window', 'scan'],
    ['project', 'window', 'scan'],
    ['project', 'window', 'window'],
    ['aggregate', 'project', 'aggregate'],
  ],
  minFired: 0.4,
  limits: 'prefix',
  mutants: [pruneSortKeys, pruneThroughDistinct, pruneWindowKeys],
});

const k = newColumn('k');
const x = newColumn('x');
const t = newColumn('t', types.text);
const a = scanOf('a', k, x, t);
const project = (input: LogicalPlan, ...columns: (typeof k)[]): LogicalPlan => ({
  kind: 'project',
  input,
  assignments: columns.map((column) => ({ column, expr: columnExpr(column) })),
});
const text = (plan: LogicalPlan): string => rewrittenText(pruneColumns, plan);
const n = newColumn('n', types.int8);
const countAll = { column: n, fn: 'count(*)', args: [], isDistinct: false, filter: null, orderBy: [] } as const;

describe('prune-columns', () => {
  it('drops window functions that nobody reads, and the window if none is left; keeps what the others read', () => {
    const call = (fn: string, column: typeof n, args: readonly Expr[] = []): WindowCall => ({
      column,
      fn,
      args,
      filter: null,
    });
    const m = newColumn('m');
    const window: LogicalPlan = {
      kind: 'window',
      input: a,
      partitionBy: [k.id],
      orderBy: [{ id: t.id, descending: false, nullsFirst: false }],
      frame: DEFAULT_FRAME,
      functions: [call('rank()', n), call('max(int4)', m, [columnExpr(x)])],
    };
    expect(text(project(window, n))).toBe(
      'Project n\n  Window partition by k order by t: rank() AS n\n    Scan a [k, t]',
    );
    expect(rewritten(pruneColumns, project(window, k, n, m))).toMatchObject({ input: window });
    expect(text(project(window, k))).toBe('Project k\n  Scan a [k]');
  });

  it('narrows scans; fields that only their filters read are not produced', () => {
    expect(text(project(a, k))).toBe('Project k\n  Scan a [k]');
    const filtered = { ...a, filters: [compare(x, '>', int(1))] };
    const plan = rewritten(pruneColumns, project(filtered, k));
    expect(plan).toMatchObject({ input: { columns: [{ name: 'k' }], filterColumns: [{ name: 'x' }] } });
    const count: LogicalPlan = { kind: 'aggregate', input: filtered, groupBy: [], aggregations: [countAll] };
    expect(text(count)).toBe('Aggregate: count(*) AS n\n  Scan a [] filter x > 1');
  });

  it('keeps what nodes on the way read', () => {
    const filter: LogicalPlan = { kind: 'filter', input: a, predicates: [compare(x, '>', int(1))] };
    expect(text(project(filter, k))).toBe('Project k\n  Filter x > 1\n    Scan a [k, x]');
    const sort: LogicalPlan = {
      kind: 'sort',
      input: a,
      keys: [{ id: t.id, descending: false, nullsFirst: false }],
      range: null,
    };
    expect(text(project(sort, k))).toBe('Project k\n  Sort t\n    Scan a [k, t]');
    const b = scanOf('b', newColumn('k2'), newColumn('y'));
    const join: LogicalPlan = {
      kind: 'join',
      type: 'left',
      left: a,
      right: b,
      on: [compare(k, '=', columnExpr(b.columns[0] ?? k))],
    };
    expect(text(project(join, x))).toBe('Project x\n  Join left on k = k2\n    Scan a [k, x]\n    Scan b [k2]');
  });

  it('drops assignments, aggregations and subqueries nobody reads', () => {
    const aggregate: LogicalPlan = {
      kind: 'aggregate',
      input: project(a, k, x, t),
      groupBy: [k.id],
      aggregations: [countAll],
    };
    expect(text(project(aggregate, k))).toBe('Project k\n  Aggregate by k\n    Project k\n      Scan a [k]');
    const output = newColumn('s');
    const scalar: LogicalPlan = {
      kind: 'apply',
      input: a,
      subquery: scanOf('b', newColumn('y')),
      mode: { kind: 'scalar', output },
    };
    expect(text(project(scalar, k))).toBe('Project k\n  Scan a [k]');
  });

  it('keeps what a subquery reads of its outer row, and asks EXISTS for no column', () => {
    const [y, z] = [newColumn('y'), newColumn('z')];
    const subquery: LogicalPlan = {
      kind: 'filter',
      input: scanOf('b', y, z),
      predicates: [compare(y, '=', columnExpr(x))],
    };
    const output = newColumn('e', types.bool);
    const apply: LogicalPlan = { kind: 'apply', input: a, subquery, mode: { kind: 'exists', output } };
    expect(
      text({
        ...project(apply, k),
        assignments: [{ column: newColumn('p', types.bool), expr: columnExpr(output) }],
      } as LogicalPlan),
    ).toBe('Project e AS p\n  Apply exists AS e\n    Scan a [x]\n    Filter y = x\n      Scan b [y]');
  });

  it('narrows a subquery before it asks what that reads of its outer row', () => {
    const [c, d] = [newColumn('c'), newColumn('d')];
    const values: LogicalPlan = { kind: 'values', columns: [c, d], rows: [[columnExpr(x), int(1)]] };
    const mode = { kind: 'quantified', quantifier: 'any', op: '=', left: [int(1)], output: newColumn('q', types.bool) };
    const apply = { kind: 'apply', input: a, subquery: project(values, d), mode } as LogicalPlan;
    const quantified = { column: newColumn('p', types.bool), expr: columnExpr(mode.output) };
    expect(text({ kind: 'project', input: apply, assignments: [quantified] })).toBe(
      'Project q AS p\n  Apply (1) = any AS q\n    Scan a []\n    Project d\n      Values [d] (1)',
    );
  });

  it('drops the same positions from every input of a union', () => {
    const [y, z, u, v] = [newColumn('y'), newColumn('z'), newColumn('u'), newColumn('v')];
    const b = scanOf('b', y, z);
    const filtered: LogicalPlan = { kind: 'filter', input: b, predicates: [compare(z, '>', int(1))] };
    const union: LogicalPlan = { kind: 'union', inputs: [scanOf('a', k, x), filtered], columns: [u, v] };
    expect(text(project(union, u))).toBe(
      'Project u\n  Union all [u]\n    Scan a [k]\n    Project y\n      Filter z > 1\n        Scan b [y, z]',
    );
  });

  it('narrows rows at hand', () => {
    const values: LogicalPlan = { kind: 'values', columns: [k, x], rows: [[int(1), int(2)]] };
    expect(text(project(values, x))).toBe('Project x\n  Values [x] (2)');
    const ordinality = newColumn('o', types.int8);
    const series: LogicalPlan = { kind: 'function-scan', fn: 'g(int4)', args: [int(1)], columns: [k], ordinality };
    expect(text(project(series, k))).toBe('Project k\n  Function g(1) [k]');
  });

  it('leaves roots, DISTINCT and groups alone', () => {
    expect(rewritten(pruneColumns, a)).toBe(a);
    const distinct = project({ kind: 'distinct', input: a }, k);
    expect(rewritten(pruneColumns, distinct)).toBe(distinct);
    const full = project(a, k, x, t);
    expect(rewritten(pruneColumns, full)).toBe(full);
    const grouped: LogicalPlan = {
      kind: 'aggregate',
      input: scanOf('a', k),
      groupBy: [k.id],
      aggregations: [countAll],
    };
    expect(rewritten(pruneColumns, grouped)).toBe(grouped);
  });
});
