import { gatherBatch, type RecordBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { batchInput } from '../expressions/inputs.ts';
import { compileRowFilter } from '../expressions/row-filter.ts';
import { layoutOf } from '../run/column-layout.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/** Keeps the rows for which every predicate is TRUE; see `compileRowFilter` for the order of evaluation. */
export function compileFilter(plan: PhysicalOf<'filter'>, input: Operator): Operator {
  const layout = layoutOf(input.plan.columns);
  const filter = compileRowFilter(plan.predicates);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      for await (const batch of input.run(task)) {
        const rows = filter(batchInput(layout, batch, task.outer), task.evaluation);
        if (rows === null) yield batch;
        else if (rows.length > 0) yield gatherBatch(batch, rows);
      }
    },
  };
}
