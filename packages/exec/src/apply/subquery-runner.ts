import type { RecordBatch } from '@millrace/core';
import { batchBytes } from '../run/collect.ts';
import type { ColumnLayout } from '../run/column-layout.ts';
import { freeColumns } from '../run/free-columns.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import { outerRow } from '../run/outer-columns.ts';
import type { TaskContext } from '../run/task-context.ts';

/** Whether a subquery's rows can differ from one row of the input to the next. */
export function isCorrelated(subquery: Operator, input: ColumnLayout): boolean {
  for (const id of freeColumns(subquery.plan)) if (input.positions.has(id)) return true;
  return false;
}

/** The subquery's rows for row `row` of `batch`: runs it with that row's columns as constants. */
export function runForRow(
  subquery: Operator,
  layout: ColumnLayout,
  batch: RecordBatch,
  row: number,
  task: TaskContext,
): AsyncGenerator<RecordBatch, void, void> {
  return subquery.run({ ...task, outer: outerRow(layout, batch, row, task.outer) });
}

/** The rows of a subquery that are the same for every input row: run on first need, kept until the Apply ends. */
export class SubqueryCache {
  readonly #subquery: Operator;
  readonly #task: TaskContext;
  readonly #memory: MemoryAccount;
  #batches: readonly RecordBatch[] | null = null;

  constructor(subquery: Operator, task: TaskContext) {
    this.#subquery = subquery;
    this.#task = task;
    this.#memory = new MemoryAccount(task.memory, 'subquery');
  }

  async batches(): Promise<readonly RecordBatch[]> {
    if (this.#batches !== null) return this.#batches;
    const collected: RecordBatch[] = [];
    let bytes = 0;
    for await (const batch of this.#subquery.run(this.#task)) {
      bytes += batchBytes(batch);
      this.#memory.set(bytes);
      collected.push(batch);
    }
    this.#batches = collected;
    return collected;
  }

  release(): void {
    this.#memory.release();
  }
}
