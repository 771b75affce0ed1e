import type { RuleEvent } from '../optimize/rule.ts';
import type { PlanStats } from '../physical/operator-stats.ts';
import type { PhysicalPlan } from '../physical/physical-plan.ts';
import { printPhysicalPlan } from '../physical/print-physical-plan.ts';
import { explainRules } from './explain-rules.ts';

/** What EXPLAIN was asked for and knows. */
export interface Explanation {
  readonly plan: PhysicalPlan;
  /** EXPLAIN (RULES): events collected with text. */
  readonly rules?: { readonly events: readonly RuleEvent[]; readonly all: boolean };
  /** EXPLAIN ANALYZE: what the operators did, and how long planning and execution took. */
  readonly analysis?: { readonly stats: PlanStats; readonly planningMicros: number; readonly executionMicros: number };
}

/**
 * The lines of EXPLAIN's answer: the rules that changed the plan first (they ran first), then the physical plan, then times. One line is
 * one row of the column QUERY PLAN.
 */
export function explainPlan({ plan, rules, analysis }: Explanation): readonly string[] {
  const lines: string[] = [];
  if (rules !== undefined) lines.push(...explainRules(rules.events, { all: rules.all }), '');
  const options = analysis === undefined ? {} : { stats: analysis.stats };
  lines.push(...printPhysicalPlan(plan, options).split('\n'));
  if (analysis === undefined) return lines;
  const ms = (micros: number): string => `${(micros / 1000).toFixed(3)} ms`;
  lines.push(`Planning Time: ${ms(analysis.planningMicros)}`, `Execution Time: ${ms(analysis.executionMicros)}`);
  return lines;
}
