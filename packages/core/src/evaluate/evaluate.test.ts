import { describe, expect, test } from 'vitest';
import type { CompareOp, Expr } from '../expr/expr.ts';
import { testContext, typeNamed } from '../functions/cases/function-case.ts';
import { defineScalarFunction } from '../functions/definition.ts';
import { createFunctionRegistry } from '../functions/registry.ts';
import { standardFunctions } from '../functions/standard.ts';
import { arrayOf, type DataType, types } from '../types/data-type.ts';
import type { ColumnId } from '../types/field.ts';
import type { Value } from '../types/value.ts';
import { constantVector, valuesOf } from '../vector/access.ts';
import { vectorFromValues } from '../vector/builder.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluationInput } from './evaluation.ts';
import { evaluatePredicate } from './predicate.ts';

const column = (id: number, type: DataType): Expr => ({ kind: 'column', id: id as ColumnId, type });
const literal = (type: DataType, value: Value): Expr => ({ kind: 'literal', type, value });
const int = (value: number | null): Expr => literal(types.int4, value);
const bool = (value: boolean | null): Expr => literal(types.bool, value);
const compare = (op: CompareOp, left: Expr, right: Expr): Expr => ({ kind: 'compare', op, left, right });
const call = (id: string, args: readonly Expr[], type: DataType): Expr => {
  const fn = standardFunctions.byId(id);
  if (fn === undefined) throw new Error(`no function ${id}`);
  return { kind: 'call', fn, args, type };
};
const branch = (when: Expr, then: Expr): { when: Expr; then: Expr } => ({ when, then });
const divide = (left: Expr, right: Expr): Expr => call('/(int4,int4)', [left, right], types.int4);

function inputOf(...vectors: ColumnVector[]): EvaluationInput {
  return { rowCount: vectors[0]?.length ?? 1, column: (id) => vectors[id as number]! };
}
const ints = (...values: (number | null)[]): ColumnVector => vectorFromValues(types.int4, values);
const bools = (...values: (boolean | null)[]): ColumnVector => vectorFromValues(types.bool, values);
const run = (expr: Expr, input: EvaluationInput): Value[] => valuesOf(evaluate(expr, input, testContext()));

describe('three-valued logic', () => {
  const left = bools(true, true, true, false, false, false, null, null, null);
  const right = bools(true, false, null, true, false, null, true, false, null);
  const operands = [column(0, types.bool), column(1, types.bool)];
  test('AND, OR and NOT', () => {
    const input = inputOf(left, right);
    expect(run({ kind: 'and', operands }, input)).toEqual([true, false, null, false, false, false, null, false, null]);
    expect(run({ kind: 'or', operands }, input)).toEqual([true, true, true, true, false, null, true, null, null]);
    expect(run({ kind: 'not', operand: operands[1]! }, input).slice(0, 3)).toEqual([false, true, null]);
  });
  test('IS NULL, IS TRUE, IS NOT FALSE', () => {
    const input = inputOf(bools(true, false, null));
    const operand = column(0, types.bool);
    expect(run({ kind: 'is-null', operand, negated: false }, input)).toEqual([false, false, true]);
    expect(run({ kind: 'is-null', operand, negated: true }, input)).toEqual([true, true, false]);
    expect(run({ kind: 'is-bool', operand, value: true, negated: false }, input)).toEqual([true, false, false]);
    expect(run({ kind: 'is-bool', operand, value: false, negated: true }, input)).toEqual([true, false, true]);
  });
  test('empty conjunctions and disjunctions', () => {
    expect(run({ kind: 'and', operands: [] }, inputOf(ints(1, 2)))).toEqual([true, true]);
    expect(run({ kind: 'or', operands: [] }, inputOf(ints(1, 2)))).toEqual([false, false]);
  });
});

describe('laziness', () => {
  const x = column(0, types.int4);
  const isSmall = compare('<', divide(int(10), x), int(3));
  const isZero = compare('=', x, int(0));
  test('no row raises no error, whatever a constant column holds', () => {
    const none: EvaluationInput = { rowCount: 0, column: () => constantVector(types.int4, 0, 0) };
    expect(run(divide(int(10), x), none)).toEqual([]);
    expect(run(isSmall, none)).toEqual([]);
  });
  test('AND and OR leave out what is decided', () => {
    const input = inputOf(ints(0, 2, 5, null));
    const notZero = compare('<>', x, int(0));
    expect(run({ kind: 'and', operands: [notZero, isSmall] }, input)).toEqual([false, false, true, null]);
    expect(run({ kind: 'or', operands: [isZero, isSmall] }, input)).toEqual([true, false, true, null]);
    expect(() => run({ kind: 'and', operands: [isSmall, notZero] }, input)).toThrow('division by zero');
  });
  test('CASE evaluates the branch it takes', () => {
    const input = inputOf(ints(0, 2, 5, null));
    const branches = [branch(isZero, int(-1))];
    expect(run({ kind: 'case', branches, otherwise: divide(int(10), x), type: types.int4 }, input)).toEqual([
      -1,
      5,
      2,
      null,
    ]);
  });
  test('CASE with a constant condition never reaches a constant that fails', () => {
    const branches = [branch(bool(true), int(1))];
    const failing = divide(int(1), int(0));
    expect(run({ kind: 'case', branches, otherwise: failing, type: types.int4 }, inputOf(ints(7, 8)))).toEqual([1, 1]);
    expect(() => run(failing, inputOf(ints(7)))).toThrow('division by zero');
    expect(run(failing, inputOf(ints()))).toEqual([]);
  });
  test('COALESCE stops at the first value', () => {
    const input = inputOf(ints(1, null, 3), ints(0, 5, 0));
    const second = divide(int(10), column(1, types.int4));
    expect(run({ kind: 'coalesce', args: [x, second], type: types.int4 }, input)).toEqual([1, 2, 3]);
    expect(run({ kind: 'coalesce', args: [x, int(null)], type: types.int4 }, input)).toEqual([1, null, 3]);
  });
  test('a NULL operand of a strict function raises nothing', () => {
    const zero = column(1, types.int4);
    expect(run(divide(x, zero), inputOf(ints(null, 4), ints(0, 2)))).toEqual([null, 2]);
  });
});

describe('comparison', () => {
  const answers = (type: DataType, left: readonly Value[], right: readonly Value[]): Value[] =>
    run(
      compare('<', column(0, type), column(1, type)),
      inputOf(vectorFromValues(type, left), vectorFromValues(type, right)),
    );
  const againstConstant = (type: DataType, values: readonly Value[], constant: Value, op: CompareOp = '<'): Value[] =>
    run(compare(op, column(0, type), literal(type, constant)), inputOf(vectorFromValues(type, values)));
  test('int8 beyond 2^53, by halves', () => {
    const values = [9_007_199_254_740_993n, -1n, 1n, -9_223_372_036_854_775_808n, null, 4_294_967_296n];
    const others = [9_007_199_254_740_994n, 1n, -1n, 9_223_372_036_854_775_807n, 1n, 4_294_967_295n];
    expect(answers(types.int8, values, others)).toEqual([true, true, false, true, null, false]);
    expect(againstConstant(types.int8, values, 1n)).toEqual([false, true, false, true, null, false]);
    expect(againstConstant(types.int8, values, 4_294_967_296n, '=')).toEqual([false, false, false, false, null, true]);
  });
  test('floats: NaN is greatest and equal to itself, -0 equals 0', () => {
    expect(againstConstant(types.float8, [1, Number.NaN, Infinity, -0], Number.NaN)).toEqual([true, false, true, true]);
    expect(againstConstant(types.float8, [1, Number.NaN, Infinity, -0], Number.NaN, '=')).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(againstConstant(types.float8, [-0], 0, '=')).toEqual([true]);
  });
  test('text by UTF-8 bytes', () => {
    const values = ['a', 'Z', 'é', '\u{1f600}', '\uffff', ''];
    expect(againstConstant(types.text, values, '\uffff')).toEqual([true, true, true, false, false, true]);
    expect(answers(types.text, ['a', 'ab', 'b'], ['ab', 'a', 'b'])).toEqual([true, false, false]);
  });
  test('numeric of different scales and layouts', () => {
    const scaled: DataType = { kind: 'numeric', precision: 10, scale: 2 };
    const input = inputOf(vectorFromValues(scaled, ['1.50', '2.00']), vectorFromValues(types.numeric, ['1.5', 'NaN']));
    const sides = [column(0, scaled), column(1, types.numeric)] as const;
    expect(run(compare('=', ...sides), input)).toEqual([true, false]);
    expect(run(compare('<', ...sides), input)).toEqual([false, true]);
  });
  test('decimals, also where doubles are not exact', () => {
    const two: DataType = { kind: 'numeric', precision: 38, scale: 2 };
    const four: DataType = { kind: 'numeric', precision: 38, scale: 4 };
    const big = '123456789012345678901234567890.12';
    const input = inputOf(
      vectorFromValues(two, ['1.50', '-2.00', big, '90071992547409.93', null]),
      vectorFromValues(four, ['1.5000', '2', `${big}01`, '90071992547409.9301', '1']),
    );
    const sides = [column(0, two), column(1, four)] as const;
    expect(run(compare('=', ...sides), input)).toEqual([true, false, false, false, null]);
    expect(run(compare('<', ...sides), input)).toEqual([false, true, true, true, null]);
    const against = (op: CompareOp, value: string): Value[] =>
      run(compare(op, column(0, two), literal(types.numeric, value)), input);
    expect(against('=', '1.5')).toEqual([true, false, false, false, null]);
    expect(against('>', '90071992547409.929')).toEqual([false, false, true, true, null]);
    expect(against('<', 'NaN')).toEqual([true, true, true, true, null]);
    expect(against('>=', big)).toEqual([false, false, true, false, null]);
  });
  test('IS [NOT] DISTINCT FROM', () => {
    const input = inputOf(ints(1, null, null, 2), ints(1, null, 1, 3));
    const sides = [column(0, types.int4), column(1, types.int4)] as const;
    expect(run(compare('is-distinct', ...sides), input)).toEqual([false, false, true, true]);
    expect(run(compare('is-not-distinct', ...sides), input)).toEqual([true, true, false, false]);
  });
  test('arrays, intervals and jsonb', () => {
    expect(
      answers(
        arrayOf(types.int4),
        [[1, 2], [1], [1, null]],
        [
          [1, 3],
          [1, 2],
          [1, 2],
        ],
      ),
    ).toEqual([true, true, false]);
    const month = { months: 1, days: 0, micros: 0n };
    const days = { months: 0, days: 30, micros: 0n };
    expect(againstConstant(types.interval, [month, days], days, '=')).toEqual([true, true]);
    expect(againstConstant(types.jsonb, ['{"a": 1}', '[1.0]'], '[1]', '=')).toEqual([false, true]);
  });
  test('dictionaries are compared once a value', () => {
    const dictionary = vectorFromValues(types.text, ['a', 'b']) as Extract<ColumnVector, { kind: 'bytes' }>;
    const codes = Int32Array.of(0, 1, 1, 0);
    const vector: ColumnVector = {
      kind: 'dictionary',
      type: types.text,
      length: 4,
      validity: Uint8Array.of(0b0111),
      codes,
      dictionary,
    };
    expect(run(compare('=', column(0, types.text), literal(types.text, 'b')), inputOf(vector))).toEqual([
      false,
      true,
      true,
      null,
    ]);
    const items = ['a', 'x', 'y', 'z'].map((value) => literal(types.text, value));
    expect(run({ kind: 'in-list', operand: column(0, types.text), items, negated: false }, inputOf(vector))).toEqual([
      true,
      false,
      false,
      null,
    ]);
  });
});

describe('IN and quantified comparisons', () => {
  const x = column(0, types.int4);
  const inList = (items: readonly Expr[], negated = false): Expr => ({ kind: 'in-list', operand: x, items, negated });
  test('IN is three-valued, with few items and with many', () => {
    const input = inputOf(ints(1, 9, null));
    for (const filler of [[], [int(5), int(6), int(7)]]) {
      expect(run(inList([int(1), ...filler]), input)).toEqual([true, false, null]);
      expect(run(inList([int(1), int(null), ...filler]), input)).toEqual([true, null, null]);
      expect(run(inList([int(1), int(null), ...filler], true), input)).toEqual([false, null, null]);
    }
  });
  test('IN over numerics, floats and columns', () => {
    const numerics = ['1.50', '2', '3', '4'].map((value) => literal(types.numeric, value));
    const operand = column(0, types.numeric);
    const input = inputOf(vectorFromValues(types.numeric, ['1.5', '2.00', '7']));
    expect(run({ kind: 'in-list', operand, items: numerics, negated: false }, input)).toEqual([true, true, false]);
    const floats = [0, Number.NaN, 3, 4].map((value) => literal(types.float8, value));
    const floatInput = inputOf(vectorFromValues(types.float8, [-0, Number.NaN, 5]));
    expect(
      run({ kind: 'in-list', operand: column(0, types.float8), items: floats, negated: false }, floatInput),
    ).toEqual([true, true, false]);
    expect(run(inList([column(1, types.int4), int(3)]), inputOf(ints(1, 2, 3), ints(1, 9, 9)))).toEqual([
      true,
      false,
      true,
    ]);
  });
  test('ANY and ALL', () => {
    const type = arrayOf(types.int4);
    const quantified = (op: CompareOp, quantifier: 'any' | 'all', items: Value): Value[] =>
      run({ kind: 'quantified', op, quantifier, left: x, right: literal(type, items) }, inputOf(ints(1, 5, null)));
    expect(quantified('=', 'any', [1, 2])).toEqual([true, false, null]);
    expect(quantified('=', 'any', [1, null, 3, 4])).toEqual([true, null, null]);
    expect(quantified('=', 'any', [])).toEqual([false, false, false]);
    expect(quantified('<', 'all', [])).toEqual([true, true, true]);
    expect(quantified('<', 'all', [3, 4])).toEqual([true, false, null]);
    expect(quantified('<>', 'all', [5, null])).toEqual([null, false, null]);
    expect(quantified('=', 'any', null)).toEqual([null, null, null]);
    expect(quantified('is-distinct', 'any', [1, null])).toEqual([true, true, true]);
    expect(quantified('is-not-distinct', 'any', [1, null])).toEqual([true, false, true]);
    expect(quantified('is-distinct', 'all', [5, null])).toEqual([true, false, false]);
  });
});

describe('constants, parameters and volatility', () => {
  test('stable subtrees are evaluated once per context, volatile ones once per row', () => {
    let calls = 0;
    const counted = (name: string, volatility: 'stable' | 'volatile') =>
      defineScalarFunction({ name, args: [], returns: types.int4, volatility, mayFail: false, row: () => ++calls });
    const functions = createFunctionRegistry(
      [counted('tick', 'stable'), counted('tock', 'volatile')],
      standardFunctions,
    );
    const context = testContext({ functions });
    const input = inputOf(ints(1, 2, 3));
    const of = (id: string): Expr => ({ kind: 'call', fn: functions.byId(id)!, args: [], type: types.int4 });
    const tick = of('tick()');
    expect(valuesOf(evaluate(tick, input, context))).toEqual([1, 1, 1]);
    expect(valuesOf(evaluate(tick, input, context))).toEqual([1, 1, 1]);
    expect(valuesOf(evaluate(of('tock()'), input, context))).toEqual([2, 3, 4]);
  });
  test('a duplicate function is refused', () => {
    expect(() => createFunctionRegistry([standardFunctions.definitions[0]!], standardFunctions)).toThrow(
      'defined already',
    );
  });
  test('parameters in text, binary and as values', () => {
    const bytes = (text: string, format: 0 | 1) =>
      ({ kind: 'bytes', bytes: new TextEncoder().encode(text), format }) as const;
    const context = testContext({
      parameters: [
        bytes('42', 0),
        { kind: 'bytes', bytes: Uint8Array.of(0, 0, 1, 0), format: 1 },
        { kind: 'value', value: 7 },
        null,
        bytes('x', 0),
      ],
    });
    const parameter = (index: number): Expr => ({ kind: 'parameter', index, type: types.int4 });
    const value = (index: number): Value[] => valuesOf(evaluate(parameter(index), inputOf(ints(1, 2)), context));
    expect([1, 2, 3, 4].map(value)).toEqual([
      [42, 42],
      [256, 256],
      [7, 7],
      [null, null],
    ]);
    expect(() => value(5)).toThrow('invalid input syntax for type integer: "x"');
    expect(() => value(6)).toThrow('there is no parameter $6');
  });
  test('ARRAY[...] and subscripts', () => {
    const type = arrayOf(types.int4);
    const array: Expr = { kind: 'array', items: [column(0, types.int4), int(null), int(9)], type };
    const input = inputOf(ints(1, 2));
    expect(run(array, input)).toEqual([
      [1, null, 9],
      [2, null, 9],
    ]);
    expect(run(call('array_subscript(anyarray,int4)', [array, int(3)], types.int4), input)).toEqual([9, 9]);
    expect(run({ kind: 'array', items: [], type: typeNamed('text[]') }, input)).toEqual([[], []]);
  });
});

describe('evaluatePredicate', () => {
  const x = column(0, types.int4);
  test('drops a row at its first predicate that is not TRUE', () => {
    const input = inputOf(ints(0, 1, 2, null, 5));
    const nonZero = compare('<>', x, int(0));
    const big = compare('>', divide(int(10), x), int(4));
    expect([...evaluatePredicate([nonZero, big], input, testContext())]).toEqual([1, 2]);
    expect([...evaluatePredicate([], input, testContext())]).toEqual([0, 1, 2, 3, 4]);
    expect([...evaluatePredicate(bool(null), input, testContext())]).toEqual([]);
    expect(() => evaluatePredicate([big, nonZero], input, testContext())).toThrow('division by zero');
  });
});
