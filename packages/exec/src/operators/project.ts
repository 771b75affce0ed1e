import { compileExpr, type RecordBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { batchInput } from '../expressions/inputs.ts';
import { layoutOf } from '../run/column-layout.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/** Computes the assignments of every batch; a plain column is passed on without a copy. */
export function compileProject(plan: PhysicalOf<'project'>, input: Operator): Operator {
  const layout = layoutOf(input.plan.columns);
  const exprs = plan.assignments.map((assignment) => compileExpr(assignment.expr));
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      for await (const batch of input.run(task)) {
        const row = batchInput(layout, batch, task.outer);
        yield { rowCount: batch.rowCount, vectors: exprs.map((expr) => expr(row, task.evaluation)) };
      }
    },
  };
}
