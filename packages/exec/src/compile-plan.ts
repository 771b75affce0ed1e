import type { RecordBatch } from '@millrace/core';
import type { PhysicalPlan } from '@millrace/planner';
import { compileApply } from './operators/apply.ts';
import { compileDirectInsert } from './operators/direct-insert.ts';
import { compileExtension } from './operators/extension.ts';
import { compileFilter } from './operators/filter.ts';
import { compileFunctionScan } from './operators/function-scan.ts';
import { compileHashAggregate } from './operators/hash-aggregate.ts';
import { compileHashDistinct } from './operators/hash-distinct.ts';
import { compileHashJoin } from './operators/hash-join.ts';
import { compileInsert } from './operators/insert.ts';
import { compileLimit } from './operators/limit.ts';
import { compileMemoryScan } from './operators/memory-scan.ts';
import { compileNestedLoopJoin } from './operators/nested-loop-join.ts';
import { compileNullAwareAntiJoin } from './operators/null-aware-anti-join.ts';
import { compileProject } from './operators/project.ts';
import { compileSort } from './operators/sort.ts';
import { compileTableScan } from './operators/table-scan.ts';
import { compileTopK } from './operators/top-k.ts';
import { compileUnionAll } from './operators/union-all.ts';
import { compileValues } from './operators/values.ts';
import { compileWindow } from './operators/window.ts';
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

/** Plans are immutable, so a prepared one is compiled once however often it runs. */
const compiledPlans = new WeakMap<ExecRegistry, WeakMap<PhysicalPlan, CompiledPlan>>();

/**
 * Compiles a physical plan to operators; the same plan object gives the same result again. Throws for what the registry does not know: a
 * bug or a missing extension, not a user's error.
 */
export function compilePlan(plan: PhysicalPlan, registry: ExecRegistry): CompiledPlan {
  let compiled = compiledPlans.get(registry);
  if (compiled === undefined) {
    compiled = new WeakMap();
    compiledPlans.set(registry, compiled);
  }
  let result = compiled.get(plan);
  if (result === undefined) {
    result = compileRoot(plan, registry);
    compiled.set(plan, result);
  }
  return result;
}

function compileRoot(plan: PhysicalPlan, registry: ExecRegistry): CompiledPlan {
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
    case 'function-scan':
      return compileFunctionScan(plan, registry);
    case 'hash-join':
      return compileHashJoin(plan, compile(plan.left), compile(plan.right));
    case 'null-aware-anti-join':
      return compileNullAwareAntiJoin(plan, compile(plan.left), compile(plan.right));
    case 'nested-loop-join':
      return compileNestedLoopJoin(plan, compile(plan.left), compile(plan.right));
    case 'hash-aggregate':
      return compileHashAggregate(plan, compile(plan.input), registry);
    case 'window':
      return compileWindow(plan, compile(plan.input), registry);
    case 'hash-distinct':
      return compileHashDistinct(plan, compile(plan.input));
    case 'sort':
      return compileSort(plan, compile(plan.input));
    case 'top-k':
      return compileTopK(plan, compile(plan.input));
    case 'apply':
      return compileApply(plan, compile(plan.input), compile(plan.subquery));
    case 'direct-insert':
      return compileDirectInsert(plan);
    case 'extension':
      return compileExtension(plan, plan.inputs.map(compile), registry);
    default:
      return plan satisfies never;
  }
}
