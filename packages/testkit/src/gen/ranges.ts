import { type Expr, types, type Value } from '@millrace/core';
import { columnsOf, type LogicalPlan, literalExpr, type PlanOf, type RowRange, type SortKey } from '@millrace/planner';
import type { Choices } from './gene.ts';
import { parameterOf } from './literals.ts';
import { exprScope, type PlanScope } from './scope.ts';

/** LIMIT and OFFSET: small numbers, the largest one, sometimes NULL, rarely negative, sometimes a parameter, sometimes one of them missing. */
export function generateRange(choices: Choices, scope: PlanScope): RowRange {
  const count = (): Expr => {
    if (choices.chance(1, 8)) return parameterOf(types.int8, choices, exprScope(scope, []));
    const domain: readonly Value[] = [1n, 2n, 3n, 0n, 2n, 1n, 4n, null, 9n, 2n, 2n ** 63n - 1n];
    return literalExpr(choices.chance(1, 48) ? -1n : choices.oneOf(domain), types.int8);
  };
  const fetch = choices.chance(1, 6) ? null : count();
  const skip = fetch === null || choices.chance(1, 3) ? count() : null;
  return { skip, fetch };
}

/** A sort by some columns, or by all of them: then equal keys are equal rows. */
export function generateSort(choices: Choices, input: LogicalPlan, isPartial: boolean): PlanOf<'sort'> {
  const columns = columnsOf(input);
  const start = choices.pick(Math.max(columns.length, 1));
  const rotated = [...columns.slice(start), ...columns.slice(0, start)];
  const kept = isPartial ? rotated.slice(0, 1) : rotated;
  const keys: SortKey[] = kept.map(({ id }) => {
    const direction = choices.pick(4);
    return { id, descending: direction % 2 === 1, nullsFirst: direction > 1 };
  });
  return { kind: 'sort', input, keys, range: null };
}

/**
 * A limit. Which rows a limit without order keeps is free, so unless the contract is about just that it stands on a sort by all columns (through
 * Projects that only hand columns on, it may be given one already).
 */
export function generateLimit(choices: Choices, scope: PlanScope, input: LogicalPlan, isRoot: boolean): LogicalPlan {
  const range = generateRange(choices, scope);
  const isFree = scope.limits === 'prefix' || (scope.limits === 'root' && isRoot);
  if (isFree || isTotallyOrdered(input)) return { kind: 'limit', input, range };
  return { kind: 'limit', input: generateSort(choices, input, false), range };
}

/** Whether a plan's rows come in an order that only equal rows share. */
function isTotallyOrdered(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'sort':
      return new Set(plan.keys.map((key) => key.id)).size === columnsOf(plan.input).length;
    case 'limit':
    case 'project':
      return isTotallyOrdered(plan.input);
    default:
      return false;
  }
}
