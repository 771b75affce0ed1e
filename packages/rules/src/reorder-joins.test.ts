import { type Column, type Expr, types } from '@millrace/core';
import { type LogicalPlan, literalExpr, type PlanOf } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { columnsMoved, outerToo, predicatesLost } from './mutants/reorder-joins.ts';
import { reorderJoins } from './reorder-joins.ts';
import { call, compare, fallible, int, newColumn, rewritten, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(reorderJoins, {
  shapes: [
    ['join', 'join'],
    ['join', 'join', 'join'],
  ],
  minFired: 0.05,
  mutants: [columnsMoved, predicatesLost, outerToo],
});

const [k, x, y, z] = [newColumn('k'), newColumn('x'), newColumn('y'), newColumn('z')];
function table(name: string, column: Column, rows?: number): PlanOf<'scan'> {
  return { ...scanOf(name, column), ...(rows === undefined ? {} : { estimatedRows: rows }) };
}
const inner = (left: LogicalPlan, right: LogicalPlan, ...on: Expr[]): LogicalPlan => ({
  kind: 'join',
  type: 'inner',
  left,
  right,
  on,
});
const text = (plan: LogicalPlan): string => rewrittenText(reorderJoins, plan);

describe('reorder-joins', () => {
  it('starts at the smallest, takes what is tied to it, and joins the untied last', () => {
    const plan = inner(
      inner(inner(table('big', k, 100_000), table('alone', x, 3)), table('small', y, 10), compare(k, '=', y)),
      table('middle', z, 1000),
      compare(z, '=', y),
    );
    expect(text(plan)).toBe(
      [
        'Project k, x, y, z',
        '  Join inner',
        '    Join inner on k = y',
        '      Scan big [k]',
        '      Join inner on z = y',
        '        Scan middle [z]',
        '        Scan small [y]',
        '    Scan alone [x]',
      ].join('\n'),
    );
  });

  it('counts what filters and limits leave, and groups', () => {
    const filtered: LogicalPlan = { kind: 'filter', input: table('a', k, 1000), predicates: [compare(k, '=', int(1))] };
    expect(text(inner(filtered, table('b', y, 200), compare(k, '=', y)))).toMatch(/^Project.*\n.*\n {4}Scan b/);
    const one = { skip: null, fetch: literalExpr(1n, types.int8) };
    const limited: LogicalPlan = { kind: 'limit', input: table('a', k, 1000), range: one };
    expect(text(inner(limited, table('b', y, 200), compare(k, '=', y)))).toMatch(/^Project.*\n.*\n {4}Scan b/);
    const grouped: LogicalPlan = { kind: 'aggregate', input: table('a', k, 1000), groupBy: [k.id], aggregations: [] };
    const rest = inner(grouped, table('b', y, 200), compare(k, '=', y));
    expect(rewritten(reorderJoins, rest)).toBe(rest);
  });

  it('leaves joins of unknown size, of one size, of other types, and volatile predicates', () => {
    const tie = compare(k, '=', y);
    for (const plan of [
      inner(table('a', k, 1), table('b', y), tie),
      inner(table('a', k, 5), table('b', y, 5), tie),
      { ...inner(table('a', k, 1), table('b', y, 5), tie), type: 'left' } as LogicalPlan,
      inner(table('a', k, 1), table('b', y, 5), compare(call(k, { volatility: 'volatile' }), '=', y)),
    ])
      expect(rewritten(reorderJoins, plan)).toBe(plan);
  });

  it('orders a chain of a hundred relations without looking at every pair', () => {
    const tables = Array.from({ length: 100 }, (_, i) => table(`t${i}`, newColumn(`c${i}`), 1000 - i));
    const long = tables.reduce<LogicalPlan>(
      (left, right, i) => {
        const tie = i % 3 === 0 ? [] : [compare(right.columns[0] as Column, '=', tables[i - 1]?.columns[0] as Column)];
        return inner(left, right, ...tie);
      },
      table('first', k, 5000),
    );
    expect(text(long)).toMatch(/^Project/);
  });

  it('puts what may fail behind everything else', () => {
    const plan = inner(
      inner(table('a', k, 1), table('b', y, 50), compare(k, '=', y), fallible(y)),
      table('c', z, 10),
      compare(z, '=', k),
    );
    expect(text(plan)).toContain('  Join inner on k = y, f(y) > 0\n');
  });

  it('keeps predicates that read an enclosing row', () => {
    const outer = newColumn('o');
    const subquery = inner(table('a', k, 1), table('b', y, 50), compare(k, '=', y), compare(k, '=', outer));
    const apply: LogicalPlan = {
      kind: 'apply',
      input: table('o', outer),
      subquery,
      mode: { kind: 'exists', output: newColumn('e', types.bool, false) },
    };
    expect(text(apply)).toContain('Join inner on k = y, k = o\n');
  });
});
