import {
  columnsRead,
  compareValues,
  type DataType,
  DEFAULT_FORMAT,
  type EvaluationContext,
  type Expr,
  evaluate,
  MillraceError,
  standardFunctions,
  typeOf,
  types,
  type Value,
  valueAt,
} from '@millrace/core';
import { literalExpr } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newColumn } from '../testing/fixture.ts';
import { imageOf, isMonotone, isTotal } from './monotone.ts';

const CONTEXT = { parameters: [], format: DEFAULT_FORMAT } as unknown as EvaluationContext;
const DAY = 86_400_000_000n;

function call(id: string, ...args: readonly Expr[]): Expr {
  const signature = standardFunctions.byId(id)!;
  const { volatility, mayFail, strict, returns } = signature;
  const type = typeof returns === 'function' ? returns(args.map(typeOf)) : returns;
  return { kind: 'call', fn: { id, volatility, mayFail, strict }, args, type: type as DataType };
}
const column = (type: DataType): Expr => ({ kind: 'column', id: newColumn('c', type).id, type });
const cast = (operand: Expr, type: DataType): Expr => ({ kind: 'cast', operand, type, context: 'explicit' });
const text = (value: string): Expr => literalExpr(value, types.text);
const [ts, tz, date, int4, int8, float] = [
  types.timestamp,
  types.timestamptz,
  types.date,
  types.int4,
  types.int8,
  types.float8,
].map(column) as [Expr, Expr, Expr, Expr, Expr, Expr];
const utc = call('timezone(text,timestamptz)', text('UTC'), tz);
const hours = literalExpr({ months: 0, days: 0, micros: 3n * 3_600_000_000n }, types.interval);

const RISING: readonly (readonly [what: string, expr: Expr, isTotal: boolean])[] = [
  ['the day in UTC', cast(utc, types.date), true],
  ['the month', call('date_trunc(text,timestamp)', text('month'), ts), false],
  ['the hour in UTC', call('date_trunc(text,timestamp)', text('hour'), utc), true],
  ['the year', call('extract(text,timestamp)', text('year'), utc), true],
  ['the year as an integer', cast(call('extract(text,date)', text('year'), date), types.int4), false],
  ['a third', call('/(int4,int4)', int4, literalExpr(3, types.int4)), true],
  ['a thousandth', call('/(int8,int8)', int8, literalExpr(1000n, types.int8)), true],
  [
    'a bucket of three hours',
    call('date_bin(interval,timestamp,timestamp)', hours, ts, literalExpr(0n, types.timestamp)),
    false,
  ],
  ['rounded', cast(float, types.int4), false],
  ['rounded down', call('floor(float8)', float), true],
  ['wider', cast(int4, types.int8), false],
];

const OTHER: readonly (readonly [what: string, expr: Expr])[] = [
  ['the day in New York', cast(call('timezone(text,timestamptz)', text('America/New_York'), tz), types.date)],
  ['the day of the session', cast(tz, types.date)],
  ['the hour of the day', call('extract(text,timestamp)', text('hour'), ts)],
  ['divided by a negative number', call('/(int4,int4)', int4, literalExpr(-3, types.int4))],
  ['divided by a column', call('/(int4,int4)', int4, int4)],
  ['a remainder', call('%(int4,int4)', int4, literalExpr(3, types.int4))],
  ['negated', call('-(int4)', int4)],
  ['a coalesce', { kind: 'coalesce', args: [int4, literalExpr(0, types.int4)], type: types.int4 }],
  ['text', cast(int4, types.text)],
];

const moments = fc.oneof(
  fc.bigInt({ min: -3n * DAY, max: 3n * DAY }),
  fc.bigInt({ min: 1_600_000_000_000_000n, max: 1_700_000_000_000_000n }),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), DAY, DAY - 1n, -1n, 0n, -210_866_803_200_000_000n),
);
const VALUES: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  timestamp: moments,
  timestamptz: moments,
  date: fc.oneof(fc.integer({ min: -800_000, max: 800_000 }), fc.constantFrom(2_147_483_647, -2_147_483_648)),
  int4: fc.oneof(fc.integer({ min: -10, max: 10 }), fc.integer()),
  int8: fc.oneof(fc.bigInt({ min: -3000n, max: 3000n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  float8: fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0)),
};

/** The value of an expression over one column, or the SQLSTATE. */
function resultOf(expr: Expr, value: Value, type: DataType): Value | { readonly failed: string } {
  const operand = evaluate(literalExpr(value, type), { rowCount: 1, column: () => operand }, CONTEXT);
  try {
    return valueAt(evaluate(expr, { rowCount: 1, column: () => operand }, { ...CONTEXT }), 0);
  } catch (error) {
    if (error instanceof MillraceError) return { failed: error.sqlstate };
    throw error;
  }
}

function columnType(expr: Expr): DataType {
  const [id] = columnsRead(expr);
  return typeOf([ts, tz, date, int4, int8, float].find((each) => each.kind === 'column' && each.id === id) ?? expr);
}

describe('isMonotone', () => {
  it.each(RISING)('%s never falls', (_, expr, total) => {
    expect(isMonotone(expr)).toBe(true);
    expect(isTotal(expr)).toBe(total);
    const type = columnType(expr);
    fc.assert(
      fc.property(VALUES[type.kind]!, VALUES[type.kind]!, (x, y) => {
        const [fx, fy] = [resultOf(expr, x, type), resultOf(expr, y, type)];
        const failed = [fx, fy].some((each) => typeof each === 'object' && each !== null && 'failed' in each);
        expect(total && failed).toBe(false);
        if (failed) return;
        expect([fx, fy]).not.toContain(null);
        const order = compareValues(type, x, y);
        expect(order * compareValues(typeOf(expr), fx as Value, fy as Value)).toBeGreaterThanOrEqual(0);
        if (order === 0) expect(compareValues(typeOf(expr), fx as Value, fy as Value)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it.each(OTHER)('%s may', (_, expr) => expect(isMonotone(expr)).toBe(false));

  it('a day does fall, where clocks went back from a minute past midnight', () => {
    const local = cast(call('timezone(text,timestamptz)', text('America/St_Johns'), tz), types.date);
    const days = [1289097030_000_000n, 1289097090_000_000n].map((at) => resultOf(local, at, types.timestamptz));
    expect(days).toEqual([14_920, 14_919]);
  });
});

describe('imageOf', () => {
  const day = cast(utc, types.date);
  it('is a literal for a constant', () => {
    expect(imageOf(day, literalExpr(DAY - 1n, types.timestamptz))).toEqual(literalExpr(0, types.date));
    expect(imageOf(day, literalExpr(-1n, types.timestamptz))).toEqual(literalExpr(-1, types.date));
  });
  it('is nothing where the expression fails, or might', () => {
    const narrow = cast(int8, types.int4);
    expect(imageOf(narrow, literalExpr(2n ** 40n, types.int8))).toBeNull();
    expect(imageOf(narrow, { kind: 'parameter', index: 1, type: types.int8 })).toBeNull();
  });
  it('is the expression over a value that is not known yet', () => {
    const parameter: Expr = { kind: 'parameter', index: 1, type: types.timestamptz };
    expect(imageOf(day, parameter)).toMatchObject({ kind: 'cast', operand: { args: [{}, parameter] } });
  });
});
