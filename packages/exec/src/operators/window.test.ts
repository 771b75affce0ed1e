import {
  type Column,
  type ColumnVector,
  type DataType,
  defineSignature,
  type Expr,
  types,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import {
  DEFAULT_FRAME,
  type FrameBound,
  type PhysicalPlan,
  type WindowCall,
  type WindowFrame,
} from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Accumulator, type AggregateDefinition, defineAggregate } from '../aggregates/definition.ts';
import { standardAggregates } from '../aggregates/standard.ts';
import { compilePlan } from '../compile-plan.ts';
import type { ExecRegistry } from '../registry.ts';
import { standardExecRegistry } from '../standard-registry.ts';
import { column, harness, literal, read, rowsPlan, run } from '../testing/harness.ts';
import { defineWindowFunction } from '../windows/definition.ts';

const [p, o] = [column('p', types.int4), column('o', types.int4)];
const ascending = (id: Column['id']): { id: Column['id']; descending: boolean; nullsFirst: boolean } => ({
  id,
  descending: false,
  nullsFirst: false,
});

function windowPlan(
  input: PhysicalPlan,
  window: {
    readonly functions: readonly WindowCall[];
    readonly frame?: WindowFrame;
    readonly partitionBy?: readonly Column[];
    readonly orderBy?: readonly Column[];
  },
): PhysicalPlan {
  return {
    op: 'window',
    input,
    columns: [...input.columns, ...window.functions.map((call) => call.column)],
    partitionBy: (window.partitionBy ?? []).map(({ id }) => id),
    orderBy: (window.orderBy ?? []).map(({ id }) => ascending(id)),
    frame: window.frame ?? DEFAULT_FRAME,
    functions: window.functions,
  };
}

function call(fn: string, type: DataType, ...args: readonly Expr[]): WindowCall {
  return { column: column('w', type), fn, args, filter: null };
}

const preceding = (count: bigint | null): FrameBound => ({ kind: 'preceding', offset: literal(count, types.int8) });
const sliding = (count: bigint): WindowFrame => ({
  mode: 'rows',
  start: preceding(count),
  end: { kind: 'current-row' },
  exclude: 'nothing',
});
const growing: WindowFrame = { ...DEFAULT_FRAME, mode: 'rows' };

describe('window', () => {
  const rows = [
    [2, 1],
    [null, 5],
    [1, 3],
    [2, null],
    [1, 2],
    [2, 1],
  ];
  const rowNumber = call('row_number()', types.int8);

  it('gives its rows out sorted by partition and order, in batches of the size that is asked for', async () => {
    const plan = windowPlan(rowsPlan([p, o], rows), { functions: [rowNumber], partitionBy: [p], orderBy: [o] });
    const expected = [
      [1, 2, 1n],
      [1, 3, 2n],
      [2, 1, 1n],
      [2, 1, 2n],
      [2, null, 3n],
      [null, 5, 1n],
    ];
    for (const batchRows of [1, 2, 1024]) expect(await run(plan, { batchRows })).toEqual(expected);
    const sizes: number[] = [];
    for await (const batch of compilePlan(plan, standardExecRegistry()).execute(harness({ batchRows: 4 }).task)) {
      sizes.push(batch.rowCount);
    }
    expect(sizes).toEqual([4, 2]);
  });

  it('does not copy rows that come in its order already', async () => {
    const input = rowsPlan(
      [p, o],
      [
        [1, 1],
        [1, 2],
        [2, 1],
      ],
      3,
    );
    const sorted = windowPlan(input, { functions: [rowNumber], partitionBy: [p], orderBy: [o] });
    const other = windowPlan(input, { functions: [rowNumber], orderBy: [o] });
    const memoryOf = async (plan: PhysicalPlan): Promise<unknown> => {
      const { task } = harness({ batchRows: 3 });
      const batches = compilePlan(plan, standardExecRegistry()).execute(task);
      const next = await batches.next();
      await batches.return();
      const vector = next.done === true ? undefined : next.value.vectors[0];
      return vector?.kind === 'fixed' ? vector.values.buffer : undefined;
    };
    const [whole] = input.batches;
    const original = whole?.vectors[0]?.kind === 'fixed' ? whole.vectors[0].values.buffer : null;
    expect(await memoryOf(sorted)).toBe(original);
    expect(await memoryOf(other)).not.toBe(original);
  });

  it('evaluates the offsets of its frame also for no rows', async () => {
    const over = (start: FrameBound, input: readonly (readonly Value[])[]): Promise<unknown> =>
      run(windowPlan(rowsPlan([o], input), { functions: [rowNumber], frame: { ...growing, start }, orderBy: [o] }));
    await expect(over(preceding(null), [])).rejects.toMatchObject({ sqlstate: '22004' });
    await expect(over(preceding(-1n), [])).rejects.toMatchObject({ sqlstate: '22013' });
    expect(await over(preceding(2n ** 63n - 1n), [[1]])).toEqual([[1, 1n]]);
  });

  it('runs window functions of a deployment', async () => {
    const definition = defineWindowFunction({
      signature: defineSignature('window', { name: 'gap', args: ['int4'], returns: types.int4, strict: false }),
      compute({ partitions, returns, argument }) {
        const rowsBefore = partitions.partitionOf.map((partition, i) =>
          i === partitions.partitionStarts[partition] ? -1 : i - 1,
        );
        const [here, before] = [
          argument(
            0,
            partitions.partitionOf.map((_, i) => i),
          ),
          argument(0, rowsBefore),
        ];
        const gaps = Array.from(rowsBefore, (_, i) => {
          const [a, b] = [valueAt(here, i) as number | null, valueAt(before, i) as number | null];
          return a === null || b === null ? null : a - b;
        });
        return vectorFromValues(returns, gaps);
      },
    });
    const registry = standardExecRegistry(undefined, { windowFunctions: [definition] });
    const functions = [call('gap(int4)', types.int4, read(o))];
    const plan = windowPlan(
      rowsPlan(
        [p, o],
        [
          [1, 7],
          [1, 4],
          [2, 9],
        ],
      ),
      { functions, partitionBy: [p], orderBy: [o] },
    );
    expect(await run(plan, { registry })).toEqual([
      [1, 4, null],
      [1, 7, 3],
      [2, 9, null],
    ]);
  });

  it('stops and gives turns while it computes frame by frame', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => [i]);
    const functions = [call('max(int4)', types.int4, read(o))];
    const plan = windowPlan(rowsPlan([o], many, 2000), { functions, frame: sliding(500n), orderBy: [o] });
    let turns = 0;
    await run(plan, { batchRows: 2000, pause: async () => void turns++ });
    expect(turns).toBeGreaterThan(2);
    const h = harness({ pause: async () => h.controller.abort() });
    await expect(run(plan, { harness: h })).rejects.toMatchObject({ sqlstate: '57014' });
  });
});

describe('aggregates over windows', () => {
  /** A count that tells how many rows went in and out. */
  class Counting implements Accumulator {
    readonly byteLength: number = 0;
    readonly #counts: number[] = [];
    readonly #work: { added: number; removed: number };
    readonly value?: (group: number) => Value;
    readonly remove?: NonNullable<Accumulator['remove']>;

    constructor(work: { added: number; removed: number }, can: 'finish' | 'read' | 'remove') {
      this.#work = work;
      if (can !== 'finish') this.value = (group) => BigInt(this.#counts[group] ?? 0);
      if (can === 'remove') {
        this.remove = (groupIds, _args, to, from) => {
          this.#work.removed += to - from;
          for (let i = from; i < to; i++) this.#counts[groupIds[i] as number]! -= 1;
        };
      }
    }

    resize(groupCount: number): void {
      while (this.#counts.length < groupCount) this.#counts.push(0);
    }

    update(groupIds: Int32Array, _args: readonly ColumnVector[], rowCount: number, from = 0): void {
      this.#work.added += rowCount - from;
      for (let i = from; i < rowCount; i++) this.#counts[groupIds[i] as number]! += 1;
    }

    finish(groupCount: number): ColumnVector {
      return vectorFromValues(types.int8, this.#counts.slice(0, groupCount).map(BigInt));
    }
  }

  async function workOf(frame: WindowFrame, can: 'finish' | 'read' | 'remove'): Promise<unknown> {
    const work = { added: 0, removed: 0 };
    const signature = defineSignature('aggregate', { name: 'rows', args: [], returns: types.int8, strict: false });
    const aggregates = [defineAggregate({ signature, createAccumulator: () => new Counting(work, can) })];
    const input = rowsPlan(
      [o],
      Array.from({ length: 100 }, (_, i) => [i]),
      100,
    );
    const plan = windowPlan(input, { functions: [call('rows()', types.int8)], frame, orderBy: [o] });
    const rows = await run(plan, { registry: standardExecRegistry(undefined, { aggregates }) });
    const size = frame.start.kind === 'preceding' ? 10 : frame.end.kind === 'current-row' ? 100 : Number.NaN;
    expect(rows.map((row) => row[1])).toEqual(
      Array.from({ length: 100 }, (_, i) => BigInt(Number.isNaN(size) ? 100 : Math.min(i + 1, size))),
    );
    return work;
  }

  it('take every row in once where frames grow or are the partition, and out once where they slide', async () => {
    expect(await workOf(growing, 'read')).toEqual({ added: 100, removed: 0 });
    const whole: WindowFrame = { ...growing, end: { kind: 'unbounded-following' } };
    expect(await workOf(whole, 'finish')).toEqual({ added: 100, removed: 0 });
    expect(await workOf(sliding(9n), 'remove')).toEqual({ added: 100, removed: 90 });
  });

  it('else compute each frame from its first row', async () => {
    expect(await workOf(growing, 'finish')).toEqual({ added: 5050, removed: 0 });
    expect(await workOf(sliding(9n), 'read')).toEqual({ added: 955, removed: 0 });
  });

  /** Aggregates that cannot be read on the way: every frame is computed from its first row. */
  function unreadable(definition: AggregateDefinition): AggregateDefinition {
    return {
      ...definition,
      createAccumulator(aggregate) {
        const inner = definition.createAccumulator(aggregate);
        return {
          resize: (groupCount) => inner.resize(groupCount),
          update: (groupIds, args, rowCount) => inner.update(groupIds, args, rowCount),
          finish: (groupCount) => inner.finish(groupCount),
          get byteLength() {
            return inner.byteLength;
          },
        };
      },
    };
  }

  const slow: ExecRegistry = standardExecRegistry(undefined, { aggregates: standardAggregates.map(unreadable) });
  const { numeric, int8, float8, interval, bool } = types;
  const VALUES: readonly (readonly [type: DataType, values: readonly Value[]])[] = [
    [types.int2, [1, -32768, 32767]],
    [types.int4, [1, 2147483647, -5]],
    [int8, [1n, 9223372036854775807n, -9223372036854775808n]],
    [numeric, ['1', '1.50', 'NaN', '-2.125', 'Infinity', '123456789012345678901234567890']],
    [{ kind: 'numeric', precision: 5, scale: 2 }, ['1.00', '-2.50', '999.99']],
    [types.float4, [1, 0.1, -3]],
    [float8, [1, 0.1, 1e300, Number.NaN, Number.NEGATIVE_INFINITY]],
    [
      interval,
      [
        { months: 1, days: 0, micros: 5n },
        { months: 0, days: -3, micros: 0n },
      ],
    ],
    [types.text, ['b', 'a', '']],
    [bool, [true, false]],
    [types.date, [0, 19723]],
  ];
  const calls = VALUES.flatMap(([type, values]) =>
    standardAggregates
      .filter(({ signature: { args } }) => args.length === 1 && (args[0] === type.kind || args[0] === 'any'))
      .map(({ signature: { id, returns } }) => ({ type, values, id, returns: returns as DataType })),
  );

  it('are the same, to the last digit, whichever way they are computed', async () => {
    expect(new Set(calls.map(({ id }) => id)).size).toBeGreaterThan(70);
    const offset = fc.constantFrom(0n, 1n, 3n);
    const bound = (kind: 'preceding' | 'following'): fc.Arbitrary<FrameBound> =>
      offset.map((count) => ({ kind, offset: literal(count, int8) }));
    const starts = fc.oneof(
      fc.constant<FrameBound>({ kind: 'unbounded-preceding' }),
      bound('preceding'),
      bound('following'),
    );
    const ends = fc.oneof(fc.constant<FrameBound>({ kind: 'current-row' }), bound('following'), bound('preceding'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 1 }), fc.nat(), fc.boolean()), { maxLength: 12 }),
        starts,
        ends,
        fc.constantFrom(...calls),
        async (cells, start, end, { type, values, id, returns }) => {
          const value = column('v', type);
          const rows = cells.map(([part, at, isNull], i) => [
            part,
            i,
            isNull ? null : (values[at % values.length] ?? null),
          ]);
          const plan = windowPlan(rowsPlan([p, o, value], rows, 4), {
            functions: [call(id, returns, read(value))],
            frame: { mode: 'rows', start, end, exclude: 'nothing' },
            partitionBy: [p],
            orderBy: [o],
          });
          const outcome = (registry?: ExecRegistry): Promise<unknown> =>
            run(plan, registry === undefined ? {} : { registry }).catch(
              (error: { sqlstate?: string }) => error.sqlstate,
            );
          expect(await outcome()).toEqual(await outcome(slow));
        },
      ),
      { numRuns: 500 },
    );
  });
});
