import type { RecordBatch } from '@millrace/core';
import { Pacer, type TaskContext } from '../run/task-context.ts';
import type { PairJoiner } from './pair-joiner.ts';

/** What a join does with its left input: the pairs that may match, batch by batch, then what can be told only when all pairs are known. */
export async function* joinBatches(parts: {
  readonly left: AsyncIterable<RecordBatch>;
  readonly joiner: PairJoiner;
  readonly task: TaskContext;
  /** Left and right rows that may match, `batchRows` pairs at a time. */
  readonly pairsOf: (batch: RecordBatch) => Iterable<readonly [Int32Array, Int32Array]>;
}): AsyncGenerator<RecordBatch, void, void> {
  const { left, joiner, pairsOf } = parts;
  const pacer = new Pacer(parts.task);
  for await (const batch of left) {
    joiner.startLeft(batch);
    for (const [leftRows, rightRows] of pairsOf(batch)) {
      if (pacer.step()) await pacer.turn();
      const joined = joiner.match(leftRows, rightRows);
      if (joined.rowCount > 0) yield joined;
    }
    const rest = joiner.endLeft();
    if (rest !== null) yield rest;
  }
  yield* joiner.unmatchedRight();
}
