import { type ColumnVector, gatherBatch, type RecordBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { rowComparator, sortedRows } from '../order/row-comparator.ts';
import { batchBytes, collectBatch } from '../run/collect.ts';
import { layoutOf, positionOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import { type TaskContext, throwIfAborted } from '../run/task-context.ts';

/** Collects its input, sorts row numbers by the keys (stable) and gathers the rows batch by batch. */
export function compileSort(plan: PhysicalOf<'sort'>, input: Operator): Operator {
  const layout = layoutOf(input.plan.columns);
  const positions = plan.keys.map((key) => positionOf(layout, key.id));
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'sort');
      try {
        const whole = await collectBatch(input.plan.columns, input.run(task), memory);
        if (whole.rowCount === 0) return;
        memory.set(batchBytes(whole) + 12 * whole.rowCount);
        throwIfAborted(task.signal);
        const keys = positions.map((position) => whole.vectors[position] as ColumnVector);
        const rows = sortedRows(whole.rowCount, rowComparator(plan.keys, keys, keys));
        for (let start = 0; start < rows.length; start += task.batchRows) {
          yield gatherBatch(whole, rows.subarray(start, start + task.batchRows));
        }
      } finally {
        memory.release();
      }
    },
  };
}
