import { assert, type Expr, someExpr } from '@millrace/core';
import {
  applyRule,
  checkPlan,
  checkSameColumns,
  columnsOf,
  exprsOf,
  inputsOf,
  type LogicalPlan,
  type OptimizerRule,
  planDigest,
  printPhysicalPlan,
  printPlan,
  rewritePhysicalUp,
  type SwitchableRule,
} from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import { bindValuesOf } from './outcome.ts';
import { contextOf, rewriteCase } from './rewriting.ts';

/**
 * Keeps a rule to the laws that need no data, on one plan. Throws an AssertionError that names the broken one: the input is not mutated (it is deeply
 * frozen), the result is a right plan with the same columns, the same plan comes out each time, no node is rebuilt without a change, a second run
 * changes nothing, no volatile call is added, and `couldApply` does not deny what happens.
 */
export function checkLaws(rule: SwitchableRule, subject: PlanCase): void {
  deepFreeze(subject.plan);
  if (rule.stage === 'logical') checkLogicalLaws(rule, subject);
  else checkPhysicalLaws(rule, subject);
}

function checkLogicalLaws(rule: OptimizerRule, subject: PlanCase): void {
  const { plan } = subject;
  checkPlan(plan, 'full');
  const context = () => contextOf(rule, { nextColumnId: subject.nextColumnId, binding: bindValuesOf(subject) });
  const after = applyRule(withoutChurn(rule), plan, context()).plan;
  checkPlan(after, 'full');
  checkSameColumns(columnsOf(plan), columnsOf(after));
  assert(planDigest(applyRule(rule, plan, context()).plan) === planDigest(after), 'two runs over one plan differ');
  if (after === plan) return;
  assert(rule.phase !== 'bind' || rule.couldApply?.(plan) !== false, 'couldApply denies a change that happened');
  assert(volatileCalls(after) <= volatileCalls(plan), 'there are more volatile calls than before');
  const again = applyRule(rule, deepFreeze(after), context()).plan;
  assert(again === after, `a second run changes the plan again:\n${printPlan(again, { ids: 'always' })}`);
}

function checkPhysicalLaws(rule: Extract<SwitchableRule, { stage: 'physical' }>, subject: PlanCase): void {
  checkPlan(subject.plan, 'full');
  const rewriting = rewriteCase(rule, subject);
  assert(rewriting.stage === 'physical', 'a physical rule rewrites a physical plan');
  const { before, after } = rewriting;
  checkSameColumns(before.columns, after.columns);
  if (after === before) return;
  const print = (plan: typeof after): string => printPhysicalPlan(plan, { ids: 'always' });
  assert(print(after) !== print(before), 'a node was rebuilt without a change');
  const context = contextOf(rule, { nextColumnId: subject.nextColumnId, binding: bindValuesOf(subject) });
  const again = rewritePhysicalUp(deepFreeze(after), (node) => rule.rewritePhysical(node, context));
  assert(again === after, `a second run changes the plan again:\n${print(again)}`);
}

/** The rule, but a node that is rebuilt into an equal one is an error. */
function withoutChurn(rule: OptimizerRule): OptimizerRule {
  return {
    ...rule,
    rewrite(node, context) {
      const result = rule.rewrite(node, context);
      const isChurn = result !== node && result.kind !== 'memory' && planDigest(result) === planDigest(node);
      assert(!isChurn, `a ${node.kind} was rebuilt without a change`);
      return result;
    },
  };
}

function volatileCalls(plan: LogicalPlan): number {
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

/** Freezes plain data all the way down; typed arrays cannot be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
