import { types } from '@millrace/core';
import type { PhysicalPlan } from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import { column, harness, literal, read, rowsPlan, run } from '../testing/harness.ts';

const a = column('a', types.int4);
const b = column('b', types.text);
const rows = [
  [1, 'x'],
  [2, null],
  [null, 'y'],
  [4, 'z'],
  [5, 'x'],
];
const input = (): PhysicalPlan => rowsPlan([a, b], rows);

describe('values', () => {
  it('evaluates rows left to right, with literals, parameters and calls', async () => {
    const plan: PhysicalPlan = {
      op: 'values',
      columns: [a, b],
      rows: [
        [literal(7, types.int4), literal(null, types.text)],
        [{ kind: 'parameter', index: 1, type: types.int4 }, literal('ü', types.text)],
      ],
    };
    const parameters = [{ kind: 'bytes', bytes: new TextEncoder().encode('42'), format: 0 } as const];
    expect(await run(plan, { parameters })).toEqual([
      [7, null],
      [42, 'ü'],
    ]);
  });

  it('one empty row without columns is SELECT without FROM', async () => {
    expect(await run({ op: 'values', columns: [], rows: [[]] })).toEqual([[]]);
  });
});

describe('filter and project', () => {
  it('keeps rows that are TRUE and stops at the first predicate that is not', async () => {
    const divide = {
      kind: 'call' as const,
      fn: { id: '/(int4,int4)', volatility: 'immutable' as const, mayFail: true, strict: true },
      args: [
        literal(10, types.int4),
        {
          kind: 'call' as const,
          fn: { id: '-(int4,int4)', volatility: 'immutable' as const, mayFail: true, strict: true },
          args: [read(a), literal(2, types.int4)],
          type: types.int4,
        },
      ],
      type: types.int4,
    };
    const plan: PhysicalPlan = {
      op: 'filter',
      columns: [a, b],
      input: input(),
      predicates: [
        { kind: 'compare', op: '<>', left: read(a), right: literal(2, types.int4) },
        { kind: 'compare', op: '>', left: divide, right: literal(3, types.int4) },
      ],
    };
    expect(await run(plan)).toEqual([[4, 'z']]);
  });

  it('computes assignments and passes columns on', async () => {
    const c = column('c', types.bool);
    const plan: PhysicalPlan = {
      op: 'project',
      columns: [b, c],
      input: input(),
      assignments: [
        { column: b, expr: read(b) },
        { column: c, expr: { kind: 'is-null', operand: read(a), negated: false } },
      ],
    };
    expect(await run(plan)).toEqual([
      ['x', false],
      [null, false],
      ['y', true],
      ['z', false],
      ['x', false],
    ]);
  });
});

describe('limit', () => {
  const limit = (skip: bigint | null, fetch: bigint | null): PhysicalPlan => ({
    op: 'limit',
    columns: [a, b],
    input: input(),
    range: { skip: literal(skip, types.int8), fetch: literal(fetch, types.int8) },
  });

  it.each([
    [0n, null, rows],
    [null, 0n, []],
    [null, 2n, rows.slice(0, 2)],
    [2n, 2n, rows.slice(2, 4)],
    [4n, 10n, rows.slice(4)],
    [9n, null, []],
  ])('OFFSET %s LIMIT %s', async (skip, fetch, expected) => {
    for (const batchRows of [1, 2, 3, 1024]) expect(await run(limit(skip, fetch), { batchRows })).toEqual(expected);
  });

  it('refuses negative counts, OFFSET first', async () => {
    await expect(run(limit(null, -1n))).rejects.toMatchObject({ sqlstate: '2201W' });
    await expect(run(limit(-1n, -1n))).rejects.toMatchObject({ sqlstate: '2201X' });
  });
});

describe('union all and insert', () => {
  it('concatenates its inputs', async () => {
    const plan: PhysicalPlan = { op: 'union-all', columns: [a, b], inputs: [input(), input()] };
    expect(await run(plan)).toEqual([...rows, ...rows]);
  });

  it('hands rows in field order to the funnel', async () => {
    const h = harness();
    const plan: PhysicalPlan = {
      op: 'insert',
      columns: [],
      table: { tableId: 't', schemaId: 4, schemaName: 'public', name: 't' },
      fields: [
        { field: 'b', nullable: true, source: b.id },
        { field: 'a', nullable: true, source: a.id },
      ],
      input: input(),
    };
    expect(await run(plan, { harness: h })).toEqual([]);
    expect(h.written.map((write) => [write.tableId, write.schemaId])).toEqual([
      ['t', 4],
      ['t', 4],
    ]);
    expect(h.written.flatMap((write) => write.rows)).toEqual(rows.map(([x, y]) => [y, x]));
  });
});
