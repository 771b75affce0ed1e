import { type Expr, types } from '@millrace/core';
import { columnExpr, type JoinType, type LogicalPlan, printExpr, printPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { excludedMiddle, nullIsFalse, sameIsEqual, swappedOperands } from './mutants/simplify-predicates.ts';
import { simplifyExpr } from './shared/simplify-boolean.ts';
import { simplifyPredicates } from './simplify-predicates.ts';
import {
  and,
  bool,
  call,
  compare,
  fallible,
  int,
  newColumn,
  not,
  or,
  parameter,
  rewritten,
  rewrittenText,
  scanOf,
} from './testing/fixture.ts';

ruleSuite(simplifyPredicates, {
  shapes: [['filter', 'scan'], ['project', 'scan'], ['join'], ['filter'], ['aggregate', 'filter']],
  minFired: 0.2,
  limits: 'prefix',
  mutants: [excludedMiddle, nullIsFalse, sameIsEqual, swappedOperands],
});

const k = newColumn('k');
const x = newColumn('x');
const p = newColumn('p', types.bool);
const a = scanOf('a', k, x, p);
const positive = compare(x, '>', int(0));
const filter = (...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input: a, predicates });
const list = (...predicates: Expr[]): string =>
  rewrittenText(simplifyPredicates, filter(...predicates)).split('\n')[0] ?? '';
const label = (id: number): string => ({ [k.id]: 'k', [x.id]: 'x', [p.id]: 'p' })[id] ?? '?';
const simple = (expr: Expr): string => printExpr(simplifyExpr(expr), label);

describe('anywhere', () => {
  it('NOT moves into what it negates', () => {
    expect(simple(not(not(positive)))).toBe('x > 0');
    expect(simple(not(compare(x, '<', k)))).toBe('x >= k');
    expect(simple(not(compare(x, 'is-distinct', k)))).toBe('x IS NOT DISTINCT FROM k');
    expect(simple(not({ kind: 'in-list', operand: columnExpr(x), items: [int(1), int(2)], negated: false }))).toBe(
      'x NOT IN (1, 2)',
    );
    expect(simple(not({ kind: 'is-null', operand: columnExpr(x), negated: false }))).toBe('x IS NOT NULL');
    expect(simple(not(bool(null)))).toBe('NULL');
    const list = parameter(1, { kind: 'array', item: types.int4 });
    expect(simple(not({ kind: 'quantified', op: '=', quantifier: 'any', left: columnExpr(x), right: list }))).toBe(
      'x <> ALL ($1)',
    );
  });

  it('AND and OR lose what is neutral, repeated or behind the decision', () => {
    const q = columnExpr(p);
    expect(simple(and(q, and(bool(true), positive), q))).toBe('p AND (x > 0)');
    expect(simple(or(q, bool(false)))).toBe('p');
    expect(simple(and(bool(true), bool(true)))).toBe('true');
    expect(simple(and(q, bool(false), positive))).toBe('false');
    expect(simple(or(q, positive, bool(true)))).toBe('true');
    expect(simple(and(q, bool(null)))).toBe('p AND NULL');
    const random = compare(call(x, { volatility: 'volatile' }), '>', int(0));
    expect(simple(and(random, random))).toBe('(f(x) > 0) AND (f(x) > 0)');
  });

  it('an operand that may fail is never dropped, nor is its guard', () => {
    expect(simple(and(columnExpr(p), fallible(x), bool(false)))).toBe('p AND (f(x) > 0) AND false');
    expect(simple(and(fallible(x), bool(false), columnExpr(p)))).toBe('(f(x) > 0) AND false');
    expect(simple(compare(call(x, { mayFail: true }), '=', { kind: 'literal', value: null, type: types.int4 }))).toBe(
      'f(x) = NULL',
    );
  });

  it('comparisons with NULL, IN of one item, tests of literals', () => {
    const nothing: Expr = { kind: 'literal', value: null, type: types.int4 };
    expect(simple(compare(x, '=', nothing))).toBe('NULL');
    expect(simple(compare(nothing, 'is-distinct', x))).toBe('x IS NOT NULL');
    expect(simple({ kind: 'in-list', operand: columnExpr(x), items: [int(1)], negated: true })).toBe('x <> 1');
    expect(simple({ kind: 'is-null', operand: nothing, negated: false })).toBe('true');
    expect(simple({ kind: 'is-bool', operand: bool(null), value: true, negated: true })).toBe('true');
    expect(simple({ kind: 'is-bool', operand: bool(false), value: false, negated: false })).toBe('true');
  });

  it('keeps identity where nothing is simpler', () => {
    for (const expr of [
      positive,
      and(columnExpr(p), positive),
      or(fallible(x), bool(true)),
      not(and(columnExpr(p), positive)),
    ]) {
      expect(simplifyExpr(expr)).toBe(expr);
    }
  });
});

describe('lists', () => {
  it('hold only what decides', () => {
    expect(list(positive, bool(true), not(not(positive)))).toBe('Filter x > 0');
    expect(list(bool(true))).toBe('Scan a [k, x, p]');
    expect(list({ kind: 'is-bool', operand: columnExpr(p), value: true, negated: false })).toBe('Filter p');
    expect(list(positive, bool(null))).toBe('Values [k, x, p]');
    expect(list(fallible(x), bool(null), positive)).toBe('Filter f(x) > 0, false');
  });

  it('take AND apart only behind its last operand that may fail', () => {
    expect(list(and(columnExpr(p), positive))).toBe('Filter p, x > 0');
    expect(list(and(fallible(x), columnExpr(p)))).toBe('Filter f(x) > 0, p');
    expect(list(and(columnExpr(p), fallible(x), positive))).toBe('Filter p AND (f(x) > 0), x > 0');
    const tied = filter(and(columnExpr(p), fallible(x)));
    expect(rewritten(simplifyPredicates, tied)).toBe(tied);
  });

  it('of nothing keep an input that may fail', () => {
    const inner = filter(fallible(x));
    expect(rewrittenText(simplifyPredicates, { kind: 'filter', input: inner, predicates: [bool(false)] })).toBe(
      'Filter false\n  Filter f(x) > 0\n    Scan a [k, x, p]',
    );
  });

  it('of a join are simplified, but the join stays', () => {
    const b = scanOf('b', newColumn('k2'));
    const on = (type: JoinType): LogicalPlan => ({ kind: 'join', type, left: a, right: b, on: [bool(null), positive] });
    expect(rewrittenText(simplifyPredicates, on('left')).split('\n')[0]).toBe('Join left on false');
    expect(
      printPlan(
        rewritten(simplifyPredicates, { kind: 'join', type: 'inner', left: a, right: b, on: [bool(true)] }),
      ).split('\n')[0],
    ).toBe('Join inner');
  });

  it('in the SELECT list NULL is not FALSE', () => {
    const q = newColumn('q', types.bool);
    const project: LogicalPlan = {
      kind: 'project',
      input: a,
      assignments: [{ column: q, expr: and(columnExpr(p), bool(null)) }],
    };
    expect(rewritten(simplifyPredicates, project)).toBe(project);
  });
});
