import { assert } from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import type { ExecRegistry } from '../registry.ts';
import type { Operator } from '../run/operator.ts';

/** The operator that a deployment registered for the node's name. */
export function compileExtension(
  plan: PhysicalOf<'extension'>,
  inputs: readonly Operator[],
  registry: ExecRegistry,
): Operator {
  const factory = registry.extensionOperators.get(plan.node.name);
  assert(factory !== undefined, `the extension operator ${plan.node.name} is registered`);
  return factory(plan.node, inputs, { plan, registry });
}
