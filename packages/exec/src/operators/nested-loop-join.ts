import type { RecordBatch } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { allRows, firstMatchPairs } from '../joins/first-match.ts';
import { joinBatches } from '../joins/join-batches.ts';
import { isFilter, joinShape, PairJoiner } from '../joins/pair-joiner.ts';
import { batchBytes, collectBatch } from '../run/collect.ts';
import { layoutOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/** Every left row against every right row, `batchRows` pairs at a time; the right input is collected first. */
export function compileNestedLoopJoin(plan: PhysicalOf<'nested-loop-join'>, left: Operator, right: Operator): Operator {
  const shape = joinShape(plan.type, layoutOf(left.plan.columns), layoutOf(right.plan.columns), plan.on);
  const needsMatch = plan.type === 'inner' || plan.type === 'right' || plan.type === 'semi';
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'nested loop join');
      try {
        const inner = await collectBatch(right.plan.columns, right.run(task), memory);
        if (inner.rowCount === 0 && needsMatch) return;
        const joiner = new PairJoiner(shape, inner, task);
        memory.set(batchBytes(inner) + joiner.byteLength);
        const pairsOf = (batch: RecordBatch): Iterable<readonly [Int32Array, Int32Array]> =>
          isFilter(plan.type)
            ? firstMatchPairs(allRows(inner.rowCount), batch.rowCount, task.batchRows, (row) => joiner.hasMatched(row))
            : crossPairs(batch.rowCount, inner.rowCount, task.batchRows);
        yield* joinBatches({ left: left.run(task), joiner, task, pairsOf });
      } finally {
        memory.release();
      }
    },
  };
}

/** All pairs, left row by left row, at most `limit` at a time. */
function* crossPairs(
  leftCount: number,
  rightCount: number,
  limit: number,
): Generator<readonly [Int32Array, Int32Array], void, void> {
  const total = leftCount * rightCount;
  for (let start = 0; start < total; start += limit) {
    const count = Math.min(limit, total - start);
    const leftRows = new Int32Array(count);
    const rightRows = new Int32Array(count);
    let leftRow = Math.floor(start / rightCount);
    let rightRow = start - leftRow * rightCount;
    for (let i = 0; i < count; i++) {
      leftRows[i] = leftRow;
      rightRows[i] = rightRow++;
      if (rightRow === rightCount) {
        rightRow = 0;
        leftRow++;
      }
    }
    yield [leftRows, rightRows];
  }
}
