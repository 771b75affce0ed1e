import { type ColumnId, standardFunctions } from '@millrace/core';
import {
  applyRule,
  type BindValues,
  type LogicalPlan,
  lower,
  type PhysicalPlan,
  printPhysicalPlan,
  printPlan,
  type RuleContext,
  rewritePhysicalUp,
  type SwitchableRule,
} from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import { bindValuesOf } from './outcome.ts';

/** A plan before and after a rule, of the stage that the rule belongs to. */
export type Rewriting =
  | { readonly stage: 'logical'; readonly before: LogicalPlan; readonly after: LogicalPlan }
  | { readonly stage: 'physical'; readonly before: PhysicalPlan; readonly after: PhysicalPlan };

/** What a rule gets: values only in phase `bind`. Notes are collected in `notes`. */
export function contextOf(
  rule: SwitchableRule,
  options: { readonly nextColumnId: number; readonly binding: BindValues; readonly notes?: string[] },
): RuleContext {
  let next = options.nextColumnId;
  return {
    newColumn: (like) => ({ ...like, id: next++ as ColumnId }),
    note: (reason) => void options.notes?.push(reason),
    functions: standardFunctions,
    binding: rule.stage === 'logical' && rule.phase === 'bind' ? options.binding : null,
  };
}

/** Applies a rule once to a whole plan; a physical one to the plain lowering of it. */
export function rewrite(rule: SwitchableRule, plan: LogicalPlan, context: RuleContext): Rewriting {
  if (rule.stage === 'logical') return { stage: 'logical', before: plan, after: applyRule(rule, plan, context).plan };
  const before = lower(plan);
  return { stage: 'physical', before, after: rewritePhysicalUp(before, (node) => rule.rewritePhysical(node, context)) };
}

/** The same for a generated case. */
export function rewriteCase(rule: SwitchableRule, subject: PlanCase, notes: string[] = []): Rewriting {
  const { nextColumnId, plan } = subject;
  return rewrite(rule, plan, contextOf(rule, { nextColumnId, binding: bindValuesOf(subject), notes }));
}

/** Both plans as text. */
export function printRewriting(
  rewriting: Rewriting,
  ids: 'always' | 'never',
): { readonly before: string; readonly after: string } {
  if (rewriting.stage === 'logical')
    return { before: printPlan(rewriting.before, { ids }), after: printPlan(rewriting.after, { ids }) };
  return { before: printPhysicalPlan(rewriting.before, { ids }), after: printPhysicalPlan(rewriting.after, { ids }) };
}
