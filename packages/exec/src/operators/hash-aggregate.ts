import { type ColumnVector, createVectorBuilder, type DataType, type RecordBatch, sliceBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { AggregateState, compileAggregate } from '../aggregates/aggregate-call.ts';
import { batchInput } from '../expressions/inputs.ts';
import { createKeyTable } from '../keys/create-key-table.ts';
import type { ExecRegistry } from '../registry.ts';
import { batchBytes } from '../run/collect.ts';
import { layoutOf, positionOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/**
 * Groups in order of first appearance, with the first spelling of each key (1.0 before 1.00), then the aggregates. Without GROUP BY there is
 * one group even for no rows; with it, no rows give no group.
 */
export function compileHashAggregate(
  plan: PhysicalOf<'hash-aggregate'>,
  input: Operator,
  registry: ExecRegistry,
): Operator {
  const layout = layoutOf(input.plan.columns);
  const positions = plan.groupBy.map((id) => positionOf(layout, id));
  const keyTypes = positions.map((position) => (input.plan.columns[position] as { type: DataType }).type);
  const aggregates = plan.aggregations.map((aggregation) => compileAggregate(aggregation, registry));
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'hash aggregate');
      const groups = keyTypes.length === 0 ? new OneGroup() : new Groups(keyTypes, task.hashMask);
      const states = aggregates.map((aggregate) => new AggregateState(aggregate, task.evaluation, task.hashMask));
      try {
        for await (const batch of input.run(task)) {
          const keys = positions.map((position) => batch.vectors[position] as ColumnVector);
          const ids = groups.assign(keys, batch.rowCount);
          const rows = batchInput(layout, batch, task.outer);
          for (const state of states) state.update(rows, ids, groups.count);
          memory.set(states.reduce((bytes, state) => bytes + state.byteLength, groups.byteLength));
        }
        const rowCount = groups.count;
        if (rowCount === 0) return;
        const vectors = [...groups.finish(), ...states.map((state) => state.finish(rowCount))];
        const result = { rowCount, vectors };
        memory.set(batchBytes(result));
        for (let start = 0; start < rowCount; start += task.batchRows) {
          yield sliceBatch(result, start, Math.min(rowCount, start + task.batchRows));
        }
      } finally {
        memory.release();
      }
    },
  };
}

/** GROUP BY nothing. */
class OneGroup {
  #ids: Int32Array = new Int32Array(0);
  readonly count: number = 1;
  readonly byteLength: number = 0;

  assign(_keys: readonly ColumnVector[], rowCount: number): Int32Array {
    if (this.#ids.length < rowCount) this.#ids = new Int32Array(rowCount);
    return this.#ids;
  }

  finish(): readonly ColumnVector[] {
    return [];
  }
}

/** The distinct keys so far and their first spellings. */
class Groups {
  readonly #table: ReturnType<typeof createKeyTable>;
  readonly #builders: readonly ReturnType<typeof createVectorBuilder>[];
  #ids: Int32Array = new Int32Array(0);

  constructor(keyTypes: readonly DataType[], hashMask: number | undefined) {
    const specs = keyTypes.map((type) => ({ type, nullsMatch: true }));
    this.#table = createKeyTable(specs, hashMask);
    this.#builders = keyTypes.map((type) => createVectorBuilder(type));
  }

  get count(): number {
    return this.#table.size;
  }

  get byteLength(): number {
    return this.#builders.reduce((bytes, builder) => bytes + builder.byteLength, this.#table.byteLength);
  }

  assign(keys: readonly ColumnVector[], rowCount: number): Int32Array {
    if (this.#ids.length < rowCount) this.#ids = new Int32Array(rowCount);
    const added = this.#table.insert(keys, rowCount, this.#ids);
    this.#builders.forEach((builder, k) => {
      const vector = keys[k] as ColumnVector;
      for (let i = 0; i < added.length; i++) builder.appendFrom(vector, added[i] as number);
    });
    return this.#ids;
  }

  finish(): readonly ColumnVector[] {
    return this.#builders.map((builder) => builder.finish());
  }
}
