import { compileExpr, type Expr, type RecordBatch } from '@millrace/core';
import type { MaybeKey, PhysicalOf } from '@millrace/planner';
import { batchInput } from '../expressions/inputs.ts';
import { firstMatchPairs } from '../joins/first-match.ts';
import { joinBatches } from '../joins/join-batches.ts';
import { type MaybeKeyVectors, MaybeTable } from '../joins/maybe-table.ts';
import { joinShape, PairJoiner } from '../joins/pair-joiner.ts';
import { batchBytes, collectBatch } from '../run/collect.ts';
import { layoutOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import type { TaskContext } from '../run/task-context.ts';
import { specOf } from './hash-join.ts';

/**
 * NOT IN by hashing: collects the right input into hash tables, then keeps the left rows that match nothing, where a NULL in a maybe key matches
 * everything. With no right rows every left row stays, also one with a NULL.
 */
export function compileNullAwareAntiJoin(
  plan: PhysicalOf<'null-aware-anti-join'>,
  left: Operator,
  right: Operator,
): Operator {
  const leftLayout = layoutOf(left.plan.columns);
  const rightLayout = layoutOf(right.plan.columns);
  const several = plan.maybeKeys.length > 1 ? plan.maybeKeys.map(maybeEqual) : [];
  const shape = joinShape('anti', leftLayout, rightLayout, [...several, ...plan.residual]);
  const specs = {
    keys: plan.keys.map(specOf),
    maybeKeys: plan.maybeKeys.map((key) => specOf({ ...key, op: '=' })),
  };
  const keysOf = (
    side: 'left' | 'right',
  ): ((...input: Parameters<ReturnType<typeof compileExpr>>) => MaybeKeyVectors) => {
    const keys = plan.keys.map((key) => compileExpr(key[side]));
    const maybeKeys = plan.maybeKeys.map((key) => compileExpr(key[side]));
    return (...input) => ({
      keys: keys.map((key) => key(...input)),
      maybeKeys: maybeKeys.map((key) => key(...input)),
    });
  };
  const [leftKeys, rightKeys] = [keysOf('left'), keysOf('right')];
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'null-aware anti join');
      try {
        const build = await collectBatch(right.plan.columns, right.run(task), memory);
        if (build.rowCount === 0) {
          yield* left.run(task);
          return;
        }
        const table = new MaybeTable(
          specs,
          rightKeys(batchInput(rightLayout, build, task.outer), task.evaluation),
          build.rowCount,
          task.hashMask,
        );
        const joiner = new PairJoiner(shape, build, task);
        const pairsOf = (batch: RecordBatch): Iterable<readonly [Int32Array, Int32Array]> => {
          const keys = leftKeys(batchInput(leftLayout, batch, task.outer), task.evaluation);
          const candidates = table.candidates(keys, batch.rowCount);
          memory.set(batchBytes(build) + table.byteLength);
          return firstMatchPairs(candidates, batch.rowCount, task.batchRows, (row) => joiner.hasMatched(row));
        };
        memory.set(batchBytes(build) + table.byteLength);
        yield* joinBatches({ left: left.run(task), joiner, task, pairsOf });
      } finally {
        memory.release();
      }
    },
  };
}

function maybeEqual({ left, right }: MaybeKey): Expr {
  return { kind: 'is-bool', operand: { kind: 'compare', op: '=', left, right }, value: false, negated: true };
}
