import { arrayOf, type Expr, types } from '@millrace/core';
import { columnExpr, type JoinType, type LogicalPlan, literalExpr, printExpr } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { eliminateOuterJoin } from './eliminate-outer-join.ts';
import { anyPredicate, keptSide, otherSide } from './mutants/eliminate-outer-join.ts';
import { rejectsNulls } from './shared/null-rejecting.ts';
import { and, bool, call, cast, compare, int, newColumn, not, or, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(eliminateOuterJoin, {
  shapes: [
    ['filter', 'join'],
    ['join', 'join'],
  ],
  minFired: 0.1,
  mutants: [otherSide, anyPredicate, keptSide],
});

const [k, x, bk, y] = [newColumn('k'), newColumn('x'), newColumn('bk'), newColumn('y')];
const isNull = (operand: Expr, negated = false): Expr => ({ kind: 'is-null', operand, negated });
const isBool = (operand: Expr, value: boolean, negated = false): Expr => ({ kind: 'is-bool', operand, value, negated });
const positive = compare(y, '>', int(0));

describe('rejectsNulls', () => {
  const rejects = (predicate: Expr): boolean => rejectsNulls(predicate, new Set([bk.id, y.id]));
  const list: Expr = { kind: 'array', items: [int(1)], type: arrayOf(types.int4) };
  const quantified = (quantifier: 'any' | 'all', right: Expr): Expr => ({
    kind: 'quantified',
    op: '=',
    quantifier,
    left: columnExpr(y),
    right,
  });
  const when = (then: Expr): Expr => ({
    kind: 'case',
    branches: [{ when: compare(x, '=', int(1)), then }],
    otherwise: positive,
    type: types.bool,
  });

  it('is sure of strict expressions and of three-valued logic', () => {
    const rejecting: readonly Expr[] = [
      positive,
      compare(y, '=', x),
      compare(call(y), '>', int(0)),
      compare(cast(columnExpr(y), types.int8), '=', literalExpr(1n, types.int8)),
      isNull(columnExpr(y), true),
      not(positive),
      and(positive, compare(x, '=', int(1))),
      or(positive, compare(bk, '=', x)),
      isBool(positive, true),
      isBool(positive, false),
      { kind: 'in-list', operand: columnExpr(y), items: [int(1)], negated: true },
      { kind: 'coalesce', args: [columnExpr(y), columnExpr(bk)], type: types.bool },
      quantified('any', list),
      when(positive),
      bool(false),
      bool(null),
    ];
    for (const predicate of rejecting) expect(rejects(predicate), printExpr(predicate)).toBe(true);
  });

  it('is in doubt about everything else', () => {
    const passing: readonly Expr[] = [
      isNull(columnExpr(y)),
      compare(y, 'is-distinct', int(1)),
      compare(y, 'is-not-distinct', bk),
      or(positive, compare(x, '=', int(1))),
      not(and(positive, compare(x, '=', int(1)))),
      isBool(positive, true, true),
      isBool(positive, false, true),
      compare({ kind: 'coalesce', args: [columnExpr(y), int(1)], type: types.int4 }, '=', int(1)),
      quantified('all', list),
      when(bool(true)),
      compare(
        { ...call(y), fn: { id: 'g(x)', volatility: 'immutable', mayFail: false, strict: false } } as Expr,
        '>',
        int(0),
      ),
      bool(true),
    ];
    for (const predicate of passing) expect(rejects(predicate), printExpr(predicate)).toBe(false);
  });
});

describe('eliminate-outer-join', () => {
  const join = (type: JoinType): LogicalPlan => ({
    kind: 'join',
    type,
    left: scanOf('a', k, x),
    right: scanOf('b', bk, y),
    on: [compare(k, '=', bk)],
  });
  const typeAfter = (type: JoinType, ...predicates: Expr[]): string | undefined =>
    /Join (\w+)/.exec(rewrittenText(eliminateOuterJoin, { kind: 'filter', input: join(type), predicates }))?.[1];

  it('knows which rows each join adds', () => {
    const [left, right] = [compare(x, '>', int(0)), positive];
    expect(typeAfter('left', right)).toBe('inner');
    expect(typeAfter('left', left)).toBe('left');
    expect(typeAfter('right', left)).toBe('inner');
    expect(typeAfter('right', right)).toBe('right');
    expect(typeAfter('full', left)).toBe('left');
    expect(typeAfter('full', right)).toBe('right');
    expect(typeAfter('full', left, right)).toBe('inner');
    expect(typeAfter('full', compare(x, '=', y))).toBe('inner');
  });

  it('calls nothing volatile for other rows than before', () => {
    expect(typeAfter('left', compare(call(x, { volatility: 'volatile' }), '>', int(0)), positive)).toBe('left');
  });

  it('looks through the joins above, on the sides that they do not keep', () => {
    const c = newColumn('c');
    const above = (type: JoinType): LogicalPlan => ({
      kind: 'join',
      type,
      left: join('left'),
      right: scanOf('c', c),
      on: [compare(y, '=', c)],
    });
    const below = (type: JoinType): string | undefined =>
      /Join \w+[^\n]*\n\s+Join (\w+)/.exec(rewrittenText(eliminateOuterJoin, above(type)))?.[1];
    for (const type of ['inner', 'semi', 'right'] as const) expect(below(type)).toBe('inner');
    for (const type of ['left', 'full', 'anti'] as const) expect(below(type)).toBe('left');
  });
});
