import {
  type ColumnVector,
  defineSignature,
  failure,
  type RecordBatch,
  types,
  type Value,
  vectorFromValues,
} from '@millrace/core';
import { DEFAULT_FRAME, type PhysicalPlan } from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import { type Accumulator, defineAggregate } from './aggregates/definition.ts';
import { compilePlan } from './compile-plan.ts';
import type { OperatorFactory } from './registry.ts';
import type { Operator } from './run/operator.ts';
import { createStatistics } from './run/statistics.ts';
import { standardExecRegistry } from './standard-registry.ts';
import { column, harness, literal, read, rowsOf, rowsPlan, run } from './testing/harness.ts';

const a = column('a', types.int4);
const b = column('b', types.text);
const c = column('c', types.int4);
const rows = Array.from({ length: 200 }, (_, i): Value[] => [i % 50, `value-${i}`]);
const source = (): PhysicalPlan => rowsPlan([a, b], rows, 20);
const right = (): PhysicalPlan =>
  rowsPlan(
    [c],
    rows.map((row) => [row[0] as Value]),
    20,
  );
const equal = { kind: 'compare' as const, op: '=' as const, left: read(a), right: read(c) };
const key = [{ id: a.id, descending: false, nullsFirst: false }];
const count = {
  column: column('n', types.int8),
  fn: 'count(*)',
  args: [],
  isDistinct: false,
  filter: null,
  orderBy: [],
};
const agg = {
  ...count,
  column: column('l', { kind: 'array', item: types.text }),
  fn: 'array_agg(anynonarray)',
  args: [read(b)],
};

/** Every operator that keeps rows. */
const PLANS: Readonly<Record<string, (input: PhysicalPlan) => PhysicalPlan>> = {
  sort: (input) => ({ op: 'sort', columns: [a, b], keys: key, input }),
  'top-k': (input) => ({
    op: 'top-k',
    columns: [a, b],
    keys: key,
    input,
    range: { skip: null, fetch: literal(150n, types.int8) },
  }),
  window: (input) => ({
    op: 'window',
    columns: [a, b, agg.column],
    partitionBy: [],
    orderBy: key,
    frame: { ...DEFAULT_FRAME, mode: 'rows' },
    functions: [{ column: agg.column, fn: agg.fn, args: agg.args, filter: null }],
    input,
  }),
  'hash-distinct': (input) => ({ op: 'hash-distinct', columns: [a, b], input }),
  'hash-aggregate': (input) => ({
    op: 'hash-aggregate',
    columns: [b, count.column, agg.column],
    groupBy: [b.id],
    aggregations: [count, agg],
    input,
  }),
  'hash-join': (input) => ({
    op: 'hash-join',
    type: 'full',
    columns: [c, a, b],
    left: right(),
    right: input,
    keys: [{ left: read(c), right: read(a), op: '=' }],
    residual: [],
  }),
  'nested-loop-join': (input) => ({
    op: 'nested-loop-join',
    type: 'left',
    columns: [c, a, b],
    left: right(),
    right: input,
    on: [equal],
  }),
  apply: (input) => ({ op: 'apply', columns: [c, a, b], input: right(), subquery: input, mode: { kind: 'cross' } }),
};

/** An input that counts how often it was started and ended, and may fail or run for ever. */
function observed(behaviour: 'fails' | 'endless' | 'plain'): {
  factory: OperatorFactory;
  open: () => number;
  batches: () => number;
} {
  let open = 0;
  let batches = 0;
  const factory: OperatorFactory = (_node, _inputs, { plan }): Operator => ({
    plan,
    async *run(task) {
      open++;
      try {
        for (let i = 0; behaviour === 'endless' || i < 10; i++) {
          if (behaviour === 'fails' && i === 9) throw failure('divisionByZero');
          if (task.signal.aborted) return;
          batches++;
          const part = rows.slice((i % 10) * 20, (i % 10) * 20 + 20);
          yield {
            rowCount: part.length,
            vectors: [0, 1].map(
              (k): ColumnVector =>
                vectorFromValues(
                  k === 0 ? types.int4 : types.text,
                  part.map((row) => row[k] as Value),
                ),
            ),
          };
        }
      } finally {
        open--;
      }
    },
  });
  return { factory, open: () => open, batches: () => batches };
}
const extension: PhysicalPlan = {
  op: 'extension',
  columns: [a, b],
  node: { name: 'observed', columns: [a, b], exprs: [], properties: {} },
  inputs: [],
};
const registryOf = (factory: OperatorFactory) =>
  standardExecRegistry(undefined, { operators: new Map([['observed', factory]]) });

describe.each(Object.keys(PLANS))('%s', (name) => {
  const make = PLANS[name] as (input: PhysicalPlan) => PhysicalPlan;

  it('releases its memory and inputs after success, an error below, and an early return', async () => {
    const plain = observed('plain');
    expect((await run(make(extension), { registry: registryOf(plain.factory) })).length).toBeGreaterThan(0);
    expect(plain.open()).toBe(0);

    const failing = observed('fails');
    await expect(run(make(extension), { registry: registryOf(failing.factory) })).rejects.toMatchObject({
      sqlstate: '22012',
    });
    expect(failing.open()).toBe(0);

    const early = observed('plain');
    const h = harness();
    const batches = compilePlan(make(extension), registryOf(early.factory)).execute(h.task);
    expect((await batches.next()).done).toBe(false);
    expect(h.memory.usedBytes).toBeGreaterThan(0);
    await batches.return();
    expect(h.memory.usedBytes).toBe(0);
    expect(early.open()).toBe(0);
  });

  it('fails with 53200 when the budget is too small, and releases what it had', async () => {
    await expect(run(make(source()), { memoryBytes: 2048 })).rejects.toMatchObject({
      sqlstate: '53200',
      message: expect.stringMatching(/^out of memory: (?!test )[a-z -]+ needs \d+ bytes/) as unknown,
    });
  });

  it('stops when aborted while it collects', async () => {
    const endless = observed('endless');
    const h = harness({ batchRows: 20 });
    let turns = 0;
    const task = { ...h.task, pause: async (): Promise<void> => void (++turns === 3 && h.controller.abort()) };
    const stop = setTimeout(() => h.controller.abort(), 20);
    const plan = make({
      op: 'limit',
      columns: [a, b],
      input: extension,
      range: { skip: null, fetch: literal(1_000_000n, types.int8) },
    });
    const pump = async (): Promise<void> => {
      for await (const _ of compilePlan(plan, registryOf(yielding(endless.factory))).execute(task));
    };
    await expect(pump()).rejects.toMatchObject({ sqlstate: '57014' });
    clearTimeout(stop);
    expect(endless.open()).toBe(0);
    expect(endless.batches()).toBeGreaterThan(0);
    expect(h.memory.usedBytes).toBe(0);
  });
});

/** Gives timers a turn between batches. */
function yielding(factory: OperatorFactory): OperatorFactory {
  return (node, inputs, context) => {
    const operator = factory(node, inputs, context);
    return {
      plan: operator.plan,
      async *run(task) {
        for await (const batch of operator.run(task)) {
          await new Promise((resolve) => setImmediate(resolve));
          yield batch;
        }
      },
    };
  };
}

describe('execution', () => {
  it('an abort before the start runs nothing, and keeps a client error as the reason', async () => {
    const h = harness();
    h.controller.abort(failure('statementTimeout'));
    await expect(run(source(), { harness: h })).rejects.toMatchObject({ key: 'statementTimeout' });
  });

  it('gives the event loop turns while it computes', async () => {
    let turns = 0;
    const series: PhysicalPlan = {
      op: 'function-scan',
      fn: 'generate_series(int4,int4)',
      args: [literal(1, types.int4), literal(1000, types.int4)],
      columns: [a],
      hasOrdinality: false,
    };
    await run(series, { batchRows: 10, pause: async () => void turns++ });
    expect(turns).toBe(6);
  });

  it('one compiled plan serves interleaved executions', async () => {
    const compiled = compilePlan(
      (PLANS['hash-aggregate'] as (input: PhysicalPlan) => PhysicalPlan)(source()),
      standardExecRegistry(),
    );
    const [x, y] = [harness(), harness({ batchRows: 7 })];
    const one = compiled.execute(x.task);
    const two = compiled.execute(y.task);
    const results: Value[][][] = [[], []];
    for (let i = 0; i < 100; i++) {
      for (const [k, batches] of [one, two].entries()) {
        const next = await batches.next();
        if (next.done !== true) results[k]?.push(...rowsOf(next.value));
      }
    }
    expect(results[0]).toHaveLength(200);
    expect(results[0]).toEqual(results[1]);
  });

  it('counts rows, batches, loops and time per node', async () => {
    let now = 0;
    const stats = createStatistics({ monotonicMs: () => now++ });
    const subquery: PhysicalPlan = {
      op: 'filter',
      columns: [c],
      input: rowsPlan([c], [[1], [2], [2]], 2),
      predicates: [equal],
    };
    const input = rowsPlan([a], [[1], [2], [3]], 2);
    const plan: PhysicalPlan = { op: 'apply', columns: [a, c], input, subquery, mode: { kind: 'cross' } };
    await run(plan, { stats });
    expect(stats.read(plan)).toMatchObject({ rows: 3, loops: 1 });
    expect(stats.read(subquery)).toMatchObject({ rows: 3, loops: 3, batches: 3 });
    expect(stats.read(input)).toMatchObject({ rows: 3, loops: 1, batches: 2, micros: 3000 });
  });

  it('runs aggregates of a deployment; a strict one sees no NULL', async () => {
    class Product implements Accumulator {
      readonly byteLength: number = 64;
      readonly #products: number[] = [];
      resize(groupCount: number): void {
        while (this.#products.length < groupCount) this.#products.push(1);
      }
      update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number): void {
        const vector = args[0] as ColumnVector;
        const values = rowsOf({ rowCount, vectors: [vector] });
        values.forEach(([value], i) => {
          expect(value).not.toBeNull();
          this.#products[groupIds[i] as number]! *= value as number;
        });
      }
      finish(groupCount: number): ColumnVector {
        return vectorFromValues(types.int4, this.#products.slice(0, groupCount));
      }
    }
    const signature = defineSignature('aggregate', {
      name: 'product',
      args: ['int4'],
      returns: types.int4,
      strict: true,
    });
    const registry = standardExecRegistry(undefined, {
      aggregates: [defineAggregate({ signature, createAccumulator: () => new Product() })],
    });
    const out = column('p', types.int4);
    const plan: PhysicalPlan = {
      op: 'hash-aggregate',
      columns: [out],
      groupBy: [],
      input: rowsPlan([a], [[2], [null], [3], [3]], 2),
      aggregations: [
        { column: out, fn: 'product(int4)', args: [read(a)], isDistinct: true, filter: null, orderBy: [] },
      ],
    };
    expect(await run(plan, { registry })).toEqual([[6]]);
  });

  it('does not give empty batches on', async () => {
    const empty: RecordBatch = { rowCount: 0, vectors: [vectorFromValues(types.int4, [])] };
    expect(await run({ op: 'memory-scan', columns: [a], batches: [empty] })).toEqual([]);
  });
});
