import { compileExpr, type RecordBatch, typeOf } from '@millrace/core';
import type { JoinKey, PhysicalOf } from '@millrace/planner';
import { batchInput } from '../expressions/inputs.ts';
import { firstMatchPairs } from '../joins/first-match.ts';
import { joinBatches } from '../joins/join-batches.ts';
import { JoinTable } from '../joins/join-table.ts';
import { isFilter, joinShape, PairJoiner } from '../joins/pair-joiner.ts';
import type { KeySpec } from '../keys/key-table.ts';
import { batchBytes, collectBatch } from '../run/collect.ts';
import { layoutOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';

/** Collects the right input into a hash table over its keys, then streams the left one past it. */
export function compileHashJoin(plan: PhysicalOf<'hash-join'>, left: Operator, right: Operator): Operator {
  const leftLayout = layoutOf(left.plan.columns);
  const rightLayout = layoutOf(right.plan.columns);
  const shape = joinShape(plan.type, leftLayout, rightLayout, plan.residual);
  const specs = plan.keys.map(specOf);
  const leftKeys = plan.keys.map((key) => compileExpr(key.left));
  const rightKeys = plan.keys.map((key) => compileExpr(key.right));
  const needsMatch = plan.type === 'inner' || plan.type === 'right' || plan.type === 'semi';
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'hash join');
      try {
        const build = await collectBatch(right.plan.columns, right.run(task), memory);
        if (build.rowCount === 0 && needsMatch) return;
        const buildInput = batchInput(rightLayout, build, task.outer);
        const buildKeys = build.rowCount === 0 ? [] : rightKeys.map((key) => key(buildInput, task.evaluation));
        const table = new JoinTable(specs, buildKeys, build.rowCount, { hashMask: task.hashMask });
        const joiner = new PairJoiner(shape, build, task);
        memory.set(batchBytes(build) + table.byteLength + joiner.byteLength);
        const pairsOf = (batch: RecordBatch): Iterable<readonly [Int32Array, Int32Array]> => {
          const input = batchInput(leftLayout, batch, task.outer);
          const keys = leftKeys.map((key) => key(input, task.evaluation));
          if (isFilter(plan.type)) {
            const candidates = table.candidates(keys, batch.rowCount);
            return firstMatchPairs(candidates, batch.rowCount, task.batchRows, (row) => joiner.hasMatched(row));
          }
          return table.pairs(keys, batch.rowCount, task.batchRows);
        };
        yield* joinBatches({ left: left.run(task), joiner, task, pairsOf });
      } finally {
        memory.release();
      }
    },
  };
}

/** The key of the hash table for a pair of equal expressions. */
export function specOf(key: JoinKey): KeySpec {
  return { type: typeOf(key.right), otherType: typeOf(key.left), nullsMatch: key.op === 'is-not-distinct' };
}
