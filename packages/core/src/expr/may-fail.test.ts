import { describe, expect, it } from 'vitest';
import { types } from '../types/data-type.ts';
import type { ColumnId } from '../types/field.ts';
import type { Value } from '../types/value.ts';
import type { Expr } from './expr.ts';
import { mayFail, mayFailPerRow } from './may-fail.ts';
import { sameExpr } from './same-expr.ts';

const column: Expr = { kind: 'column', id: 1 as ColumnId, type: types.int4 };
const literal = (value: Value): Expr => ({ kind: 'literal', value, type: types.int4 });
const call = (fails: boolean, arg: Expr, volatility: 'immutable' | 'stable' | 'volatile' = 'immutable'): Expr => ({
  kind: 'call',
  fn: { id: 'f(int4)', volatility, mayFail: fails, strict: true },
  args: [arg],
  type: types.int4,
});
const greater = (left: Expr, right: Expr): Expr => ({ kind: 'compare', op: '>', left, right });
const cast = (operand: Expr, kind: 'int8' | 'int2'): Expr => ({
  kind: 'cast',
  operand,
  type: types[kind],
  context: 'explicit',
});

describe('mayFail', () => {
  it('is about calls and casts, anywhere in the tree', () => {
    expect(mayFail(greater(column, literal(1)))).toBe(false);
    expect(mayFail({ kind: 'parameter', index: 1, type: types.int4 })).toBe(false);
    expect(mayFail(call(false, column))).toBe(false);
    expect(mayFail({ kind: 'not', operand: greater(call(true, column), literal(1)) })).toBe(true);
    expect(mayFail(cast(column, 'int8'))).toBe(false);
    expect(mayFail(cast(column, 'int2'))).toBe(true);
  });

  it('is not about dates and times that are written out', () => {
    const read = (
      text: string,
      kind: 'date' | 'timestamp' | 'timestamptz' | 'int4',
      from: 'unknown' | 'text' = 'unknown',
    ) =>
      mayFail({
        kind: 'cast',
        operand: { kind: 'literal', value: text, type: types[from] },
        type: types[kind],
        context: 'implicit',
      });
    expect(read('2024-05-01', 'date')).toBe(false);
    expect(read('2024-05-01 12:00', 'timestamptz')).toBe(false);
    expect(read('today', 'timestamp', 'text')).toBe(false);
    expect(read('infinity', 'date')).toBe(false);
    expect(read('2024-02-30', 'date')).toBe(true);
    expect(read('soon', 'timestamptz')).toBe(true);
    expect(read('294246-12-31', 'timestamptz')).toBe(true);
    expect(read('4714-11-24 BC', 'timestamptz')).toBe(true);
    expect(read('1', 'int4')).toBe(true);
  });

  it('per row leaves out what has no columns', () => {
    expect(mayFailPerRow(greater(column, call(true, literal(0), 'stable')))).toBe(false);
    expect(mayFailPerRow(greater(column, cast(literal(70_000), 'int2')))).toBe(false);
    expect(mayFailPerRow(greater(call(true, column), literal(0)))).toBe(true);
    expect(mayFailPerRow(call(true, call(false, column)))).toBe(true);
    expect(mayFailPerRow(call(true, literal(0), 'volatile'))).toBe(true);
  });
});

describe('sameExpr', () => {
  it('compares structure and values', () => {
    expect(sameExpr(greater(column, literal(1)), greater({ ...column }, literal(1)))).toBe(true);
    expect(sameExpr(greater(column, literal(1)), greater(column, literal(2)))).toBe(false);
    expect(sameExpr(greater(column, literal(1)), greater(literal(1), column))).toBe(false);
    expect(sameExpr(literal(Number.NaN), literal(Number.NaN))).toBe(true);
    expect(sameExpr(literal(0), literal(-0))).toBe(false);
    expect(sameExpr(literal(1n), literal(1))).toBe(false);
    expect(sameExpr(literal(new Uint8Array([1])), literal(new Uint8Array([1])))).toBe(true);
    expect(sameExpr(literal(new Uint8Array([1])), literal(new Uint8Array([2])))).toBe(false);
    expect(sameExpr(literal([1, null]), literal([1, null]))).toBe(true);
    expect(sameExpr(literal(null), literal([]))).toBe(false);
  });
});
