import { mapSame } from '@millrace/core';
import type { LogicalPlan } from './logical-plan.ts';

/** The inputs of a node; an Apply's subquery counts as the second. */
export function inputsOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'memory':
    case 'function-scan':
      return [];
    case 'filter':
    case 'project':
    case 'aggregate':
    case 'window':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'insert':
      return [plan.input];
    case 'join':
      return [plan.left, plan.right];
    case 'apply':
      return [plan.input, plan.subquery];
    case 'union':
    case 'extension':
      return plan.inputs;
    default:
      return plan satisfies never;
  }
}

/** Replaces the inputs; the only place that knows where they are. Returns the same object when none changed. */
export function mapInputs(plan: LogicalPlan, f: (input: LogicalPlan) => LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'memory':
    case 'function-scan':
      return plan;
    case 'filter':
    case 'project':
    case 'aggregate':
    case 'window':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'insert': {
      const input = f(plan.input);
      return input === plan.input ? plan : { ...plan, input };
    }
    case 'join': {
      const left = f(plan.left);
      const right = f(plan.right);
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    case 'apply': {
      const input = f(plan.input);
      const subquery = f(plan.subquery);
      return input === plan.input && subquery === plan.subquery ? plan : { ...plan, input, subquery };
    }
    case 'union':
    case 'extension': {
      const inputs = mapSame(plan.inputs, f);
      return inputs === plan.inputs ? plan : { ...plan, inputs };
    }
    default:
      return plan satisfies never;
  }
}

/** Rewrites bottom-up. Identity is kept where nothing changed. */
export function rewriteUp(plan: LogicalPlan, f: (plan: LogicalPlan) => LogicalPlan): LogicalPlan {
  return f(mapInputs(plan, (input) => rewriteUp(input, f)));
}

/** Rewrites top-down: the node first, then the inputs of what came back. */
export function rewriteDown(plan: LogicalPlan, f: (plan: LogicalPlan) => LogicalPlan): LogicalPlan {
  return mapInputs(f(plan), (input) => rewriteDown(input, f));
}

/** Whether any node of the tree satisfies the predicate. */
export function somePlan(plan: LogicalPlan, predicate: (plan: LogicalPlan) => boolean): boolean {
  return predicate(plan) || inputsOf(plan).some((input) => somePlan(input, predicate));
}
