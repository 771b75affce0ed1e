import { columnsRead, type Expr, type FunctionCatalog, isVolatile, types } from '@millrace/core';
import { type LogicalPlan, literalExpr, type RowRange, rangeExprs } from '@millrace/planner';
import { foldConstantCast } from './constant-cast.ts';

const INT8_MAX = 2n ** 63n - 1n;

/** A range whose numbers are known and raise no error; null if one is negative or known only to the execution. */
export function knownRange(range: RowRange): { readonly skip: bigint; readonly fetch: bigint | null } | null {
  const [skip, fetch] = [numberOf(range.skip), numberOf(range.fetch)];
  if (skip === undefined || fetch === undefined) return null;
  if ((skip !== null && skip < 0n) || (fetch !== null && fetch < 0n)) return null;
  return { skip: skip ?? 0n, fetch };
}

/** null: none. undefined: not known. */
function numberOf(expr: Expr | null): bigint | null | undefined {
  if (expr === null) return null;
  const known = foldConstantCast(expr);
  if (known.kind !== 'literal') return undefined;
  return known.value === null || typeof known.value === 'bigint' ? known.value : undefined;
}

/**
 * How many of the first rows a range can see: `fetch + skip`, as an int8 expression. null if there is no bound, none that an int8 holds, or none
 * that may be evaluated twice. Of numbers that only the execution knows, the sum must not fail where the range itself does not, so it is
 *
 *   CASE WHEN skip >= 0 AND fetch <= 9223372036854775807 - skip THEN fetch + skip END
 *
 * and NULL, no bound, for what the range says no to or does not limit.
 */
export function rowsSeenBy(range: RowRange, functions: FunctionCatalog): Expr | null {
  const known = knownRange(range);
  if (known !== null) {
    if (known.fetch === null || known.fetch + known.skip > INT8_MAX) return null;
    return literalExpr(known.fetch + known.skip, types.int8);
  }
  const { skip, fetch } = range;
  if (fetch === null || rangeExprs(range).some((expr) => isVolatile(expr) || columnsRead(expr).size > 0)) return null;
  if (isNegative(skip) || isNegative(fetch)) return null;
  return skip === null ? fetch : guardedSum(fetch, skip, functions);
}

function isNegative(expr: Expr | null): boolean {
  const known = numberOf(expr);
  return typeof known === 'bigint' && known < 0n;
}

function guardedSum(fetch: Expr, skip: Expr, functions: FunctionCatalog): Expr | null {
  const call = (id: string, args: readonly Expr[]): Expr | null => {
    const signature = functions.byId(id);
    if (signature === undefined) return null;
    const { volatility, mayFail, strict } = signature;
    return { kind: 'call', fn: { id, volatility, mayFail, strict }, args, type: types.int8 };
  };
  const sum = call('+(int8,int8)', [fetch, skip]);
  const room = call('-(int8,int8)', [literalExpr(INT8_MAX, types.int8), skip]);
  if (sum === null || room === null) return null;
  const isPositive: Expr = { kind: 'compare', op: '>=', left: skip, right: literalExpr(0n, types.int8) };
  const fits: Expr = { kind: 'compare', op: '<=', left: fetch, right: room };
  return {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: the name of a branch's result in a plan
    branches: [{ when: { kind: 'and', operands: [isPositive, fits] }, then: sum }],
    otherwise: literalExpr(null, types.int8),
    type: types.int8,
  };
}

/** Whether a plan says itself how many rows it gives at most. */
export function isLimited(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'limit':
    case 'values':
      return true;
    case 'scan':
    case 'sort':
      return plan.range !== null;
    case 'aggregate':
      return plan.groupBy.length === 0;
    case 'project':
      return isLimited(plan.input);
    default:
      return false;
  }
}
