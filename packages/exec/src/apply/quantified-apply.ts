import { type ColumnVector, compileExpr, type RecordBatch, type Value, vectorFromValues } from '@millrace/core';
import type { ApplyMode, PhysicalOf } from '@millrace/planner';
import { batchInput } from '../expressions/inputs.ts';
import { layoutOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';
import { Membership, QuantifiedFold, rowTest, type Truth } from './quantified.ts';
import { isCorrelated, runForRow, SubqueryCache } from './subquery-runner.ts';

type QuantifiedMode = Extract<ApplyMode, { readonly kind: 'quantified' }>;

/** `left op ANY|ALL (subquery)`: one more bool column. */
export function compileQuantified(
  plan: PhysicalOf<'apply'>,
  mode: QuantifiedMode,
  input: Operator,
  subquery: Operator,
): Operator {
  const layout = layoutOf(input.plan.columns);
  const left = mode.left.map(compileExpr);
  const isPerRow = isCorrelated(subquery, layout);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const pacer = new Pacer(task);
      const shared = isPerRow ? null : new SharedRows(mode, subquery, task);
      try {
        for await (const batch of input.run(task)) {
          const row = batchInput(layout, batch, task.outer);
          const columns = left.map((expr) => expr(row, task.evaluation));
          let truths: Truth[] = [];
          if (shared !== null) truths = await shared.test(columns, batch.rowCount, pacer);
          for (let i = 0; shared === null && i < batch.rowCount; i++) {
            if (pacer.step()) await pacer.turn();
            truths.push(await testRow(mode, columns, i, runForRow(subquery, layout, batch, i, task)));
          }
          const values: readonly Value[] = truths;
          yield { rowCount: batch.rowCount, vectors: [...batch.vectors, vectorFromValues(mode.output.type, values)] };
        }
      } finally {
        shared?.release();
      }
    },
  };
}

async function testRow(
  mode: QuantifiedMode,
  left: readonly ColumnVector[],
  leftRow: number,
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
): Promise<Truth> {
  const fold = new QuantifiedFold(mode.quantifier);
  for await (const batch of batches) {
    if (fold.add(rowTest(mode.op, left, batch.vectors), leftRow, batch.rowCount)) break;
  }
  return fold.result;
}

/** The rows of an uncorrelated subquery, and for IN and NOT IN over one column a hash table of them. */
class SharedRows {
  readonly #mode: QuantifiedMode;
  readonly #cache: SubqueryCache;
  readonly #hashMask: number | undefined;
  readonly #memory: MemoryAccount;
  #membership: Membership | null = null;

  constructor(mode: QuantifiedMode, subquery: Operator, task: TaskContext) {
    this.#mode = mode;
    this.#cache = new SubqueryCache(subquery, task);
    this.#hashMask = task.hashMask;
    this.#memory = new MemoryAccount(task.memory, 'subquery');
  }

  async test(left: readonly ColumnVector[], rowCount: number, pacer: Pacer): Promise<Truth[]> {
    const { op, quantifier } = this.#mode;
    const batches = await this.#cache.batches();
    const [only] = left;
    const isIn = op === '=' && quantifier === 'any';
    const isNotIn = op === '<>' && quantifier === 'all';
    if (only !== undefined && left.length === 1 && (isIn || isNotIn)) {
      return this.#members(only, batches, isNotIn).test(only, rowCount);
    }
    const tests = batches.map((batch) => rowTest(op, left, batch.vectors));
    const truths: Truth[] = [];
    for (let i = 0; i < rowCount; i++) {
      if (pacer.step()) await pacer.turn();
      const fold = new QuantifiedFold(quantifier);
      batches.some((batch, k) => fold.add(tests[k] as (typeof tests)[number], i, batch.rowCount));
      truths.push(fold.result);
    }
    return truths;
  }

  #members(left: ColumnVector, batches: readonly RecordBatch[], isNegated: boolean): Membership {
    if (this.#membership === null) {
      const type = batches[0]?.vectors[0]?.type ?? left.type;
      this.#membership = new Membership(left, { type, batches }, { isNegated, hashMask: this.#hashMask });
      this.#memory.set(this.#membership.byteLength);
    }
    return this.#membership;
  }

  release(): void {
    this.#memory.release();
    this.#cache.release();
  }
}
