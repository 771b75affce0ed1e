import { type Column, compareValues, type DataType, types, type Value } from '@millrace/core';
import type { PhysicalPlan, SortKey } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { column, literal, rowsPlan, run } from '../testing/harness.ts';

const DOMAINS: readonly { type: DataType; values: readonly Value[] }[] = [
  { type: types.int4, values: [-2147483648, -1, 0, 1, 2147483647] },
  { type: types.int8, values: [-9223372036854775808n, -1n, 0n, 9007199254740992n, 9007199254740993n] },
  { type: types.float8, values: [-0, 0, Number.NaN, Number.NEGATIVE_INFINITY, 2.5] },
  { type: types.text, values: ['', 'a', 'B', 'ß', '￿', '𐀀'] },
  { type: types.numeric, values: ['1.0', '1.00', 'NaN', '-3', 'Infinity'] },
  { type: types.bool, values: [true, false] },
  { type: { kind: 'array', item: types.int4 }, values: [[], [1], [1, null], [2]] },
  { type: types.jsonb, values: ['null', '1', '1.0', '"a"', '[]', '{"a": 1}'] },
];

interface Scenario {
  readonly columns: readonly Column[];
  readonly keys: readonly SortKey[];
  readonly rows: Value[][];
  readonly batchRows: number;
}

/** One to three keys and a column that tells equal rows apart. */
const scenario: fc.Arbitrary<Scenario> = fc
  .array(fc.record({ domain: fc.constantFrom(...DOMAINS), descending: fc.boolean(), nullsFirst: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((specs) => {
    const columns = [...specs.map((spec, k) => column(`k${k}`, spec.domain.type)), column('n', types.int4)];
    const keys = specs.map(({ descending, nullsFirst }, k) => ({
      id: (columns[k] as Column).id,
      descending,
      nullsFirst,
    }));
    const row = fc.tuple(...specs.map((spec) => fc.option(fc.constantFrom(...spec.domain.values), { freq: 4 })));
    return fc.record({
      columns: fc.constant(columns),
      keys: fc.constant(keys),
      rows: fc.array(row, { maxLength: 20 }).map((rows) => rows.map((values, n): Value[] => [...values, n])),
      batchRows: fc.constantFrom(1, 2, 3, 1024),
    });
  });

function sorted({ columns, keys, rows }: Scenario): Value[][] {
  return [...rows].sort((x, y) => {
    for (const [k, key] of keys.entries()) {
      const a = x[k] as Value;
      const b = y[k] as Value;
      if (a === null && b === null) continue;
      if (a === null || b === null) return (a === null) === key.nullsFirst ? -1 : 1;
      const sign = compareValues((columns[k] as Column).type, a, b);
      if (sign !== 0) return key.descending ? -sign : sign;
    }
    return (x[columns.length - 1] as number) - (y[columns.length - 1] as number);
  });
}

describe('sort', () => {
  it('is stable and follows every key', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (s) => {
        const plan: PhysicalPlan = {
          op: 'sort',
          columns: s.columns,
          keys: s.keys,
          input: rowsPlan(s.columns, s.rows, s.batchRows),
        };
        expect(await run(plan, { batchRows: s.batchRows })).toEqual(sorted(s));
      }),
      { numRuns: 300 },
    );
  });
});

describe('top-k', () => {
  const range = (skip: number | null, fetch: number | null): Extract<PhysicalPlan, { op: 'top-k' }>['range'] => ({
    skip: skip === null ? null : literal(BigInt(skip), types.int8),
    fetch: literal(fetch === null ? null : BigInt(fetch), types.int8),
  });

  it('is a stable sort and then the range', async () => {
    const counts = fc.record({ skip: fc.option(fc.nat(4)), fetch: fc.option(fc.nat(12)) });
    await fc.assert(
      fc.asyncProperty(scenario, counts, async (s, { skip, fetch }) => {
        const plan: PhysicalPlan = {
          op: 'top-k',
          columns: s.columns,
          keys: s.keys,
          range: range(skip, fetch),
          input: rowsPlan(s.columns, s.rows, s.batchRows),
        };
        const from = skip ?? 0;
        const expected = sorted(s).slice(from, fetch === null ? undefined : from + fetch);
        expect(await run(plan, { batchRows: s.batchRows })).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('cuts a full buffer, keeps the first of equal rows and little memory', async () => {
    const k = column('k', types.int4);
    const n = column('n', types.int4);
    const rows = Array.from({ length: 60_000 }, (_, i): Value[] => [(i * 7919) % 1000, i]);
    const plan: PhysicalPlan = {
      op: 'top-k',
      columns: [k, n],
      keys: [{ id: k.id, descending: true, nullsFirst: true }],
      range: range(1, 70),
      input: rowsPlan([k, n], rows, 1024),
    };
    const expected = [...rows].sort((x, y) => (y[0] as number) - (x[0] as number)).slice(1, 71);
    expect(await run(plan, { batchRows: 1024, memoryBytes: 400_000 })).toEqual(expected);
    const whole: PhysicalPlan = { op: 'sort', columns: plan.columns, keys: plan.keys, input: plan.input };
    await expect(run(whole, { batchRows: 1024, memoryBytes: 400_000 })).rejects.toMatchObject({ sqlstate: '53200' });
  });
});
