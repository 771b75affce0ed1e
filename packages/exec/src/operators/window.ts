import {
  assert,
  type ColumnVector,
  type CompiledExpr,
  compileExpr,
  gatherBatch,
  type RecordBatch,
  sliceBatch,
  typeOf,
  vectorByteLength,
} from '@millrace/core';
import type { PhysicalOf, WindowCall } from '@millrace/planner';
import { batchInput } from '../expressions/inputs.ts';
import type { ExecRegistry } from '../registry.ts';
import { batchBytes, collectBatch } from '../run/collect.ts';
import { layoutOf, positionOf } from '../run/column-layout.ts';
import { MemoryAccount } from '../run/memory-account.ts';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';
import { evaluateAt } from '../windows/call-arguments.ts';
import { compileOffsets, framesOf } from '../windows/frame-bounds.ts';
import { partitionsBytes, partitionsOf, type WindowKeys, windowOrder } from '../windows/partitions.ts';
import { compileWindowAggregate, type Steps, type WindowInput, windowAggregate } from '../windows/window-aggregate.ts';

/** One call, ready to run: its values in the order of the sorted rows. */
type CompiledCall = (input: WindowInput) => Steps;

/**
 * Collects its input, sorts it once by partition and order (not at all if it comes so), finds each row's frame and computes one call after the
 * other. Gives out the rows in that order, with the calls' columns behind their own.
 */
export function compileWindow(plan: PhysicalOf<'window'>, input: Operator, registry: ExecRegistry): Operator {
  const layout = layoutOf(input.plan.columns);
  const partitionPositions = plan.partitionBy.map((id) => positionOf(layout, id));
  const orderPositions = plan.orderBy.map((key) => positionOf(layout, key.id));
  const offsetsOf = compileOffsets(plan.frame);
  const calls = plan.functions.map((call) => compileCall(call, registry));
  const keysOf = (batch: RecordBatch): WindowKeys => ({
    partitionBy: partitionPositions.map((position) => batch.vectors[position] as ColumnVector),
    orderBy: orderPositions.map((position) => batch.vectors[position] as ColumnVector),
    orderKeys: plan.orderBy,
  });
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const memory = new MemoryAccount(task.memory, 'window');
      const pacer = new Pacer(task);
      try {
        const offsets = offsetsOf(task);
        const sorted = sortBatch(await collectBatch(input.plan.columns, input.run(task), memory), keysOf, memory);
        const { rowCount } = sorted;
        if (rowCount === 0) return;
        if (pacer.step()) await pacer.turn();
        const keys = keysOf(sorted);
        const partitions = partitionsOf(keys, rowCount);
        let bytes = batchBytes(sorted) + partitionsBytes(partitions) + 8 * rowCount;
        memory.set(bytes);
        const frames = framesOf(plan.frame, { partitions, keys, offsets, task });
        const rows = { input: batchInput(layout, sorted, task.outer), evaluation: task.evaluation };
        const results: ColumnVector[] = [];
        for (const call of calls) {
          const steps = call({ ...rows, partitions, frames });
          let step = steps.next();
          for (; step.done !== true; step = steps.next()) {
            memory.set(bytes + step.value);
            if (pacer.step()) await pacer.turn();
          }
          results.push(step.value);
          bytes += vectorByteLength(step.value);
          memory.set(bytes);
          if (pacer.step()) await pacer.turn();
        }
        const whole = { rowCount, vectors: [...sorted.vectors, ...results] };
        for (let start = 0; start < rowCount; start += task.batchRows) {
          yield sliceBatch(whole, start, Math.min(rowCount, start + task.batchRows));
        }
      } finally {
        memory.release();
      }
    },
  };
}

function sortBatch(whole: RecordBatch, keysOf: (batch: RecordBatch) => WindowKeys, memory: MemoryAccount): RecordBatch {
  const rows = windowOrder(keysOf(whole), whole.rowCount);
  if (rows === null) return whole;
  memory.set(2 * batchBytes(whole) + 12 * whole.rowCount);
  return gatherBatch(whole, rows);
}

function compileCall(call: WindowCall, registry: ExecRegistry): CompiledCall {
  const aggregate = registry.aggregates.get(call.fn);
  if (aggregate !== undefined) {
    const compiled = compileWindowAggregate(call, aggregate);
    return (input) => windowAggregate(compiled, input);
  }
  const definition = registry.windowFunctions.get(call.fn);
  assert(definition !== undefined, `the window function ${call.fn} is registered`);
  const args = call.args.map(compileExpr);
  const argTypes = call.args.map(typeOf);
  return function* (input) {
    return definition.compute({
      partitions: input.partitions,
      frames: input.frames,
      argTypes,
      returns: call.column.type,
      argument: (arg, rows) => evaluateAt(args[arg] as CompiledExpr, input, rows),
    });
  };
}
