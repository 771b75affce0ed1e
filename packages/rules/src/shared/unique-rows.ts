import { type ColumnId, type Expr, isVolatile } from '@millrace/core';
import { type Aggregation, columnIdsOf, type LogicalPlan, type PlanOf } from '@millrace/planner';
import { answersAlike, readsExactTypes } from './equal-rows.ts';
import { knownRange } from './row-range.ts';

const AT_MOST_ONE: ReadonlySet<ColumnId> = new Set();

/**
 * Columns in which no two rows of a plan are alike, as Distinct compares them; null if there are none for sure. Empty: there is one row at most.
 * A group is one row, a row that Distinct keeps is the only one; projections, filters, sorts and subqueries add no row; two rows of a join differ
 * on the left or on the right. Not so of a full join: (NULL, filled) and (filled, NULL) are alike. UNION ALL repeats.
 */
export function keyOf(plan: LogicalPlan): ReadonlySet<ColumnId> | null {
  switch (plan.kind) {
    case 'values':
      return plan.rows.length <= 1 ? AT_MOST_ONE : null;
    case 'function-scan':
      return plan.ordinality === null ? null : new Set([plan.ordinality.id]);
    case 'filter':
    case 'window':
      return keyOf(plan.input);
    case 'sort':
    case 'limit':
      return isOneRow(plan) ? AT_MOST_ONE : keyOf(plan.input);
    case 'distinct':
      return keyOf(plan.input) ?? columnIdsOf(plan);
    case 'aggregate':
      return new Set(plan.groupBy);
    case 'project':
      return projectedKey(plan);
    case 'join':
      return joinedKey(plan);
    case 'apply':
      return plan.mode.kind === 'cross' || plan.mode.kind === 'left'
        ? both(keyOf(plan.input), keyOf(plan.subquery))
        : keyOf(plan.input);
    case 'scan':
    case 'memory':
    case 'union':
    case 'insert':
    case 'extension':
      return null;
    default:
      return plan satisfies never;
  }
}

function isOneRow(plan: PlanOf<'sort' | 'limit'>): boolean {
  const fetch = plan.range === null ? null : (knownRange(plan.range)?.fetch ?? null);
  return fetch !== null && fetch <= 1n;
}

/** The key under the names that a projection gives it; a column of it that is not handed on takes the key away. */
function projectedKey(project: PlanOf<'project'>): ReadonlySet<ColumnId> | null {
  const below = keyOf(project.input);
  if (below === null) return null;
  const key = new Set<ColumnId>();
  for (const id of below) {
    const copy = project.assignments.find(({ expr }) => expr.kind === 'column' && expr.id === id);
    if (copy === undefined) return null;
    key.add(copy.column.id);
  }
  return key;
}

function joinedKey(join: PlanOf<'join'>): ReadonlySet<ColumnId> | null {
  if (join.type === 'semi' || join.type === 'anti') return keyOf(join.left);
  return join.type === 'full' ? null : both(keyOf(join.left), keyOf(join.right));
}

function both(a: ReadonlySet<ColumnId> | null, b: ReadonlySet<ColumnId> | null): ReadonlySet<ColumnId> | null {
  return a === null || b === null ? null : new Set([...a, ...b]);
}

/**
 * A plan of the same rows, some perhaps more often: without the Distincts that only drop repetitions, for somebody who does not count them. Of rows
 * that are alike the first is still the first. Expressions in between must have one answer for all rows that Distinct takes for one.
 */
export function withRepetitions(plan: LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case 'distinct':
      return withRepetitions(plan.input);
    case 'filter':
      return plan.predicates.every(isRepeatable) ? over(plan, withRepetitions(plan.input)) : plan;
    case 'project':
      return plan.assignments.every(
        ({ expr }) => expr.kind === 'column' || (readsExactTypes(expr) && !isVolatile(expr)),
      )
        ? over(plan, withRepetitions(plan.input))
        : plan;
    case 'sort':
      return plan.range === null ? over(plan, withRepetitions(plan.input)) : plan;
    default:
      return plan;
  }
}

function over<P extends PlanOf<'filter' | 'project' | 'sort'>>(plan: P, input: LogicalPlan): P {
  return input === plan.input ? plan : { ...plan, input };
}

/** Whether a predicate says the same of all rows that Distinct takes for one. */
export function isRepeatable(predicate: Expr): boolean {
  return answersAlike(predicate) && !isVolatile(predicate);
}

const BLIND: ReadonlySet<string> = new Set(['min', 'max', 'bool_and', 'bool_or', 'every']);

/** Whether an aggregate says the same of rows that come more than once. */
export function isBlindToRepetition(aggregation: Aggregation): boolean {
  const { fn, args, filter, isDistinct, orderBy } = aggregation;
  const exprs = [...args, ...(filter === null ? [] : [filter]), ...orderBy.map((key) => key.expr)];
  return (
    (isDistinct || BLIND.has(fn.replace(/\(.*$/, ''))) &&
    exprs.every((expr) => readsExactTypes(expr) && !isVolatile(expr))
  );
}
