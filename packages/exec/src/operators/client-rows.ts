import { assert, type RecordBatch } from '@millrace/core';
import type { OperatorFactory } from '../registry.ts';
import type { TaskContext } from '../run/task-context.ts';

/** The rows that a client sends while the plan runs (COPY ... FROM STDIN). Pulled a batch at a time, so that nobody reads ahead of what was written. */
export const clientRows: OperatorFactory = (_node, _inputs, { plan }) => ({
  plan,
  async *run({ clientRows: rows }: TaskContext): AsyncGenerator<RecordBatch, void, void> {
    assert(rows !== undefined, 'a plan that reads a client’s rows is given them');
    yield* rows;
  },
});
