import type { ColumnVector, RecordBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { layoutOf, positionOf } from '../run/column-layout.ts';
import type { Operator } from '../run/operator.ts';
import { type TaskContext, throwIfAborted } from '../run/task-context.ts';

/** Hands the input's rows, in field order, to the write funnel; produces what it admitted, if the plan asks for it. Casts and defaults are in the plan already. */
export function compileInsert(plan: PhysicalOf<'insert'>, input: Operator): Operator {
  const layout = layoutOf(input.plan.columns);
  const sources = plan.fields.map((field) => positionOf(layout, field.source));
  const { tableId, schemaId } = plan.table;
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      for await (const batch of input.run(task)) {
        throwIfAborted(task.signal);
        const vectors = sources.map((position) => batch.vectors[position] as ColumnVector);
        const admitted = await task.write(tableId, schemaId, { rowCount: batch.rowCount, vectors });
        if (plan.columns.length > 0 && admitted.rowCount > 0) yield admitted;
      }
    },
  };
}
