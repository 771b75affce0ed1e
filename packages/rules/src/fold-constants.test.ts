import { type DataType, type Expr, types } from '@millrace/core';
import { columnExpr, literalExpr } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { foldConstants } from './fold-constants.ts';
import { coalesceEndsEarly, failingCastIsNull, nowIsConstant, smallestType } from './mutants/fold-constants.ts';
import { constantOf } from './shared/constant-value.ts';
import { bool, compare, int, newColumn, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(foldConstants, {
  shapes: [['filter', 'scan'], ['project', 'scan'], ['join'], ['aggregate', 'scan']],
  minFired: 0.2,
  favor: 'casts',
  mutants: [failingCastIsNull, nowIsConstant, coalesceEndsEarly, smallestType],
});

const cast = (value: string, type: DataType): Expr => ({
  kind: 'cast',
  operand: literalExpr(value, types.unknown),
  type,
  context: 'explicit',
});

describe('fold-constants', () => {
  const x = newColumn('x');
  const folded = (expr: Expr): string =>
    rewrittenText(foldConstants, { kind: 'filter', input: scanOf('a', x), predicates: [expr] }).split('\n')[0] ?? '';
  const choice = (branches: readonly (readonly [Expr, Expr])[], otherwise: Expr): Expr => ({
    kind: 'compare',
    op: '=',
    left: {
      kind: 'case',
      branches: branches.map(([when, then]) => ({ when, then })),
      otherwise,
      type: types.int4,
    },
    right: int(7),
  });

  it('drops the branches of a CASE that nobody can reach', () => {
    const isBig = compare(x, '>', int(1));
    expect(folded(choice([[bool(null), int(1)]], columnExpr(x)))).toBe('Filter x = 7');
    expect(folded(choice([[bool(false), int(1)]], columnExpr(x)))).toBe('Filter x = 7');
    expect(
      folded(
        choice(
          [
            [isBig, int(1)],
            [bool(true), int(2)],
            [isBig, int(3)],
          ],
          int(4),
        ),
      ),
    ).toBe('Filter CASE WHEN x > 1 THEN 1 ELSE 2 END = 7');
  });

  it('keeps what may be NULL in a COALESCE', () => {
    const coalesce = (...args: Expr[]): Expr => ({
      kind: 'compare',
      op: '=',
      left: { kind: 'coalesce', args, type: types.int4 },
      right: int(7),
    });
    expect(folded(coalesce(literalExpr(null, types.int4), columnExpr(x), int(2), int(3)))).toBe(
      'Filter COALESCE(x, 2) = 7',
    );
    expect(folded(coalesce(literalExpr(null, types.int4), columnExpr(x)))).toBe('Filter x = 7');
  });
});

describe('constantOf', () => {
  it.each<[string, Expr, unknown]>([
    ['a date that is written out', cast('2024-05-01', types.date), 19_844],
    ['a moment with its zone', cast('2024-05-01 00:00:00+02', types.timestamptz), 1_714_514_400_000_000n],
    ['a number', cast('12', types.int8), 12n],
    ['an interval', cast('1 day', types.interval), { months: 0, days: 1, micros: 0n }],
    ['a text of any length that is not long', cast('x'.repeat(1_000), types.text), 'x'.repeat(1_000)],
  ])('%s', (_, expr, value) => expect(constantOf(expr)).toMatchObject({ kind: 'literal', value }));

  it.each<[string, Expr]>([
    ['the day of the clock', cast('today', types.date)],
    ['a moment of the session', cast('2024-05-01', types.timestamptz)],
    ['the text of a float', { ...cast('', types.text), operand: literalExpr(0.1, types.float8) } as Expr],
    ['the text of bytes', { ...cast('', types.text), operand: literalExpr(new Uint8Array([1]), types.bytea) } as Expr],
    ['the number of a table', cast('a', types.regclass)],
    ['what fails', cast('x', types.int4)],
    ['a parameter', { kind: 'parameter', index: 1, type: types.int4 }],
    ['what is large', call('repeat(text,int4)', [literalExpr('x', types.text), literalExpr(1_000_000, types.int4)])],
    ['what may take long', call('~(text,text)', [literalExpr('x', types.text), literalExpr('(x+)+$', types.text)])],
    ['a long text', cast('x'.repeat(1_001), types.text)],
  ])('%s is none', (_, expr) => expect(constantOf(expr)).toBeNull());
});

function call(id: string, args: readonly Expr[]): Expr {
  return { kind: 'call', fn: { id, volatility: 'immutable', mayFail: true, strict: true }, args, type: types.text };
}
