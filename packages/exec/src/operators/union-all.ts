import type { RecordBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/** The inputs' rows one input after the other. */
export function compileUnionAll(plan: PhysicalOf<'union-all'>, inputs: readonly Operator[]): Operator {
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      for (const input of inputs) yield* input.run(task);
    },
  };
}
