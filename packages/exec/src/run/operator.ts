import type { RecordBatch } from '@millrace/core';
import type { PhysicalPlan } from '@millrace/planner';
import { type TaskContext, throwIfAborted } from './task-context.ts';

/**
 * A compiled plan node. Immutable: all state of an execution is inside the generator that `run` returns.
 * Laws: batches match `plan.columns`, are never empty (rowCount 0) and belong to the consumer; the generator checks `task.signal`, and when it
 * ends, throws or is returned early it has returned its inputs and released its memory.
 */
export interface Operator {
  readonly plan: PhysicalPlan;
  run(task: TaskContext): AsyncGenerator<RecordBatch, void, void>;
}

/** Wraps an operator: abort checks between batches, no empty batches, statistics when the task collects them. */
export function guarded(operator: Operator): Operator {
  return { plan: operator.plan, run: (task: TaskContext) => runGuarded(operator, task) };
}

async function* runGuarded(operator: Operator, task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
  const { stats } = task;
  throwIfAborted(task.signal);
  const batches = operator.run(task);
  if (stats === null) {
    for await (const batch of batches) {
      if (batch.rowCount > 0) yield batch;
      throwIfAborted(task.signal);
    }
    return;
  }
  const entry = stats.of(operator.plan);
  entry.loops++;
  try {
    for (;;) {
      const before = stats.clock.monotonicMs();
      const next = await batches.next();
      entry.micros += (stats.clock.monotonicMs() - before) * 1000;
      if (next.done === true) return;
      if (next.value.rowCount === 0) continue;
      entry.batches++;
      entry.rows += next.value.rowCount;
      yield next.value;
      throwIfAborted(task.signal);
    }
  } finally {
    await batches.return();
  }
}
