import { arrayOf, type Column, type CompareOp, compareValues, type Expr, types, type Value } from '@millrace/core';
import type { ApplyMode, PhysicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bag, column, literal, read, rowsPlan, run } from '../testing/harness.ts';

const a = column('a', types.int4);
const k = column('k', types.int4);
const y = column('y', types.int4);

/** select y from (k, y) [where k = a] */
function subquery(rows: readonly Value[][], isCorrelated: boolean): PhysicalPlan {
  const filtered: PhysicalPlan = {
    op: 'filter',
    columns: [k, y],
    input: rowsPlan([k, y], rows, 2),
    predicates: isCorrelated ? [{ kind: 'compare', op: '=', left: read(k), right: read(a) }] : [],
  };
  return { op: 'project', columns: [y], input: filtered, assignments: [{ column: y, expr: read(y) }] };
}

function apply(outer: readonly Value[], inner: PhysicalPlan, mode: ApplyMode): PhysicalPlan {
  const columns = 'output' in mode ? [a, mode.output] : [a, ...inner.columns];
  return {
    op: 'apply',
    columns,
    input: rowsPlan(
      [a],
      outer.map((value) => [value]),
      2,
    ),
    subquery: inner,
    mode,
  };
}

const value = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 4 });
const outerRows = fc.array(value, { maxLength: 5 });
const innerRows = fc.array(fc.tuple(value, value), { maxLength: 6 }) as fc.Arbitrary<Value[][]>;
const shape = fc.record({
  outer: outerRows,
  inner: innerRows,
  isCorrelated: fc.boolean(),
  batchRows: fc.constantFrom(1, 2, 1024),
});

const visible = (inner: readonly Value[][], isCorrelated: boolean, outer: Value): Value[] =>
  inner.filter((row) => !isCorrelated || (row[0] !== null && row[0] === outer)).map((row) => row[1] as Value);

const OPS: readonly CompareOp[] = ['=', '<>', '<', '<=', '>', '>=', 'is-distinct', 'is-not-distinct'];

function compare(op: CompareOp, x: Value, z: Value): boolean | null {
  if (op === 'is-distinct' || op === 'is-not-distinct') {
    const same = x === null || z === null ? x === z : x === z;
    return (op === 'is-not-distinct') === same;
  }
  if (x === null || z === null) return null;
  const sign = compareValues(types.int4, x, z);
  return { '=': sign === 0, '<>': sign !== 0, '<': sign < 0, '<=': sign <= 0, '>': sign > 0, '>=': sign >= 0 }[op];
}

describe('apply', () => {
  it('exists, array, cross and left lateral agree with a row-wise oracle', async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ({ outer, inner, isCorrelated, batchRows }) => {
        const seen = outer.map((x) => visible(inner, isCorrelated, x));
        const plan = (mode: ApplyMode): Promise<Value[][]> =>
          run(apply(outer, subquery(inner, isCorrelated), mode), { batchRows });
        const flag = column('e', types.bool);
        expect(await plan({ kind: 'exists', output: flag })).toEqual(outer.map((x, i) => [x, seen[i]?.length !== 0]));
        const list = column('l', arrayOf(types.int4));
        expect(await plan({ kind: 'array', output: list })).toEqual(outer.map((x, i) => [x, seen[i]]));
        expect(await plan({ kind: 'cross' })).toEqual(outer.flatMap((x, i) => (seen[i] ?? []).map((z) => [x, z])));
        const on: Expr = { kind: 'compare', op: '<=', left: read(a), right: read(y) };
        const expected = outer.flatMap((x, i) => {
          const matches = (seen[i] ?? []).filter((z) => compare('<=', x, z) === true);
          return matches.length === 0 ? [[x, null]] : matches.map((z) => [x, z]);
        });
        expect(await plan({ kind: 'left', on: [on] })).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('ANY and ALL are three-valued, for every operator, correlated or not', async () => {
    const scenario = fc.tuple(shape, fc.constantFrom(...OPS), fc.constantFrom('any' as const, 'all' as const));
    await fc.assert(
      fc.asyncProperty(scenario, async ([{ outer, inner, isCorrelated, batchRows }, op, quantifier]) => {
        const mode: ApplyMode = {
          kind: 'quantified',
          op,
          quantifier,
          left: [read(a)],
          output: column('q', types.bool),
        };
        const expected = outer.map((x) => {
          const truths = visible(inner, isCorrelated, x).map((z) => compare(op, x, z));
          const decisive = quantifier === 'any';
          if (truths.includes(decisive)) return [x, decisive];
          return [x, truths.includes(null) ? null : !decisive];
        });
        expect(await run(apply(outer, subquery(inner, isCorrelated), mode), { batchRows })).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('compares rows column by column', async () => {
    const inner = rowsPlan(
      [k, y],
      [
        [1, null],
        [2, 3],
      ],
      2,
    );
    const mode = (left: readonly Expr[], op: CompareOp, quantifier: 'any' | 'all'): ApplyMode => ({
      kind: 'quantified',
      op,
      quantifier,
      left,
      output: column('q', types.bool),
    });
    const test = async (x: Value, z: Value, op: CompareOp, quantifier: 'any' | 'all'): Promise<Value> => {
      const plan = apply([0], inner, mode([literal(x, types.int4), literal(z, types.int4)], op, quantifier));
      return (await run(plan))[0]?.[1] as Value;
    };
    expect(await test(2, 3, '=', 'any')).toBe(true);
    expect(await test(1, 5, '=', 'any')).toBe(null);
    expect(await test(4, 5, '=', 'any')).toBe(false);
    expect(await test(4, null, '=', 'any')).toBe(false);
    expect(await test(2, 4, '<>', 'all')).toBe(true);
    expect(await test(1, 1, '<>', 'all')).toBe(null);
    expect(await test(0, 9, '<', 'all')).toBe(true);
    expect(await test(1, 9, '<', 'all')).toBe(null);
    expect(await test(2, 2, '<', 'any')).toBe(true);
  });

  it('a scalar subquery gives its value, NULL for no row and 21000 for two', async () => {
    const mode: ApplyMode = { kind: 'scalar', output: column('s', types.int4) };
    const rows: Value[][] = [
      [1, 10],
      [2, 20],
    ];
    expect(await run(apply([1, 3, 2, null], subquery(rows, true), mode))).toEqual([
      [1, 10],
      [3, null],
      [2, 20],
      [null, null],
    ]);
    await expect(
      run(
        apply(
          [1],
          subquery(
            [
              [1, 1],
              [1, 2],
            ],
            true,
          ),
          mode,
        ),
      ),
    ).rejects.toMatchObject({ sqlstate: '21000' });
    await expect(run(apply([1], subquery(rows, false), mode))).rejects.toMatchObject({ sqlstate: '21000' });
    expect(await run(apply([], subquery(rows, false), mode))).toEqual([]);
  });

  it('a subquery inside a subquery reads the outermost row', async () => {
    const inner = subquery(
      [
        [1, 10],
        [2, 20],
      ],
      true,
    );
    const s: Column = column('s', types.int4);
    const b = column('b', types.int4);
    const middle: PhysicalPlan = {
      op: 'apply',
      columns: [b, s],
      input: rowsPlan([b], [[7], [8]], 1),
      subquery: inner,
      mode: { kind: 'scalar', output: s },
    };
    expect(await run(apply([1, 2], middle, { kind: 'cross' }))).toEqual([
      [1, 7, 10],
      [1, 8, 10],
      [2, 7, 20],
      [2, 8, 20],
    ]);
  });

  it('unnests an array of each row', async () => {
    const list = column('list', arrayOf(types.int4));
    const item = column('item', types.int4);
    const n = column('n', types.int8);
    const plan: PhysicalPlan = {
      op: 'apply',
      columns: [list, item, n],
      input: rowsPlan([list], [[[1, null]], [null], [[3]]], 2),
      subquery: {
        op: 'function-scan',
        fn: 'unnest(anyarray...)',
        args: [read(list)],
        columns: [item, n],
        hasOrdinality: true,
      },
      mode: { kind: 'cross' },
    };
    expect(bag(await run(plan))).toEqual(
      bag([
        [[1, null], 1, 1n],
        [[1, null], null, 2n],
        [[3], 3, 1n],
      ]),
    );
  });
});
