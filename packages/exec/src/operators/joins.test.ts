import { type Column, compareValues, type DataType, type Expr, types, type Value } from '@millrace/core';
import type { JoinType, PhysicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bag, column, literal, read, rowsPlan, run } from '../testing/harness.ts';

const JOIN_TYPES: readonly JoinType[] = ['inner', 'left', 'right', 'full', 'semi', 'anti'];

/** Key types and values that meet often; equal values in several spellings. */
const KEYS: readonly { type: DataType; values: readonly Value[] }[] = [
  { type: types.int4, values: [0, 1, -1, 2147483647] },
  { type: types.int8, values: [0n, 1n, -1n, 9007199254740993n, 9007199254740992n] },
  { type: types.float8, values: [0, -0, Number.NaN, 1.5, Number.POSITIVE_INFINITY] },
  { type: types.text, values: ['', 'a', 'ab', 'ü', 'a '] },
  { type: types.numeric, values: ['1', '1.0', '1.00', '0', '0.00', 'NaN', '-2.5'] },
  { type: { kind: 'numeric', precision: 10, scale: 2 }, values: ['1.00', '0.00', '-2.50', '12345678.90'] },
  { type: types.bool, values: [true, false] },
  {
    type: types.interval,
    values: [
      { months: 1, days: 0, micros: 0n },
      { months: 0, days: 30, micros: 0n },
      { months: 0, days: 0, micros: -1n },
    ],
  },
  { type: types.uuid, values: ['00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000001'] },
];

const equal = (type: DataType, x: Value, y: Value): boolean =>
  x !== null && y !== null && compareValues(type, x, y) === 0;

function oracle(
  type: JoinType,
  left: readonly Value[][],
  right: readonly Value[][],
  width: number,
  matches: (l: readonly Value[], r: readonly Value[]) => boolean,
): Value[][] {
  if (type === 'semi' || type === 'anti')
    return left.filter((l) => right.some((r) => matches(l, r)) === (type === 'semi')).map((l) => [...l]);
  const result: Value[][] = [];
  const matchedRight = new Set<readonly Value[]>();
  for (const l of left) {
    const found = right.filter((r) => matches(l, r));
    for (const r of found) {
      matchedRight.add(r);
      result.push([...l, ...r]);
    }
    if (found.length === 0 && (type === 'left' || type === 'full'))
      result.push([...l, ...Array<null>(width).fill(null)]);
  }
  if (type === 'right' || type === 'full') {
    for (const r of right) if (!matchedRight.has(r)) result.push([...Array<null>(width).fill(null), ...r]);
  }
  return result;
}

function sides(keyTypes: readonly DataType[]): { left: Column[]; right: Column[] } {
  const make = (side: string): Column[] => [
    ...keyTypes.map((type, k) => column(`${side}${k}`, type)),
    column(`${side}v`, types.int4),
  ];
  return { left: make('l'), right: make('r') };
}

function outputOf(type: JoinType, { left, right }: { left: Column[]; right: Column[] }): Column[] {
  return type === 'semi' || type === 'anti' ? left : [...left, ...right];
}

const table = (keys: readonly (typeof KEYS)[number][]): fc.Arbitrary<Value[][]> =>
  fc.array(
    fc.tuple(
      ...keys.map((key) => fc.option(fc.constantFrom(...key.values), { freq: 4 })),
      fc.integer({ min: 0, max: 4 }),
    ),
    {
      maxLength: 9,
    },
  ) as fc.Arbitrary<Value[][]>;

const smaller = (l: Column, r: Column): Expr => ({ kind: 'compare', op: '<=', left: read(l), right: read(r) });

describe('hash join', () => {
  const scenario = fc
    .tuple(
      fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 2 }),
      fc.constantFrom(...JOIN_TYPES),
      fc.boolean(),
      fc.boolean(),
    )
    .chain(([keys, type, nullsMatch, hasResidual]) =>
      fc.record({
        keys: fc.constant(keys),
        type: fc.constant(type),
        nullsMatch: fc.constant(nullsMatch),
        hasResidual: fc.constant(hasResidual),
        left: table(keys),
        right: table(keys),
        batchRows: fc.constantFrom(1, 2, 3, 1024),
      }),
    );

  it('gives the rows of a nested loop over values', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ keys, type, nullsMatch, hasResidual, left, right, batchRows }) => {
        const columns = sides(keys.map((key) => key.type));
        const v = keys.length;
        const plan: PhysicalPlan = {
          op: 'hash-join',
          type,
          columns: outputOf(type, columns),
          left: rowsPlan(columns.left, left, batchRows),
          right: rowsPlan(columns.right, right, batchRows),
          keys: keys.map((_, k) => ({
            left: read(columns.left[k] as Column),
            right: read(columns.right[k] as Column),
            op: nullsMatch ? ('is-not-distinct' as const) : ('=' as const),
          })),
          residual: hasResidual ? [smaller(columns.left[v] as Column, columns.right[v] as Column)] : [],
        };
        const expected = oracle(type, left, right, v + 1, (l, r) => {
          const keyed = keys.every((key, k) => {
            const x = l[k] as Value;
            const y = r[k] as Value;
            return equal(key.type, x, y) || (nullsMatch && x === null && y === null);
          });
          return keyed && (!hasResidual || (l[v] as number) <= (r[v] as number));
        });
        expect(bag(await run(plan, { batchRows }))).toEqual(bag(expected));
      }),
      { numRuns: 300 },
    );
  });

  it('compares decimals of different scales and texts of different types', async () => {
    const l = column('l', { kind: 'numeric', precision: 10, scale: 2 });
    const r = column('r', { kind: 'numeric', precision: 12, scale: 4 });
    const plan: PhysicalPlan = {
      op: 'hash-join',
      type: 'inner',
      columns: [l, r],
      left: rowsPlan([l], [['1.50'], ['2.00'], [null]]),
      right: rowsPlan([r], [['1.5000'], ['2.0001'], [null]]),
      keys: [{ left: read(l), right: read(r), op: '=' }],
      residual: [],
    };
    expect(await run(plan)).toEqual([['1.50', '1.5000']]);
  });
});

describe('nested loop join', () => {
  it('gives the rows of a nested loop over values, for every type and condition', async () => {
    const scenario = fc.record({
      type: fc.constantFrom(...JOIN_TYPES),
      isCross: fc.boolean(),
      left: table([KEYS[0] as (typeof KEYS)[number]]),
      right: table([KEYS[0] as (typeof KEYS)[number]]),
      batchRows: fc.constantFrom(1, 2, 3, 1024),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ type, isCross, left, right, batchRows }) => {
        const columns = sides([types.int4]);
        const plan: PhysicalPlan = {
          op: 'nested-loop-join',
          type,
          columns: outputOf(type, columns),
          left: rowsPlan(columns.left, left, batchRows),
          right: rowsPlan(columns.right, right, batchRows),
          on: isCross ? [] : [smaller(columns.left[0] as Column, columns.right[0] as Column)],
        };
        const expected = oracle(type, left, right, 2, (l, r) => {
          const [x] = l as (number | null)[];
          const [y] = r as (number | null)[];
          return isCross || (x != null && y != null && x <= y);
        });
        expect(bag(await run(plan, { batchRows }))).toEqual(bag(expected));
      }),
      { numRuns: 200 },
    );
  });

  it('evaluates its conditions in order, for the pairs that are left', async () => {
    const columns = sides([types.int4]);
    const [l, r] = [columns.left[0] as Column, columns.right[0] as Column];
    const quotient: Expr = {
      kind: 'call',
      fn: { id: '/(int4,int4)', volatility: 'immutable', mayFail: true, strict: true },
      args: [read(l), read(r)],
      type: types.int4,
    };
    const plan: PhysicalPlan = {
      op: 'nested-loop-join',
      type: 'inner',
      columns: [...columns.left, ...columns.right],
      left: rowsPlan(columns.left, [[4, 0]]),
      right: rowsPlan(columns.right, [
        [0, 0],
        [2, 0],
      ]),
      on: [
        { kind: 'compare', op: '<>', left: read(r), right: literal(0, types.int4) },
        { kind: 'compare', op: '=', left: quotient, right: literal(2, types.int4) },
      ],
    };
    expect(await run(plan)).toEqual([[4, 0, 2, 0]]);
  });
});
