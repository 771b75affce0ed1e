import { type RecordBatch, sliceBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';

/** Rows that are at hand already, in pieces of at most `batchRows`. */
export function compileMemoryScan(plan: PhysicalOf<'memory-scan'>): Operator {
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const pacer = new Pacer(task);
      for (const batch of plan.batches) {
        for (let start = 0; start < batch.rowCount; start += task.batchRows) {
          if (pacer.step()) await pacer.turn();
          const end = Math.min(batch.rowCount, start + task.batchRows);
          yield end - start === batch.rowCount ? batch : sliceBatch(batch, start, end);
        }
      }
    },
  };
}
