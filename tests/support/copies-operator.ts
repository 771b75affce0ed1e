import {
  type ColumnVector,
  evaluatePredicate,
  gatherBatch,
  type RecordBatch,
  types,
  vectorFromValues,
} from '@millrace/core';
import type { OperatorFactory } from '@millrace/exec';

/** The testkit's own extension node in the engine: what `COPIES_NODE` says, written as a deployment would. */
export const copiesOperator: OperatorFactory = (node, [input], { plan }) => {
  const copies = Number(node.properties['copies']);
  const columns = input?.plan.columns ?? [];
  return {
    plan,
    async *run(task): AsyncGenerator<RecordBatch, void, void> {
      for await (const batch of input?.run(task) ?? []) {
        const position = new Map(columns.map((column, i) => [column.id, i]));
        const column = (id: (typeof columns)[number]['id']): ColumnVector =>
          batch.vectors[position.get(id) ?? -1] as ColumnVector;
        const chosen = new Set(evaluatePredicate(node.exprs, { rowCount: batch.rowCount, column }, task.evaluation));
        const rows: number[] = [];
        const numbers: number[] = [];
        for (let row = 0; row < batch.rowCount; row++) {
          for (let copy = 1; copy <= (chosen.has(row) ? copies : 1); copy++) {
            rows.push(row);
            numbers.push(copy);
          }
        }
        const { vectors } = gatherBatch(batch, Int32Array.from(rows));
        yield { rowCount: rows.length, vectors: [...vectors, vectorFromValues(types.int4, numbers)] };
      }
    },
  };
};
