import { AssertionError, type Expr, someExpr } from '@millrace/core';
import {
  applyRule,
  checkPlan,
  checkSameColumns,
  columnsOf,
  exprsOf,
  inputsOf,
  type LogicalPlan,
  lower,
  type OptimizerRule,
  type PhysicalPlan,
  type PhysicalRule,
  printPhysicalPlan,
  printPlan,
  type RuleContext,
  rewritePhysicalUp,
  type SwitchableRule,
  somePlan,
} from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import type { Problems } from './checks.ts';
import { bindValuesOf } from './outcome.ts';
import { contextOf, type Rewriting } from './rewriting.ts';
import { deepFreeze, isSameData } from './same-data.ts';

/** How often a rule may run on its own results before it counts as endless. */
const PASSES_MAX = 8;

/** A rewriting under the laws; null if the rule threw or mutated its input, so that there is none. */
export interface LawfulRewriting {
  readonly rewriting: Rewriting | null;
  readonly problems: Problems;
}

/**
 * Rewrites one plan and keeps the rule to the laws that need no data; each broken one is named in `problems`. The input is deeply frozen, so
 * that who mutates it fails; every node that comes back is compared with the one that went in; the result is checked like a bound plan; the rule
 * runs a second time on the same input (the same plan must come out) and on its own result (nothing may change).
 */
export function rewriteUnderLaws(rule: SwitchableRule, subject: PlanCase, notes: string[]): LawfulRewriting {
  const problems: Problems = new Map();
  try {
    const rewriting =
      rule.stage === 'logical' ? logical(rule, subject, problems, notes) : physical(rule, subject, problems, notes);
    return { rewriting, problems };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    problems.set(error instanceof TypeError && IS_FROZEN.test(message) ? 'frozen' : 'throws', message);
    return { rewriting: null, problems };
  }
}

/** What V8 says of a write to something frozen. */
const IS_FROZEN = /read only|not extensible|Cannot delete property|Cannot redefine property/;

function contextFor(rule: SwitchableRule, subject: PlanCase, notes?: string[]): RuleContext {
  const { nextColumnId } = subject;
  return contextOf(rule, { nextColumnId, binding: bindValuesOf(subject), ...(notes === undefined ? {} : { notes }) });
}

function logical(rule: OptimizerRule, subject: PlanCase, problems: Problems, notes: string[]): Rewriting {
  const before = deepFreeze(subject.plan);
  const context = contextFor(rule, subject, notes);
  const after = applyRule(watchingChurn(rule, problems), before, context).plan;
  const rewriting: Rewriting = { stage: 'logical', before, after };
  const second = applyRule(rule, before, contextFor(rule, subject)).plan;
  if (!isSameData(second, after))
    problems.set('repeats', `the second time another plan comes out:\n${printed(second)}`);
  if (after === before) return rewriting;
  note(problems, 'columns', () => checkSameColumns(columnsOf(before), columnsOf(after)));
  note(problems, 'valid', () => checkPlan(after, 'full'));
  if (problems.has('valid')) return rewriting;
  if (rule.phase === 'bind' && rule.couldApply?.(before) === false)
    problems.set('couldApply', 'couldApply denies a change that happened');
  const { needs = [] } = rule;
  if (needs.length > 0 && !somePlan(before, ({ kind }) => needs.includes(kind)))
    problems.set('couldApply', `a plan without ${needs.join(' or ')} was changed, and \`needs\` says that cannot be`);
  const calls = [volatileCalls(before), volatileCalls(after)] as const;
  if (calls[1] > calls[0]) problems.set('volatile', `${calls[1]} volatile calls instead of ${calls[0]}`);
  checkFixpoint(after, (plan) => applyRule(rule, plan, context).plan, printed, problems);
  return rewriting;
}

function physical(rule: PhysicalRule, subject: PlanCase, problems: Problems, notes: string[]): Rewriting {
  const before = deepFreeze(lower(subject.plan));
  const context = contextFor(rule, subject, notes);
  const run = (plan: PhysicalPlan, at: RuleContext): PhysicalPlan =>
    rewritePhysicalUp(plan, (node) => rule.rewritePhysical(node, at));
  const after = rewritePhysicalUp(before, (node) => {
    const result = rule.rewritePhysical(node, context);
    if (result !== node && isSameData(result, node)) problems.set('churn', `a ${node.op} was rebuilt without a change`);
    return result;
  });
  const print = (plan: PhysicalPlan): string => printPhysicalPlan(plan, { ids: 'always' });
  const second = run(before, contextFor(rule, subject));
  if (!isSameData(second, after)) problems.set('repeats', `the second time another plan comes out:\n${print(second)}`);
  if (after !== before) {
    note(problems, 'columns', () => checkSameColumns(before.columns, after.columns));
    checkFixpoint(after, (plan) => run(plan, context), print, problems);
  }
  return { stage: 'physical', before, after };
}

const printed = (plan: LogicalPlan): string => printPlan(plan, { ids: 'always' });

/** Runs the rule on its own result until nothing changes: at once, says one law; ever, says another. */
function checkFixpoint<T>(after: T, run: (plan: T) => T, print: (plan: T) => string, problems: Problems): void {
  let plan = after;
  for (let pass = 1; pass <= PASSES_MAX; pass++) {
    const next = run(deepFreeze(plan));
    if (next === plan) {
      if (pass > 1) problems.set('settles', `the plan changes again, ${pass - 1} times, and becomes:\n${print(plan)}`);
      return;
    }
    plan = next;
  }
  problems.set('ends', `the plan still changes after ${PASSES_MAX} runs:\n${print(plan)}`);
}

/** Notes a broken assertion; anything else is thrown on. */
function note(problems: Problems, check: 'columns' | 'valid', ask: () => void): void {
  try {
    ask();
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    problems.set(check, error.message);
  }
}

/** The rule, but a node that is rebuilt into an equal one is noted. */
function watchingChurn(rule: OptimizerRule, problems: Problems): OptimizerRule {
  return {
    ...rule,
    rewrite(node, context) {
      const result = rule.rewrite(node, context);
      if (result !== node && isSameData(result, node))
        problems.set('churn', `a ${node.kind} was rebuilt without a change`);
      return result;
    },
  };
}

/** How many volatile calls stand in a plan. */
export function volatileCalls(plan: LogicalPlan): number {
  const own = exprsOf(plan).reduce((count, expr) => count + volatileIn(expr), 0);
  return inputsOf(plan).reduce((count, input) => count + volatileCalls(input), own);
}

function volatileIn(expr: Expr): number {
  let count = 0;
  someExpr(expr, (inner) => {
    if (inner.kind === 'call' && inner.fn.volatility === 'volatile') count++;
    return false;
  });
  return count;
}
