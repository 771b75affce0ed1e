import { type Column, compareValues, types, type Value } from '@millrace/core';
import type { PhysicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { column, harness, read, rowsPlan, run } from '../testing/harness.ts';

type Rows = readonly (readonly Value[])[];

const int = (name: string): Column => column(name, types.int4);

/** left.l0 = right.r0 as an ordinary key if `correlated`, the other columns as maybe keys. */
function antiJoin(left: Rows, right: Rows, options: { correlated?: boolean; batchRows?: number } = {}): PhysicalPlan {
  const width = Math.max(left[0]?.length ?? 0, right[0]?.length ?? 0, 1);
  const ls = Array.from({ length: width }, (_, i) => int(`l${i}`));
  const rs = Array.from({ length: width }, (_, i) => int(`r${i}`));
  const pairs = ls.map((l, i) => ({ left: read(l), right: read(rs[i] as Column) }));
  const ordinary = options.correlated === true ? 1 : 0;
  return {
    op: 'null-aware-anti-join',
    left: rowsPlan(ls, left, options.batchRows ?? 3),
    right: rowsPlan(rs, right, options.batchRows ?? 3),
    keys: pairs.slice(0, ordinary).map((pair) => ({ ...pair, op: '=' as const })),
    maybeKeys: pairs.slice(ordinary),
    residual: [],
    columns: ls,
  };
}

describe('null-aware anti join', () => {
  it('keeps every row over an empty build side, also NULL', async () => {
    expect(await run(antiJoin([[1], [null]], []))).toEqual([[1], [null]]);
  });

  it('keeps no row when the build side has a NULL', async () => {
    expect(await run(antiJoin([[1], [2], [null]], [[2], [null]]))).toEqual([]);
    expect(await run(antiJoin([[1], [2], [null]], [[null], [null]]))).toEqual([]);
  });

  it('drops a NULL when there is any row to compare it with', async () => {
    expect(await run(antiJoin([[1], [2], [null]], [[2], [3]]))).toEqual([[1]]);
    expect(await run(antiJoin([[null], [null]], [[3]]))).toEqual([]);
  });

  it('compares rows of several columns: one difference is enough, whatever the NULLs', async () => {
    const right = [
      [1, null],
      [null, 2],
    ];
    const left = [
      [1, 5],
      [2, 5],
      [5, 2],
      [5, 5],
      [null, 5],
      [null, null],
      [5, null],
    ];
    // (5, 5): differs from (1, NULL) in the first and from (NULL, 2) in the second column.
    expect(await run(antiJoin(left, right))).toEqual([
      [2, 5],
      [5, 5],
    ]);
  });

  it('looks only at the rows with the same ordinary key', async () => {
    const left = [
      [1, 7],
      [1, null],
      [2, 7],
      [2, null],
      [3, null],
      [null, 7],
    ];
    const right = [
      [1, 8],
      [2, null],
      [null, 7],
    ];
    expect(await run(antiJoin(left, right, { correlated: true }))).toEqual([
      [1, 7],
      [3, null],
      [null, 7],
    ]);
  });

  it('is NOT IN by the book, in batches of any size', async () => {
    const cell = fc.constantFrom(0, 1, 2, null);
    const scenario = fc.integer({ min: 1, max: 3 }).chain((width) => {
      const rows = fc.array(fc.tuple(...Array.from({ length: width }, () => cell)), { maxLength: 8 });
      return fc.record({
        left: rows,
        right: rows,
        correlated: fc.boolean().map((value) => value && width > 1),
        batchRows: fc.constantFrom(1, 2, 3, 1024),
      });
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ left, right, correlated, batchRows }) => {
        const mayEqual = (l: Value, r: Value): boolean =>
          l === null || r === null || compareValues(types.int4, l, r) === 0;
        const expected = left.filter(
          (l) =>
            !right.some((r) =>
              l.every((value, i) => (correlated && i === 0 ? isSame(value, r[i]) : mayEqual(value, r[i] ?? null))),
            ),
        );
        const plan = antiJoin(left, right, { correlated, batchRows });
        expect(await run(plan, { batchRows })).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('fails with 53200 when the build side does not fit, and stops when asked', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => [i]);
    await expect(run(antiJoin([[1]], many, { batchRows: 1024 }), { memoryBytes: 64 * 1024 })).rejects.toMatchObject({
      sqlstate: '53200',
    });
    const stopped = harness();
    stopped.controller.abort();
    await expect(run(antiJoin([[1]], [[2]]), { harness: stopped })).rejects.toMatchObject({ sqlstate: '57014' });
  });
});

function isSame(l: Value, r: Value | undefined): boolean {
  return l !== null && l === r;
}
