import type { Value } from '@millrace/core';
import { columnsOf, inputsOf, type LogicalPlan, type PlanOf, type SortKey } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import { evaluateReference } from '../reference/expressions.ts';
import { rowOf } from '../reference/row.ts';
import { isTie, rootOrder } from './compare-rows.ts';
import { constantRandom, referenceOutcome } from './outcome.ts';

/**
 * Whether a limit of the plan cuts between two rows that its order cannot tell apart: that is where a rule that moves limits or sorts goes wrong
 * without anybody noticing on other data. A limit on rows without order cuts such rows wherever it cuts. Limits in subqueries are not looked at.
 */
export function hasTieAtLimit(plan: LogicalPlan, subject: PlanCase): boolean {
  if (plan.kind === 'limit' && cutsTie(plan, subject)) return true;
  const inputs = plan.kind === 'apply' ? [plan.input] : inputsOf(plan);
  return inputs.some((input) => hasTieAtLimit(input, subject));
}

function cutsTie(limit: PlanOf<'limit'>, subject: PlanCase): boolean {
  const input = referenceOutcome(limit.input, subject, constantRandom());
  if (input.kind === 'error') return false;
  const count = (expr: typeof limit.range.skip): number | null => {
    const value = expr === null ? null : constantOf(expr, subject);
    return value === null ? null : Number(value);
  };
  const skip = count(limit.range.skip) ?? 0;
  const fetch = count(limit.range.fetch);
  const keys: readonly SortKey[] = rootOrder(limit.input) ?? [];
  const isCutAt = (end: number): boolean => {
    const [last, next] = [input.rows[end - 1], input.rows[end]];
    return last !== undefined && next !== undefined && isTie(columnsOf(limit.input), keys, last, next);
  };
  return isCutAt(skip) || (fetch !== null && fetch > 0 && isCutAt(skip + fetch));
}

/** Ranges read no columns; what fails is no range. */
function constantOf(expr: Parameters<typeof evaluateReference>[0], subject: PlanCase): Value {
  const environment = {
    parameters: subject.parameters.map(({ value }) => value),
    random: constantRandom().next,
    tolerance: { note: () => undefined, keepsUnknown: false },
  };
  return evaluateReference(expr, rowOf([], null), environment);
}
