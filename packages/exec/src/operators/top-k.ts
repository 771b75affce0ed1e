import { type ColumnVector, concatBatches, gatherBatch, type RecordBatch, sliceBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { compileRange } from '../expressions/row-range.ts';
import { rowComparator, sortedRows } from '../order/row-comparator.ts';
import { batchBytes } from '../run/collect.ts';
import { type ColumnLayout, layoutOf, positionOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';
import { takeRange } from './limit.ts';
import { compileSort } from './sort.ts';

/**
 * The rows that a stable sort and then the range would give, without keeping more than about twice as many as are needed: rows
 * collect in a buffer, a full buffer is sorted and cut to `skip + fetch` rows, and from then on a row that does not sort before the last
 * kept one (an equal one came later, so it loses) is dropped at once.
 */
export function compileTopK(plan: PhysicalOf<'top-k'>, input: Operator): Operator {
  const layout = layoutOf(input.plan.columns);
  const range = compileRange(plan.range);
  const sort = compileSort({ op: 'sort', input: plan.input, keys: plan.keys, columns: plan.columns }, input);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const counts = range(task);
      if (counts.fetch === 0) return;
      if (counts.fetch === null) {
        yield* takeRange(sort.run(task), counts);
        return;
      }
      const memory = new MemoryAccount(task.memory, 'top-k');
      const buffer = new TopBuffer(plan, layout, counts.skip + counts.fetch, memory);
      try {
        for await (const batch of input.run(task)) buffer.add(batch);
        const top = buffer.finish();
        for (let start = counts.skip; start < top.rowCount; start += task.batchRows) {
          yield sliceBatch(top, start, Math.min(top.rowCount, start + task.batchRows));
        }
      } finally {
        memory.release();
      }
    },
  };
}

const SLACK_ROWS = 4096;

/** The first `limit` rows in order so far, and rows that may still be among them. */
class TopBuffer {
  readonly #plan: PhysicalOf<'top-k'>;
  readonly #positions: readonly number[];
  readonly #limit: number;
  readonly #memory: MemoryAccount;
  #batches: RecordBatch[] = [];
  #rowCount = 0;
  #bytes = 0;
  /** The `limit` first rows, sorted, once there are so many: the first of `#batches`. */
  #sorted: RecordBatch | null = null;

  constructor(plan: PhysicalOf<'top-k'>, layout: ColumnLayout, limit: number, memory: MemoryAccount) {
    this.#plan = plan;
    this.#positions = plan.keys.map((key) => positionOf(layout, key.id));
    this.#limit = limit;
    this.#memory = memory;
  }

  add(batch: RecordBatch): void {
    const kept = this.#sorted === null ? batch : this.#before(batch, this.#sorted);
    if (kept.rowCount === 0) return;
    this.#batches.push(kept);
    this.#rowCount += kept.rowCount;
    this.#bytes += batchBytes(kept);
    this.#memory.set(this.#bytes);
    if (this.#rowCount >= this.#limit + Math.max(this.#limit, SLACK_ROWS)) this.#cut();
  }

  finish(): RecordBatch {
    this.#cut();
    return this.#batches[0] ?? { rowCount: 0, vectors: [] };
  }

  #keys(batch: RecordBatch): readonly ColumnVector[] {
    return this.#positions.map((position) => batch.vectors[position] as ColumnVector);
  }

  #before(batch: RecordBatch, sorted: RecordBatch): RecordBatch {
    const compare = rowComparator(this.#plan.keys, this.#keys(batch), this.#keys(sorted));
    const last = sorted.rowCount - 1;
    const rows: number[] = [];
    for (let i = 0; i < batch.rowCount; i++) if (compare(i, last) < 0) rows.push(i);
    return rows.length === batch.rowCount ? batch : gatherBatch(batch, Int32Array.from(rows));
  }

  #cut(): void {
    if (this.#batches.length === 0) return;
    this.#memory.set(2 * this.#bytes + 12 * this.#rowCount);
    const types = this.#plan.columns.map((column) => column.type);
    const whole = concatBatches(types, this.#batches);
    const keys = this.#keys(whole);
    const rows = sortedRows(whole.rowCount, rowComparator(this.#plan.keys, keys, keys));
    const top = gatherBatch(whole, rows.subarray(0, this.#limit));
    this.#batches = [top];
    this.#rowCount = top.rowCount;
    this.#bytes = batchBytes(top);
    this.#sorted = top.rowCount === this.#limit ? top : null;
    this.#memory.set(this.#bytes);
  }
}
