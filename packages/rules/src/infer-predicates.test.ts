import { columnExpr, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { inferPredicates } from './infer-predicates.ts';
import { keysOfOuterJoins, mirroredOrder, strictDays } from './mutants/infer-predicates.ts';
import { compare, int, newColumn, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(inferPredicates, {
  shapes: [
    ['filter', 'scan'],
    ['join', 'scan'],
    ['filter', 'join', 'scan'],
  ],
  tables: ['e'],
  minFired: 0.06,
  mutants: [strictDays, keysOfOuterJoins, mirroredOrder],
});

describe('infer-predicates', () => {
  const [k, x, y] = [newColumn('k'), newColumn('x'), newColumn('y')];
  const [a, b] = [scanOf('a', k, x), scanOf('b', y)];
  const filter = (input: LogicalPlan, ...predicates: Parameters<typeof compare>[]): LogicalPlan => ({
    kind: 'filter',
    input,
    predicates: predicates.map((each) => compare(...each)),
  });
  const text = (plan: LogicalPlan): string => rewrittenText(inferPredicates, plan).split('\n')[0] ?? '';

  it('follows a chain of equal columns', () => {
    expect(text(filter(a, [k, '=', columnExpr(x)], [k, '>', int(3)]))).toBe('Filter k = x, k > 3, x > 3');
    const join: LogicalPlan = { kind: 'join', type: 'inner', left: a, right: b, on: [compare(x, '=', columnExpr(y))] };
    expect(text(filter(join, [k, '=', columnExpr(x)], [k, '>', int(3)]))).toBe('Filter k = x, k > 3, x > 3, y > 3');
  });

  it('knows what filters below say, under other names too', () => {
    const below = filter(b, [y, '=', int(5)]);
    const p = newColumn('p');
    const renamed: LogicalPlan = {
      kind: 'project',
      input: below,
      assignments: [{ column: p, expr: columnExpr(y) }],
    };
    const join = (right: LogicalPlan, key: typeof y): LogicalPlan => ({
      kind: 'join',
      type: 'inner',
      left: a,
      right,
      on: [compare(k, '=', columnExpr(key))],
    });
    expect(text(join(below, y))).toBe('Join inner on k = y, k = 5');
    expect(text(join(renamed, p))).toBe('Join inner on k = p, k = 5');
  });

  it('says nothing anew that became something else on its way down', () => {
    const p = newColumn('p');
    const sum = {
      kind: 'project',
      input: filter(b, [y, '=', int(5)]),
      assignments: [{ column: p, expr: int(5) }],
    } as const;
    const pushed: LogicalPlan = { ...sum, input: filter(b, [newColumn('z'), '=', int(5)]) };
    const stated: LogicalPlan = {
      ...pushed,
      input: { kind: 'filter', input: b, predicates: [compare(int(5), '=', int(5))] },
    };
    const on = [compare(k, '=', columnExpr(p)), compare(k, '=', int(5))];
    expect(text({ kind: 'join', type: 'inner', left: a, right: sum, on })).toBe('Join inner on k = p, k = 5, p = 5');
    expect(text({ kind: 'join', type: 'inner', left: a, right: stated, on })).toBe('Join inner on k = p, k = 5');
  });
});
