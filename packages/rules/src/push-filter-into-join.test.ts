import { type Expr, types } from '@millrace/core';
import { columnExpr, type JoinType, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import {
  fallibleBelowJoin,
  filterAheadOfOn,
  filterBelowFull,
  filterOnNullableSide,
  onIntoPreservedSide,
  onOfAntiJoin,
} from './mutants/push-filter-into-join.ts';
import { pushFilterIntoJoin } from './push-filter-into-join.ts';
import { bool, call, compare, fallible, int, newColumn, rewritten, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(pushFilterIntoJoin, {
  shapes: [['filter', 'join'], ['join'], ['filter', 'join', 'join']],
  minFired: 0.4,
  mutants: [
    filterOnNullableSide,
    filterBelowFull,
    onIntoPreservedSide,
    onOfAntiJoin,
    fallibleBelowJoin,
    filterAheadOfOn,
  ],
});

const k = newColumn('k');
const x = newColumn('x');
const y = newColumn('y');
const a = scanOf('a', k, x);
const b = scanOf('b', y);
const keys = compare(k, '=', y);
const join = (type: JoinType, ...on: Expr[]): LogicalPlan => ({ kind: 'join', type, left: a, right: b, on });
const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });
const text = (plan: LogicalPlan): string => rewrittenText(pushFilterIntoJoin, plan);
const [ofLeft, ofRight] = [compare(x, '=', int(1)), compare(y, '=', int(2))];

/** The plan as one line: `*` marks the inputs that are filtered. */
function sidesOf(type: JoinType, above: readonly Expr[], on: readonly Expr[]): string {
  const plan = rewritten(
    pushFilterIntoJoin,
    above.length === 0 ? join(type, ...on) : filter(join(type, ...on), ...above),
  );
  const below = plan.kind === 'filter' ? plan.input : plan;
  if (below.kind !== 'join') return plan.kind;
  const side = (input: LogicalPlan): string => (input.kind === 'filter' ? '*' : '-');
  return `${plan.kind === 'filter' ? 'filter ' : ''}${side(below.left)}${side(below.right)}`;
}

describe('push-filter-into-join', () => {
  it('moves a filter into the sides that are preserved', () => {
    const types: readonly JoinType[] = ['inner', 'left', 'right', 'full'];
    expect(types.map((type) => sidesOf(type, [ofLeft, ofRight], [keys]))).toEqual([
      '**',
      'filter *-',
      'filter -*',
      'filter --',
    ]);
    expect(sidesOf('semi', [ofLeft], [keys])).toBe('*-');
    expect(sidesOf('anti', [ofLeft], [keys])).toBe('*-');
  });

  it('moves predicates of ON into the sides that leave no trace', () => {
    const types: readonly JoinType[] = ['inner', 'left', 'right', 'full', 'semi', 'anti'];
    expect(types.map((type) => sidesOf(type, [], [keys, ofLeft, ofRight]))).toEqual([
      '**',
      '-*',
      '*-',
      '--',
      '**',
      '-*',
    ]);
  });

  it('joins the rest of the filter to the end of an inner ON, what may fail too', () => {
    const plan = filter(join('inner', keys), compare(x, '<', y), fallible(x));
    expect(text(plan)).toBe('Join inner on k = y, x < y, f(x) > 0\n  Scan a [k, x]\n  Scan b [y]');
  });

  it('leaves what is volatile, and what may fail behind it', () => {
    const random = compare(call(x, { volatility: 'volatile' }), '>', int(0));
    expect(text(filter(join('inner', keys), random, fallible(y), ofRight))).toBe(
      'Filter f(x) > 0, f(y) > 0\n  Join inner on k = y\n    Scan a [k, x]\n    Filter y = 2\n      Scan b [y]',
    );
  });

  it('leaves what reads no column of the join, or one of an outer row', () => {
    const outer = newColumn('outer_k');
    const constant = filter(join('inner', keys), bool(false));
    expect(rewritten(pushFilterIntoJoin, constant)).toBe(constant);
    const output = newColumn('e', types.bool);
    const subquery = filter(join('inner', keys), compare(x, '=', columnExpr(outer)));
    const apply: LogicalPlan = { kind: 'apply', input: scanOf('o', outer), subquery, mode: { kind: 'exists', output } };
    expect(rewritten(pushFilterIntoJoin, apply)).toBe(apply);
  });
});
