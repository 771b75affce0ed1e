import { type RecordBatch, sliceBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { compileRange, type RowCounts } from '../expressions/row-range.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/** OFFSET, then LIMIT. The input is returned as soon as enough rows came. LIMIT 0 does not start it. */
export function compileLimit(plan: PhysicalOf<'limit'>, input: Operator): Operator {
  const range = compileRange(plan.range);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const counts = range(task);
      if (counts.fetch === 0) return;
      yield* takeRange(input.run(task), counts);
    },
  };
}

/** The rows `[skip, skip + fetch)` of the batches; returns them early when it has enough. */
export async function* takeRange(
  batches: AsyncGenerator<RecordBatch, void, void>,
  counts: RowCounts,
): AsyncGenerator<RecordBatch, void, void> {
  let { skip } = counts;
  let left = counts.fetch ?? Number.POSITIVE_INFINITY;
  try {
    while (left > 0) {
      const next = await batches.next();
      if (next.done === true) return;
      const batch = next.value;
      const start = Math.min(skip, batch.rowCount);
      const end = Math.min(batch.rowCount, start + left);
      skip -= start;
      left -= end - start;
      if (end > start) yield end - start === batch.rowCount ? batch : sliceBatch(batch, start, end);
    }
  } finally {
    await batches.return();
  }
}
