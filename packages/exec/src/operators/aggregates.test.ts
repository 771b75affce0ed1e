import {
  arrayOf,
  type Column,
  compareValues,
  type DataType,
  type Expr,
  formatNumeric,
  makeNumeric,
  types,
  type Value,
} from '@millrace/core';
import type { Aggregation, PhysicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bag, column, literal, read, rowsPlan, run, show } from '../testing/harness.ts';

interface CallOptions {
  readonly isDistinct?: boolean;
  readonly filter?: Expr;
  readonly orderBy?: Aggregation['orderBy'];
}

function call(fn: string, returns: DataType, args: readonly Expr[], options: CallOptions = {}): Aggregation {
  const { isDistinct = false, filter = null, orderBy = [] } = options;
  return { column: column(fn, returns), fn, args, isDistinct, filter, orderBy };
}

function aggregate(
  columns: readonly Column[],
  rows: readonly Value[][],
  groupBy: readonly Column[],
  aggregations: readonly Aggregation[],
  batchRows = 2,
): PhysicalPlan {
  return {
    op: 'hash-aggregate',
    input: rowsPlan(columns, rows, batchRows),
    groupBy: groupBy.map((group) => group.id),
    aggregations,
    columns: [...groupBy, ...aggregations.map((aggregation) => aggregation.column)],
  };
}

/** One aggregate over one column without groups. */
async function single(
  fn: string,
  returns: DataType,
  type: DataType,
  values: readonly Value[],
  options: CallOptions = {},
): Promise<Value> {
  const x = column('x', type);
  const plan = aggregate(
    [x],
    values.map((value) => [value]),
    [],
    [call(fn, returns, [read(x)], options)],
  );
  const [row] = await run(plan, { batchRows: 2 });
  return row?.[0] ?? null;
}

const decimal: DataType = { kind: 'numeric', precision: 12, scale: 2 };

describe('aggregates give what PostgreSQL gives', () => {
  it.each<[string, DataType, DataType, Value[], Value]>([
    ['sum(int4)', types.int8, types.int4, [2147483647, 2147483647, null], 4294967294n],
    ['sum(int2)', types.int8, types.int2, [null], null],
    ['sum(int8)', types.numeric, types.int8, [9223372036854775807n, 9223372036854775807n, -1n], '18446744073709551613'],
    ['sum(numeric)', types.numeric, types.numeric, ['1.5', '2.25', null], '3.75'],
    ['sum(numeric)', types.numeric, decimal, ['1.50', '99.05'], '100.55'],
    ['sum(numeric)', types.numeric, types.numeric, ['NaN', '1'], 'NaN'],
    ['sum(numeric)', types.numeric, types.numeric, ['Infinity', '-Infinity'], 'NaN'],
    ['sum(float8)', types.float8, types.float8, [0.1, 0.2, 0.3], 0.6000000000000001],
    ['sum(float4)', types.float4, types.float4, [0.1, 0.2, 0.3].map(Math.fround), Math.fround(0.6)],
    [
      'sum(interval)',
      types.interval,
      types.interval,
      [
        { months: 1, days: 1, micros: 0n },
        { months: 0, days: 2, micros: 5n },
      ],
      { months: 1, days: 3, micros: 5n },
    ],
    ['avg(int4)', types.numeric, types.int4, [1, 2], '1.5000000000000000'],
    ['avg(int8)', types.numeric, types.int8, [1n, 1n, 2n], '1.3333333333333333'],
    ['avg(numeric)', types.numeric, types.numeric, ['100000', '0.001'], '50000.000500000000'],
    ['avg(float8)', types.float8, types.float8, [1, Number.NaN], Number.NaN],
    ['avg(float4)', types.float8, types.float4, [1, 2], 1.5],
    [
      'avg(interval)',
      types.interval,
      types.interval,
      [
        { months: 1, days: 1, micros: 0n },
        { months: 0, days: 2, micros: 0n },
      ],
      { months: 0, days: 16, micros: 43_200_000_000n },
    ],
    ['min(float8)', types.float8, types.float8, [Number.NaN, 3, -1], -1],
    ['max(float8)', types.float8, types.float8, [3, Number.NaN, 4], Number.NaN],
    ['max(numeric)', types.numeric, types.numeric, ['1.0', '1.00'], '1.00'],
    ['max(text)', types.text, types.text, ['a', 'B', 'ß', null], 'ß'],
    ['min(int8)', types.int8, types.int8, [5n, -9223372036854775808n], -9223372036854775808n],
    ['max(date)', types.date, types.date, [3, -2], 3],
    ['bool_and(bool)', types.bool, types.bool, [true, null, false], false],
    ['bool_or(bool)', types.bool, types.bool, [false, null], false],
    ['every(bool)', types.bool, types.bool, [null], null],
    ['array_agg(anynonarray)', arrayOf(types.int4), types.int4, [3, null, 1], [3, null, 1]],
    ['array_agg(anynonarray)', arrayOf(types.int4), types.int4, [], null],
    ['variance(int4)', types.numeric, types.int4, [1, 2, 3, 4], '1.6666666666666667'],
    ['var_pop(int4)', types.numeric, types.int4, [1, 2, 3, 4], '1.2500000000000000'],
    ['stddev(int4)', types.numeric, types.int4, [1, 2, 3, 4], '1.2909944487358056'],
    ['stddev(numeric)', types.numeric, types.numeric, ['5'], null],
    ['stddev_pop(numeric)', types.numeric, types.numeric, ['5'], '0'],
    ['stddev(float8)', types.float8, types.float8, [1, 2, 3, 4], 1.2909944487358056],
    ['var_samp(float8)', types.float8, types.float8, [1, Number.POSITIVE_INFINITY], Number.NaN],
    ['jsonb_agg(anyelement)', types.jsonb, types.numeric, ['1.50', null], '[1.50, null]'],
    ['json_agg(anyelement)', types.json, types.text, ['a"b'], '["a\\"b"]'],
  ])('%s', async (fn, returns, type, values, expected) => {
    expect(await single(fn, returns, type, values)).toEqual(expected);
  });

  it('raises 22003 where a float sum leaves the range', async () => {
    await expect(single('sum(float8)', types.float8, types.float8, [1e308, 1e308])).rejects.toMatchObject({
      sqlstate: '22003',
    });
    await expect(single('avg(float8)', types.float8, types.float8, [1e200, -1e200])).rejects.toMatchObject({
      sqlstate: '22003',
    });
    expect(await single('sum(float8)', types.float8, types.float8, [Number.POSITIVE_INFINITY, 1])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('string_agg skips NULL values and takes each delimiter from its row', async () => {
    const x = column('x', types.text);
    const d = column('d', types.text);
    const rows = [
      ['a', '-'],
      [null, '!'],
      ['b', '+'],
      ['c', null],
    ];
    const orderBy = [{ expr: read(x), descending: true, nullsFirst: false }];
    const plan = aggregate(
      [x, d],
      rows,
      [],
      [
        call('string_agg(text,text)', types.text, [read(x), read(d)]),
        call('string_agg(text,text)', types.text, [read(x), read(d)], { orderBy }),
      ],
    );
    expect(await run(plan)).toEqual([['a+bc', 'c+b-a']]);
  });

  it('DISTINCT with an order-sensitive aggregate sorts, NULLs last', async () => {
    const options = { isDistinct: true };
    expect(
      await single('array_agg(anynonarray)', arrayOf(types.int4), types.int4, [3, null, 1, 3, null, 2], options),
    ).toEqual([1, 2, 3, null]);
    expect(await single('count(any)', types.int8, types.numeric, ['1.0', '1.00', '2', null], options)).toBe(2n);
    expect(await single('sum(numeric)', types.numeric, types.numeric, ['1.0', '1.00', '2'], options)).toBe('3.0');
  });

  it('no rows: one row without GROUP BY, none with it', async () => {
    const x = column('x', types.int4);
    const calls = [call('count(*)', types.int8, []), call('sum(int4)', types.int8, [read(x)])];
    expect(await run(aggregate([x], [], [], calls))).toEqual([[0n, null]]);
    expect(await run(aggregate([x], [], [x], calls))).toEqual([]);
  });

  it('FILTER keeps arguments of other rows from being evaluated', async () => {
    const x = column('x', types.int4);
    const quotient: Expr = {
      kind: 'call',
      fn: { id: '/(int4,int4)', volatility: 'immutable', mayFail: true, strict: true },
      args: [literal(10, types.int4), read(x)],
      type: types.int4,
    };
    const filter: Expr = { kind: 'compare', op: '<>', left: read(x), right: literal(0, types.int4) };
    const plan = aggregate(
      [x],
      [[0], [2], [null], [5]],
      [],
      [call('sum(int4)', types.int8, [quotient], { filter }), call('count(*)', types.int8, [], { filter })],
    );
    expect(await run(plan)).toEqual([[7n, 2n]]);
  });
});

const KEYS: readonly { type: DataType; values: readonly Value[] }[] = [
  { type: types.int4, values: [0, 1, -1] },
  { type: types.int8, values: [0n, 9007199254740993n, 9007199254740992n] },
  { type: types.float8, values: [0, -0, Number.NaN, 1.5] },
  { type: types.text, values: ['', 'a', 'ab', 'ü'] },
  { type: types.numeric, values: ['1', '1.0', '0', '0.00', 'NaN'] },
  { type: types.jsonb, values: ['1', '1.0', '"1.0"', '{"a": 1.00}', '{"a": 1}'] },
  { type: arrayOf(types.numeric), values: [['1.0'], ['1'], [null], []] },
];

const sameKey = (type: DataType, x: Value, y: Value): boolean =>
  x === null || y === null ? x === y : compareValues(type, x, y) === 0;

describe('groups', () => {
  const scenario = fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 3 }).chain((keys) =>
    fc.record({
      keys: fc.constant(keys),
      rows: fc.array(
        fc.tuple(
          ...keys.map((key) => fc.option(fc.constantFrom(...key.values), { freq: 4 })),
          fc.option(fc.integer({ min: -9, max: 9 })),
        ),
        { maxLength: 25 },
      ) as fc.Arbitrary<Value[][]>,
      batchRows: fc.constantFrom(1, 2, 3, 1024),
    }),
  );

  it('group by first spelling; count, sum, min, max, array_agg and distinct agree with a row-wise oracle', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ keys, rows, batchRows }) => {
        const columns = [...keys.map((key, k) => column(`k${k}`, key.type)), column('x', types.int4)];
        const x = columns.at(-1) as Column;
        const calls = [
          call('count(*)', types.int8, []),
          call('count(any)', types.int8, [read(x)], { isDistinct: true }),
          call('sum(int4)', types.int8, [read(x)]),
          call('min(int4)', types.int4, [read(x)]),
          call('max(int4)', types.int4, [read(x)], {
            filter: { kind: 'compare', op: '<', left: read(x), right: literal(3, types.int4) },
          }),
          call('array_agg(anynonarray)', arrayOf(types.int4), [read(x)]),
        ];
        const groups: Value[][][] = [];
        for (const row of rows) {
          const group = groups.find((known) =>
            keys.every((key, k) => sameKey(key.type, known[0]?.[k] as Value, row[k] as Value)),
          );
          if (group === undefined) groups.push([row]);
          else group.push(row);
        }
        const expected = groups.map((group): Value[] => {
          const all = group.map((row) => row.at(-1) as number | null);
          const present = all.filter((value) => value !== null);
          const small = present.filter((value) => value < 3);
          return [
            ...(group[0] as Value[]).slice(0, keys.length),
            BigInt(group.length),
            BigInt(new Set(present).size),
            present.length === 0 ? null : BigInt(present.reduce((sum, value) => sum + value, 0)),
            present.length === 0 ? null : Math.min(...present),
            small.length === 0 ? null : Math.max(...small),
            all,
          ];
        });
        const plan = aggregate(columns, rows, columns.slice(0, -1), calls, batchRows);
        const result = await run(plan, { batchRows });
        expect(result.map((row) => row.map(show))).toEqual(expected.map((row) => row.map(show)));
      }),
      { numRuns: 300 },
    );
  });

  it('distinct keeps the first of equal rows', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ keys, rows, batchRows }) => {
        const columns = keys.map((key, k) => column(`k${k}`, key.type));
        const input = rows.map((row) => row.slice(0, -1));
        const expected = input.filter(
          (row, i) =>
            input.findIndex((other) =>
              keys.every((key, k) => sameKey(key.type, other[k] as Value, row[k] as Value)),
            ) === i,
        );
        const plan: PhysicalPlan = { op: 'hash-distinct', columns, input: rowsPlan(columns, input, batchRows) };
        expect(bag(await run(plan, { batchRows }))).toEqual(bag(expected));
      }),
      { numRuns: 200 },
    );
  });

  it('exact sums stay exact over many large terms', async () => {
    const large = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const nearDouble = fc.bigInt({ min: 2n ** 49n, max: 2n ** 50n });
    const big = fc.oneof(
      fc.array(large, { minLength: 1, maxLength: 30 }),
      fc.array(nearDouble, { minLength: 20, maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(big, async (values) => {
        expect(await single('sum(int8)', types.numeric, types.int8, values)).toBe(
          String(values.reduce((sum, value) => sum + value, 0n)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('numerics of many scales and sizes sum exactly, with the largest scale', async () => {
    const term = fc.record({
      coefficient: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      isSmall: fc.boolean(),
      scale: fc.nat(6),
    });
    const show = (coefficient: bigint, scale: number): string => formatNumeric(makeNumeric(coefficient, scale));
    await fc.assert(
      fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 12 }), async (terms) => {
        const values = terms.map(
          ({ coefficient, isSmall, scale }) => [isSmall ? coefficient % 1000n : coefficient, scale] as const,
        );
        const scale = Math.max(...values.map((value) => value[1]));
        const total = values.reduce((sum, value) => sum + value[0] * 10n ** BigInt(scale - value[1]), 0n);
        const texts = values.map((value) => show(...value));
        expect(await single('sum(numeric)', types.numeric, types.numeric, texts)).toBe(show(total, scale));
      }),
      { numRuns: 200 },
    );
  });

  it('has many groups of every kind of key', async () => {
    const k = column('k', types.text);
    const n = column('n', types.int8);
    const rows = Array.from({ length: 5000 }, (_, i): Value[] => [`key-${i % 2500}`, BigInt(i % 1250) << 33n]);
    for (const groupBy of [[k], [n], [k, n]]) {
      const plan = aggregate([k, n], rows, groupBy, [call('count(*)', types.int8, [])], 700);
      const result = await run(plan, { batchRows: 1024 });
      expect(result).toHaveLength(groupBy[0] === n ? 1250 : 2500);
      expect(new Set(result.map((row) => row.at(-1)))).toEqual(new Set([groupBy[0] === n ? 4n : 2n]));
    }
  });
});
