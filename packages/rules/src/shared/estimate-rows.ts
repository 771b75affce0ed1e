import type { Expr } from '@millrace/core';
import type { LogicalPlan, RowRange } from '@millrace/planner';

/** About how many rows: of a plan as it is, and of the tables in it before anything was filtered. */
export interface Estimate {
  readonly rows: number;
  /** How many different values a key of it may have at most, about. */
  readonly base: number;
}

const EQUATION = 0.1;
const OTHER_PREDICATE = 0.3;

/**
 * A guess at the size of a plan's result, from what the scans know of their tables; null where nothing is known. Only for choosing between plans that
 * say the same: rules of thumb, no statistics.
 */
export function estimateRows(plan: LogicalPlan): Estimate | null {
  switch (plan.kind) {
    case 'scan': {
      if (plan.estimatedRows === undefined) return null;
      return cut(scaled(sized(plan.estimatedRows), selectivity(plan.filters)), plan.range);
    }
    case 'values':
      return sized(plan.rows.length);
    case 'memory':
      return sized(plan.batches.reduce((sum, batch) => sum + batch.rowCount, 0));
    case 'filter':
      return scaled(estimateRows(plan.input), selectivity(plan.predicates));
    case 'project':
    case 'window':
      return estimateRows(plan.input);
    case 'distinct':
      return scaled(estimateRows(plan.input), OTHER_PREDICATE);
    case 'aggregate':
      return plan.groupBy.length === 0 ? sized(1) : scaled(estimateRows(plan.input), OTHER_PREDICATE);
    case 'sort':
    case 'limit':
      return cut(estimateRows(plan.input), plan.range);
    case 'union': {
      const inputs = plan.inputs.map(estimateRows);
      return inputs.reduce((sum, input) => (sum && input ? sized(sum.rows + input.rows) : null), sized(0));
    }
    case 'join':
      return estimateJoin(plan, estimateRows(plan.left), estimateRows(plan.right));
    case 'apply':
      return plan.mode.kind === 'cross' || plan.mode.kind === 'left' ? null : estimateRows(plan.input);
    case 'function-scan':
    case 'insert':
    case 'extension':
      return null;
    default:
      return plan satisfies never;
  }
}

function estimateJoin(
  { type, on }: Extract<LogicalPlan, { readonly kind: 'join' }>,
  left: Estimate | null,
  right: Estimate | null,
): Estimate | null {
  if (left === null || right === null) return null;
  if (type === 'semi' || type === 'anti') return scaled(left, 0.5);
  const inner = joinEstimate(left, right, on);
  const keptLeft = type === 'left' || type === 'full' ? left.rows : 0;
  const keptRight = type === 'right' || type === 'full' ? right.rows : 0;
  return { rows: Math.max(inner.rows, keptLeft, keptRight), base: inner.base };
}

/** An inner join: of the first equation each row finds the share of the other side that its filters left; each further predicate is a filter. */
export function joinEstimate(left: Estimate, right: Estimate, on: readonly Expr[]): Estimate {
  const pairs = left.rows * right.rows;
  const base = Math.max(left.base, right.base);
  const key = on.find(isEquation);
  if (key === undefined) return { rows: pairs * selectivity(on), base };
  const rest = on.filter((predicate) => predicate !== key);
  return { rows: (pairs / Math.max(1, Math.min(left.base, right.base))) * selectivity(rest), base };
}

function selectivity(predicates: readonly Expr[]): number {
  return predicates.reduce((share, predicate) => share * (isEquation(predicate) ? EQUATION : OTHER_PREDICATE), 1);
}

function isEquation(predicate: Expr): boolean {
  return predicate.kind === 'compare' && (predicate.op === '=' || predicate.op === 'is-not-distinct');
}

function sized(rows: number): Estimate {
  return { rows, base: rows };
}

function scaled(estimate: Estimate | null, share: number): Estimate | null {
  return estimate === null ? null : { rows: estimate.rows * share, base: estimate.base };
}

/** A LIMIT is known where it is a literal. */
function cut(estimate: Estimate | null, range: RowRange | null): Estimate | null {
  const fetch = range?.fetch;
  if (estimate === null || fetch?.kind !== 'literal' || typeof fetch.value !== 'bigint') return estimate;
  return { rows: Math.min(estimate.rows, Number(fetch.value)), base: estimate.base };
}
