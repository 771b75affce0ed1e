import type { LogicalPlan, PlanKind, PlanOf } from '../plan/logical-plan.ts';
import { mapInputs } from '../plan/rewrite.ts';
import type { OptimizerRule, RuleContext } from './rule.ts';

/** A rule's run over a plan: the result (the same object if nothing changed) and how many nodes it rewrote. */
export interface RuleRun {
  readonly plan: LogicalPlan;
  readonly applications: number;
}

/**
 * Runs one rule over every node of its kinds once, in its order. An Apply's subquery is an input like any other. With `down` the inputs
 * of what the rule returned are visited next, so a node can travel down the whole plan in one run.
 */
export function applyRule(rule: OptimizerRule, plan: LogicalPlan, context: RuleContext): RuleRun {
  let applications = 0;
  const { on } = rule;
  const rewrite = (node: LogicalPlan): LogicalPlan => {
    if (!on.includes(node.kind)) return node;
    const result = rule.rewrite(node as PlanOf<PlanKind>, context);
    if (result !== node) applications++;
    return result;
  };
  const up = (node: LogicalPlan): LogicalPlan => rewrite(mapInputs(node, up));
  const down = (node: LogicalPlan): LogicalPlan => mapInputs(rewrite(node), down);
  const result = rule.order === 'up' ? up(plan) : down(plan);
  return { plan: result, applications };
}
