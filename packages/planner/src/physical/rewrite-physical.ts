import { mapSame } from '@millrace/core';
import type { PhysicalPlan } from './physical-plan.ts';

/** The inputs of an operator; an apply's subquery counts as the second. */
export function physicalInputs(plan: PhysicalPlan): readonly PhysicalPlan[] {
  switch (plan.op) {
    case 'table-scan':
    case 'values':
    case 'memory-scan':
    case 'function-scan':
    case 'direct-insert':
      return [];
    case 'filter':
    case 'project':
    case 'hash-aggregate':
    case 'window':
    case 'hash-distinct':
    case 'sort':
    case 'top-k':
    case 'limit':
    case 'insert':
      return [plan.input];
    case 'hash-join':
    case 'null-aware-anti-join':
    case 'nested-loop-join':
      return [plan.left, plan.right];
    case 'apply':
      return [plan.input, plan.subquery];
    case 'union-all':
    case 'extension':
      return plan.inputs;
    default:
      return plan satisfies never;
  }
}

/** Replaces the inputs. Returns the same object when none changed. */
export function mapPhysicalInputs(plan: PhysicalPlan, f: (input: PhysicalPlan) => PhysicalPlan): PhysicalPlan {
  switch (plan.op) {
    case 'table-scan':
    case 'values':
    case 'memory-scan':
    case 'function-scan':
    case 'direct-insert':
      return plan;
    case 'filter':
    case 'project':
    case 'hash-aggregate':
    case 'window':
    case 'hash-distinct':
    case 'sort':
    case 'top-k':
    case 'limit':
    case 'insert': {
      const input = f(plan.input);
      return input === plan.input ? plan : { ...plan, input };
    }
    case 'hash-join':
    case 'null-aware-anti-join':
    case 'nested-loop-join': {
      const left = f(plan.left);
      const right = f(plan.right);
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    case 'apply': {
      const input = f(plan.input);
      const subquery = f(plan.subquery);
      return input === plan.input && subquery === plan.subquery ? plan : { ...plan, input, subquery };
    }
    case 'union-all':
    case 'extension': {
      const inputs = mapSame(plan.inputs, f);
      return inputs === plan.inputs ? plan : { ...plan, inputs };
    }
    default:
      return plan satisfies never;
  }
}

/** Rewrites bottom-up. Identity is kept where nothing changed. */
export function rewritePhysicalUp(plan: PhysicalPlan, f: (plan: PhysicalPlan) => PhysicalPlan): PhysicalPlan {
  return f(mapPhysicalInputs(plan, (input) => rewritePhysicalUp(input, f)));
}

/** Whether any operator of the tree satisfies the predicate. */
export function somePhysical(plan: PhysicalPlan, predicate: (plan: PhysicalPlan) => boolean): boolean {
  return predicate(plan) || physicalInputs(plan).some((input) => somePhysical(input, predicate));
}

/** The operators in preorder: node first, then its inputs from left to right. The index is the operator's number in `PlanStats`. */
export function physicalPreorder(plan: PhysicalPlan): readonly PhysicalPlan[] {
  return [plan, ...physicalInputs(plan).flatMap((input) => physicalPreorder(input))];
}
