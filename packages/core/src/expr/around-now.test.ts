import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { testContext } from '../functions/cases/function-case.ts';
import { standardFunctions } from '../functions/standard.ts';
import { type DataType, types } from '../types/data-type.ts';
import type { ColumnId } from '../types/field.ts';
import type { Value } from '../types/value.ts';
import { type Expr, typeOf } from './expr.ts';
import { mayFail } from './may-fail.ts';

function call(name: string, returns: DataType, ...args: Expr[]): Expr {
  const fn = standardFunctions.byId(`${name}(${args.map((arg) => typeOf(arg).kind).join(',')})`);
  if (fn === undefined) throw new Error(`no function ${name}`);
  return { kind: 'call', fn, args, type: returns };
}
const literal = (type: DataType, value: Value): Expr => ({ kind: 'literal', type, value });
const cast = (operand: Expr, type: DataType): Expr => ({ kind: 'cast', operand, type, context: 'explicit' });
const days = (count: number): Expr => literal(types.interval, { months: 0, days: count, micros: 0n });
const now = call('now', types.timestamptz);
const today = call('current_date', types.date);

/** Of every type a clock has, a clock and what a shift of it is. */
const CLOCKS: readonly (readonly [clock: Expr, shifted: DataType])[] = [
  ...['now', 'transaction_timestamp', 'current_timestamp', 'statement_timestamp', 'clock_timestamp'].map(
    (name) => [call(name, types.timestamptz), types.timestamptz] as const,
  ),
  [call('localtimestamp', types.timestamp), types.timestamp],
  [cast(now, types.timestamp), types.timestamp],
  [today, types.timestamp],
  [cast(now, types.date), types.timestamp],
];
const [YEAR_1, YEAR_10000] = [-62_135_596_800_000_000n, 253_402_300_800_000_000n];
const MICROS_PER_DAY = 86_400_000_000n;
const BOUND = { months: 12_000, days: 365_000, micros: 365_000n * MICROS_PER_DAY };

describe('a clock shifted by a literal', () => {
  it('does not fail', () => {
    expect(mayFail(call('-', types.timestamptz, now, days(1)))).toBe(false);
    expect(mayFail(call('+', types.timestamptz, days(1), now))).toBe(false);
    expect(mayFail(call('-', types.timestamptz, now, cast(literal(types.unknown, '1 day'), types.interval)))).toBe(
      false,
    );
    expect(mayFail(call('-', types.date, today, literal(types.int4, 7)))).toBe(false);
    expect(mayFail(call('+', types.date, literal(types.int4, -365_000), cast(now, types.date)))).toBe(false);
  });

  it('may fail where the shift is large, unreadable or not a literal, and where something else is shifted', () => {
    const column: Expr = { kind: 'column', id: 1 as ColumnId, type: types.timestamptz };
    const shifts: readonly Expr[] = [
      call('-', types.timestamptz, column, days(1)),
      call('-', types.timestamptz, now, days(365_001)),
      call('-', types.timestamptz, now, days(-365_001)),
      call('+', types.timestamptz, now, literal(types.interval, { ...BOUND, months: 12_001 })),
      call('+', types.timestamptz, now, literal(types.interval, { ...BOUND, micros: -BOUND.micros - 1n })),
      call('+', types.timestamptz, now, cast(literal(types.unknown, 'one day'), types.interval)),
      call('+', types.timestamptz, now, cast(literal(types.unknown, '1001 years'), types.interval)),
      call('+', types.timestamptz, now, { kind: 'parameter', index: 1, type: types.interval }),
      call('+', types.timestamptz, call('+', types.timestamptz, now, days(1)), days(1)),
      call('-', types.date, today, literal(types.int4, 365_001)),
      call('-', types.interval, now, now),
    ];
    expect(shifts.map(mayFail)).toEqual(shifts.map(() => true));
  });

  it('has a value at every time that a clock gives, in every zone', () => {
    const upTo = (most: number): fc.Arbitrary<number> =>
      fc.constantFrom(-most, most).chain((edge) => fc.oneof(fc.constant(edge), fc.integer({ min: -most, max: most })));
    const moment = fc.oneof(fc.constantFrom(YEAR_1, YEAR_10000 - 1n), fc.bigInt({ min: YEAR_1, max: YEAR_10000 - 1n }));
    const span = fc.record({
      months: upTo(BOUND.months),
      days: upTo(BOUND.days),
      micros: upTo(BOUND.days).map((count) => BigInt(count) * MICROS_PER_DAY),
    });
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati', 'Etc/GMT+12');
    const clocks = fc.constantFrom(...CLOCKS);
    fc.assert(
      fc.property(clocks, moment, span, zone, upTo(BOUND.days), ([clock, type], at, shift, timeZone, count) => {
        const context = testContext({ transactionMicros: at, statementMicros: at, clockMicros: () => at });
        const inZone = { ...context, format: { ...context.format, timeZone } };
        const by = literal(types.interval, shift);
        const exprs = [call('+', type, clock, by), call('-', type, clock, by), call('+', type, by, clock)];
        if (typeOf(clock).kind === 'date') {
          const number = literal(types.int4, count);
          exprs.push(call('+', types.date, clock, number), call('-', types.date, clock, number));
        }
        for (const expr of exprs) {
          expect(mayFail(expr)).toBe(false);
          evaluate(expr, { rowCount: 1, column: () => expect.unreachable() }, inZone);
        }
      }),
      { numRuns: 500 },
    );
  });
});
