import {
  assert,
  type ColumnVector,
  type CompiledExpr,
  compileExpr,
  type RecordBatch,
  typeOf,
  types,
  valueAt,
} from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { rowInput } from '../expressions/inputs.ts';
import type { ExecRegistry } from '../registry.ts';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';
import type { TableFunctionDefinition } from '../table-functions/definition.ts';

/** Calls a set-returning function once, with arguments that read no columns but those of enclosing rows; numbers its rows for WITH ORDINALITY. */
export function compileFunctionScan(plan: PhysicalOf<'function-scan'>, registry: ExecRegistry): Operator {
  const definition = registry.tableFunctions.get(plan.fn);
  assert(definition !== undefined, `the table function ${plan.fn} is registered`);
  const args = plan.args.map(compileExpr);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const pacer = new Pacer(task);
      let first = 1n;
      for await (const batch of callFunction(plan, definition, args, task)) {
        if (pacer.step()) await pacer.turn();
        yield plan.hasOrdinality ? numbered(batch, first) : batch;
        first += BigInt(batch.rowCount);
      }
    },
  };
}

function callFunction(
  plan: PhysicalOf<'function-scan'>,
  definition: TableFunctionDefinition,
  compiled: readonly CompiledExpr[],
  task: TaskContext,
): Iterable<RecordBatch> | AsyncIterable<RecordBatch> {
  const input = rowInput(task.outer);
  const args = compiled.map((arg) => valueAt(arg(input, task.evaluation), 0));
  if (definition.signature.strict && args.includes(null)) return [];
  return definition.rows({
    args,
    argTypes: plan.args.map(typeOf),
    columns: plan.hasOrdinality ? plan.columns.slice(0, -1) : plan.columns,
    batchRows: task.batchRows,
    signal: task.signal,
    evaluation: task.evaluation,
  });
}

function numbered(batch: RecordBatch, first: bigint): RecordBatch {
  const values = new BigInt64Array(batch.rowCount);
  for (let i = 0; i < batch.rowCount; i++) values[i] = first + BigInt(i);
  const ordinality: ColumnVector = { kind: 'fixed', type: types.int8, length: batch.rowCount, validity: null, values };
  return { rowCount: batch.rowCount, vectors: [...batch.vectors, ordinality] };
}
