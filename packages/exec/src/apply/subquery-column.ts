import { constantVector, type RecordBatch, type Value, vectorFromValues } from '@millrace/core';
import type { ApplyMode, PhysicalOf } from '@millrace/planner';
import { layoutOf } from '../run/column-layout.ts';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';
import { isCorrelated, runForRow } from './subquery-runner.ts';
import { arrayValue, existsValue, scalarValue } from './subquery-value.ts';

type ColumnMode = Extract<ApplyMode, { readonly kind: 'scalar' | 'exists' | 'array' }>;

/** Scalar, EXISTS and ARRAY subqueries: one more column. */
export function compileSubqueryColumn(
  plan: PhysicalOf<'apply'>,
  mode: ColumnMode,
  input: Operator,
  subquery: Operator,
): Operator {
  const layout = layoutOf(input.plan.columns);
  const isPerRow = isCorrelated(subquery, layout);
  const { type } = mode.output;
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const pacer = new Pacer(task);
      let shared: Value | undefined;
      for await (const batch of input.run(task)) {
        if (!isPerRow) {
          if (shared === undefined) shared = await subqueryValue(mode, subquery.run(task), task);
          const vector = constantVector(type, shared, batch.rowCount);
          yield { rowCount: batch.rowCount, vectors: [...batch.vectors, vector] };
          continue;
        }
        const values: Value[] = [];
        for (let row = 0; row < batch.rowCount; row++) {
          if (pacer.step()) await pacer.turn();
          values.push(await subqueryValue(mode, runForRow(subquery, layout, batch, row, task), task));
        }
        yield { rowCount: batch.rowCount, vectors: [...batch.vectors, vectorFromValues(type, values)] };
      }
    },
  };
}

function subqueryValue(
  mode: ColumnMode,
  batches: AsyncGenerator<RecordBatch, void, void>,
  task: TaskContext,
): Promise<Value> {
  switch (mode.kind) {
    case 'scalar':
      return scalarValue(batches);
    case 'exists':
      return existsValue(batches);
    case 'array':
      return arrayValue(batches, task);
    default:
      return mode.kind satisfies never;
  }
}
