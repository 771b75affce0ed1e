import { gatherBatch, type RecordBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { createKeyTable } from '../keys/create-key-table.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/** The first of equal rows, in input order. NULLs are equal, NaN equals NaN, -0 equals 0, 1.0 equals 1.00. */
export function compileHashDistinct(plan: PhysicalOf<'hash-distinct'>, input: Operator): Operator {
  const specs = input.plan.columns.map((column) => ({ type: column.type, nullsMatch: true }));
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'distinct');
      try {
        const table = createKeyTable(specs, task.hashMask);
        for await (const batch of input.run(task)) {
          const added = table.insert(batch.vectors, batch.rowCount, new Int32Array(batch.rowCount));
          memory.set(table.byteLength);
          if (added.length === 0) continue;
          yield added.length === batch.rowCount ? batch : gatherBatch(batch, added);
        }
      } finally {
        memory.release();
      }
    },
  };
}
