import type { AnalyzerRule, RuleContext } from '../optimize/rule.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';

/**
 * Runs the analyzer passes once, in order, on a bound plan. They may change what the statement means (a tenant filter, a redaction) and no session can
 * switch them off; that is why they are not optimizer rules (law 4).
 */
export function runAnalyzers(plan: LogicalPlan, rules: readonly AnalyzerRule[], context: RuleContext): LogicalPlan {
  return rules.reduce((current, rule) => rule.analyze(current, context), plan);
}
