import { type FunctionCatalog, isVolatile, mayFail } from '@millrace/core';
import { exprsOf, inputsOf, type LogicalPlan, type RowRange } from '@millrace/planner';
import { knownRange } from './row-range.ts';

/**
 * Whether a subquery may run once, for nobody or for more rows than before, without anyone noticing: nothing in it can raise an error or is
 * volatile. A join runs its right side whole, also where an Apply would have asked for a part of it, or not at all.
 */
export function isSafeEarly(plan: LogicalPlan, functions: FunctionCatalog): boolean {
  return (
    isSafeNode(plan, functions) &&
    exprsOf(plan).every((expr) => !mayFail(expr) && !isVolatile(expr)) &&
    inputsOf(plan).every((input) => isSafeEarly(input, functions))
  );
}

/** What a node can raise beyond its expressions. */
function isSafeNode(plan: LogicalPlan, functions: FunctionCatalog): boolean {
  const isSafeFunction = (id: string): boolean => {
    const signature = functions.byId(id);
    return signature !== undefined && !signature.mayFail && signature.volatility !== 'volatile';
  };
  switch (plan.kind) {
    case 'scan':
    case 'sort':
    case 'limit':
      return isSafeRange(plan.range);
    case 'function-scan':
      return isSafeFunction(plan.fn);
    case 'aggregate':
      return plan.aggregations.every(({ fn }) => isSafeFunction(fn));
    case 'apply':
      return plan.mode.kind !== 'scalar';
    case 'window':
    case 'insert':
    case 'extension':
      return false;
    case 'values':
    case 'memory':
    case 'filter':
    case 'project':
    case 'join':
    case 'distinct':
    case 'union':
      return true;
    default:
      return plan satisfies never;
  }
}

/** Known numbers that are not negative: anything else may raise 2201W or 2201X. */
function isSafeRange(range: RowRange | null): boolean {
  return range === null || knownRange(range) !== null;
}
