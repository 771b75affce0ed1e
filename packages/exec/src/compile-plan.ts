import { failure, type RecordBatch } from '@millrace/core';
import type { PhysicalPlan } from '@millrace/planner';
import { compileFilter } from './operators/filter.ts';
import { compileInsert } from './operators/insert.ts';
import { compileLimit } from './operators/limit.ts';
import { compileMemoryScan } from './operators/memory-scan.ts';
import { compileProject } from './operators/project.ts';
import { compileTableScan } from './operators/table-scan.ts';
import { compileUnionAll } from './operators/union-all.ts';
import { compileValues } from './operators/values.ts';
import type { ExecRegistry } from './registry.ts';
import { guarded, type Operator } from './run/operator.ts';
import type { TaskContext } from './run/task-context.ts';

/** A plan ready to run, any number of times, also at the same time. */
export interface CompiledPlan {
  readonly plan: PhysicalPlan;
  /**
   * Runs the plan. Batches match `plan.columns` and are not empty. When the generator ends, throws or is returned early, all inputs are
   * returned and all memory is released. It must be driven to its end or returned.
   */
  execute(task: TaskContext): AsyncGenerator<RecordBatch, void, void>;
}

/** Compiles a physical plan to operators. Throws for what the registry does not know: a bug or a missing extension, not a user's error. */
export function compilePlan(plan: PhysicalPlan, registry: ExecRegistry): CompiledPlan {
  const root = compileOperator(plan, registry);
  return {
    plan,
    execute(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const { evaluation } = task;
      const isReady = evaluation.functions !== undefined;
      return root.run(isReady ? task : { ...task, evaluation: { ...evaluation, functions: registry.functions } });
    },
  };
}

/** Compiles one node and what is below it. */
export function compileOperator(plan: PhysicalPlan, registry: ExecRegistry): Operator {
  return guarded(dispatch(plan, registry));
}

function dispatch(plan: PhysicalPlan, registry: ExecRegistry): Operator {
  const compile = (input: PhysicalPlan): Operator => compileOperator(input, registry);
  switch (plan.op) {
    case 'table-scan':
      return compileTableScan(plan);
    case 'values':
      return compileValues(plan);
    case 'memory-scan':
      return compileMemoryScan(plan);
    case 'filter':
      return compileFilter(plan, compile(plan.input));
    case 'project':
      return compileProject(plan, compile(plan.input));
    case 'limit':
      return compileLimit(plan, compile(plan.input));
    case 'union-all':
      return compileUnionAll(plan, plan.inputs.map(compile));
    case 'insert':
      return compileInsert(plan, compile(plan.input));
    default:
      throw failure('notSupported', { feature: `the plan node ${plan.op}` });
  }
}
