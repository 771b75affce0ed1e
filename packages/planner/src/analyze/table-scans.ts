import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import { inputsOf, rewriteUp } from '../plan/rewrite.ts';

/**
 * Rewrites every table scan of a plan, also those inside subqueries of Apply nodes and below an Insert: what a policy hooks into. `rewrite` returns the
 * scan itself for "no change", or a plan that produces the same columns. Identity is kept where nothing changed.
 */
export function mapTableScans(plan: LogicalPlan, rewrite: (scan: PlanOf<'scan'>) => LogicalPlan): LogicalPlan {
  return rewriteUp(plan, (node) => (node.kind === 'scan' ? rewrite(node) : node));
}

/** Every table scan of a plan, subqueries of Apply nodes included, in the order they are written. */
export function tableScansIn(plan: LogicalPlan): readonly PlanOf<'scan'>[] {
  return plan.kind === 'scan' ? [plan] : inputsOf(plan).flatMap(tableScansIn);
}
