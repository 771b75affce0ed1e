import { type ColumnId, columnsRead, type Expr, replaceColumns } from '@millrace/core';
import {
  type Assignment,
  columnExpr,
  columnIdsOf,
  columnsOf,
  exprsOf,
  filtered,
  type LogicalPlan,
  type PlanOf,
  somePlan,
} from '@millrace/planner';

/** Columns of the row that a subquery runs for. */
export type OuterIds = ReadonlySet<ColumnId>;

/** A subquery taken apart: what runs without the outer row, and what ties it to one. */
export interface PulledUp {
  /** Reads nothing of the outer row. Produces what `predicates` and `computed` read of it; other columns may be gone or new. */
  readonly plan: LogicalPlan;
  /** Which of its rows belong to an outer row. */
  readonly predicates: readonly Expr[];
  /** Columns of the subquery that the plan cannot produce, since they are computed from the outer row. */
  readonly computed: ReadonlyMap<ColumnId, Expr>;
}

const NONE: ReadonlyMap<ColumnId, Expr> = new Map();

/**
 * Moves everything that reads the outer row to the top of a subquery: predicates of Filters and inner joins, expressions of Projects; through
 * Sorts and through the side of a join or the input of an Apply that is kept row by row. null where something else reads the outer row: below an
 * Aggregate, a Distinct, a LIMIT or a UNION it decides about more than single rows.
 *
 *   Project y                            plan:        Filter b.t > 0
 *     Filter b.k = outer.k, b.t > 0                     Scan b
 *       Scan b                           predicates:  b.k = outer.k
 *
 * Predicates change their order: only for subqueries that cannot fail and are not volatile. `mayRepeat`: nobody counts the rows (EXISTS, IN), so a semi
 * join whose right side reads the outer row may become an inner one.
 */
export function pullUp(plan: LogicalPlan, outer: OuterIds, mayRepeat = false): PulledUp | null {
  if (!readsAny(plan, outer)) return { plan, predicates: [], computed: NONE };
  switch (plan.kind) {
    case 'filter':
      return pullFilter(plan, outer, mayRepeat);
    case 'project':
      return pullProject(plan, outer, mayRepeat);
    case 'sort': {
      const inner = plan.range === null ? pullUp(plan.input, outer, mayRepeat) : null;
      if (inner === null || plan.keys.some((key) => inner.computed.has(key.id))) return null;
      return { ...inner, plan: { ...plan, input: inner.plan } };
    }
    case 'join':
      return pullJoin(plan, outer, mayRepeat);
    case 'apply': {
      const inner = pullUp(plan.input, outer, mayRepeat);
      if (inner === null) return null;
      const hidden = new Set([...outer, ...inner.computed.keys()]);
      if (readsAny(plan.subquery, hidden) || exprsOf(plan).some((expr) => reads(expr, hidden))) return null;
      return { ...inner, plan: { ...plan, input: inner.plan } };
    }
    default:
      return null;
  }
}

function pullFilter(plan: PlanOf<'filter'>, outer: OuterIds, mayRepeat: boolean): PulledUp | null {
  const inner = pullUp(plan.input, outer, mayRepeat);
  if (inner === null) return null;
  const predicates = plan.predicates.map((predicate) => inlined(predicate, inner.computed));
  return {
    ...inner,
    plan: filtered(
      inner.plan,
      predicates.filter((predicate) => !reads(predicate, outer)),
    ),
    predicates: [...inner.predicates, ...predicates.filter((predicate) => reads(predicate, outer))],
  };
}

/** What reads the outer row leaves the Project; the columns that it and the predicates need pass through. */
function pullProject(plan: PlanOf<'project'>, outer: OuterIds, mayRepeat: boolean): PulledUp | null {
  const inner = pullUp(plan.input, outer, mayRepeat);
  if (inner === null) return null;
  const kept: Assignment[] = [];
  const computed = new Map<ColumnId, Expr>();
  for (const assignment of plan.assignments) {
    const expr = inlined(assignment.expr, inner.computed);
    if (reads(expr, outer)) computed.set(assignment.column.id, expr);
    else kept.push(expr === assignment.expr ? assignment : { ...assignment, expr });
  }
  const needed = new Set([...inner.predicates, ...computed.values()].flatMap((expr) => [...columnsRead(expr)]));
  const passed = new Set(kept.map(({ column }) => column.id));
  const also = columnsOf(inner.plan)
    .filter(({ id }) => needed.has(id) && !passed.has(id))
    .map((column) => ({ column, expr: columnExpr(column) }));
  return {
    plan: { ...plan, input: inner.plan, assignments: [...kept, ...also] },
    predicates: inner.predicates,
    computed,
  };
}

/** Through the sides whose rows a join keeps or drops one by one; `on` of an inner join is a filter. */
function pullJoin(plan: PlanOf<'join'>, outer: OuterIds, mayRepeat: boolean): PulledUp | null {
  const isTied = readsAny(plan.right, outer) || plan.on.some((predicate) => reads(predicate, outer));
  const type = plan.type === 'semi' && mayRepeat && isTied ? 'inner' : plan.type;
  const passesLeft = type !== 'right' && type !== 'full';
  const passesRight = type === 'inner' || type === 'right';
  const left = passesLeft || !readsAny(plan.left, outer) ? pullUp(plan.left, outer, mayRepeat) : null;
  const right = passesRight || !readsAny(plan.right, outer) ? pullUp(plan.right, outer, mayRepeat) : null;
  if (left === null || right === null) return null;
  const computed = new Map([...left.computed, ...right.computed]);
  const on = plan.on.map((predicate) => inlined(predicate, computed));
  const tied = on.filter((predicate) => reads(predicate, outer));
  if (tied.length > 0 && type !== 'inner') return null;
  return {
    plan: {
      ...plan,
      type,
      left: left.plan,
      right: right.plan,
      on: on.filter((predicate) => !reads(predicate, outer)),
    },
    predicates: [...left.predicates, ...right.predicates, ...tied],
    computed,
  };
}

function inlined(expr: Expr, computed: ReadonlyMap<ColumnId, Expr>): Expr {
  return computed.size === 0 ? expr : replaceColumns(expr, (id) => computed.get(id));
}

/** Whether an expression reads one of the columns. */
export function reads(expr: Expr, ids: ReadonlySet<ColumnId>): boolean {
  return [...columnsRead(expr)].some((id) => ids.has(id));
}

/** Whether anything in a plan reads one of the columns. */
export function readsAny(plan: LogicalPlan, ids: ReadonlySet<ColumnId>): boolean {
  return somePlan(plan, (node) => exprsOf(node).some((expr) => reads(expr, ids)));
}

/** The columns of an Apply's input: what its subquery may be tied to. */
export function outerIdsOf(apply: PlanOf<'apply'>): OuterIds {
  return columnIdsOf(apply.input);
}
