import {
  type Column,
  type ColumnId,
  type Expr,
  isVolatile,
  replaceColumns,
  sameType,
  typeOf,
  types,
} from '@millrace/core';
import {
  type Assignment,
  columnExpr,
  columnIdsOf,
  columnsOf,
  exprsOf,
  type LogicalPlan,
  literalExpr,
  type PlanOf,
  type RuleContext,
} from '@millrace/planner';
import { type OuterIds, outerIdsOf, pullUp, reads } from './pull-up.ts';

/** A scalar subquery that is one row: an expression over an aggregate without groups. */
export interface ScalarAggregate {
  readonly output: Column;
  readonly expr: Expr;
  readonly aggregate: PlanOf<'aggregate'>;
}

/** The parts of an Apply's subquery, if it is an aggregate without groups, with or without a Project on it. */
export function scalarAggregate({ subquery, mode }: PlanOf<'apply'>): ScalarAggregate | null {
  const aggregate = subquery.kind === 'project' ? subquery.input : subquery;
  if (aggregate.kind !== 'aggregate' || aggregate.groupBy.length > 0 || mode.kind !== 'scalar') return null;
  const [column] = columnsOf(subquery);
  const expr = subquery.kind === 'project' ? subquery.assignments[0]?.expr : column && columnExpr(column);
  return expr === undefined || isVolatile(expr) ? null : { output: mode.output, expr, aggregate };
}

/**
 * The Apply as a join with its aggregate, by groups of what ties it to the row; null if that is more than equations, or if the aggregates read the
 * row themselves.
 */
export function joinAggregate(
  apply: PlanOf<'apply'>,
  scalar: ScalarAggregate,
  context: RuleContext,
): LogicalPlan | null {
  const outer = outerIdsOf(apply);
  const { aggregate } = scalar;
  const pulled = pullUp(aggregate.input, outer);
  if (pulled === null) return null;
  const hidden = new Set([...outer, ...pulled.computed.keys()]);
  if (exprsOf(aggregate).some((expr) => reads(expr, hidden))) return null;
  if (pulled.predicates.length === 0) {
    const once = { ...aggregate, input: pulled.plan };
    return answered(apply, scalar, joinOf(apply.input, once, 'inner', []), false);
  }
  const groups = groupsOf(pulled.plan, pulled.predicates, outer, context);
  if (groups === null) return null;
  const grouped: LogicalPlan = { ...aggregate, input: groups.plan, groupBy: groups.by };
  return answered(apply, scalar, joinOf(apply.input, grouped, 'left', groups.on), true);
}

function joinOf(left: LogicalPlan, right: LogicalPlan, type: 'inner' | 'left', on: readonly Expr[]): LogicalPlan {
  return { kind: 'join', type, left, right, on };
}

/** The input's columns and the value, computed from the aggregates; `mayMiss`: there may be no group, over which a count is 0. */
function answered(
  apply: PlanOf<'apply'>,
  { output, expr, aggregate }: ScalarAggregate,
  input: LogicalPlan,
  mayMiss: boolean,
): LogicalPlan {
  const counts = new Map(
    aggregate.aggregations.flatMap(({ fn, column }) =>
      mayMiss && fn.startsWith('count(') ? [[column.id, column]] : [],
    ),
  );
  const orZero = (id: ColumnId): Expr | undefined => {
    const count = counts.get(id);
    if (count === undefined) return undefined;
    return { kind: 'coalesce', args: [columnExpr(count), literalExpr(0n, types.int8)], type: count.type };
  };
  const same = columnsOf(apply.input).map((column): Assignment => ({ column, expr: columnExpr(column) }));
  return { kind: 'project', input, assignments: [...same, { column: output, expr: replaceColumns(expr, orZero) }] };
}

interface Groups {
  /** Produces `by`. */
  readonly plan: LogicalPlan;
  readonly by: readonly ColumnId[];
  readonly on: readonly Expr[];
}

/** One group for each value of the inner sides of the equations; predicates over the row alone go along. */
function groupsOf(
  plan: LogicalPlan,
  predicates: readonly Expr[],
  outer: OuterIds,
  context: RuleContext,
): Groups | null {
  const inner = columnIdsOf(plan);
  const by = new Set<ColumnId>();
  const keys: Assignment[] = [];
  const on: Expr[] = [];
  for (const predicate of predicates) {
    if (!reads(predicate, inner)) {
      on.push(predicate);
      continue;
    }
    const tie = tieOf(predicate, inner, outer);
    if (tie === null) return null;
    const { own } = tie;
    const column = own.kind === 'column' ? own : context.newColumn({ name: 'key', type: typeOf(own), nullable: true });
    if (own.kind !== 'column') keys.push({ column: column as Column, expr: own });
    by.add(column.id);
    on.push({ ...tie.equation, left: tie.other, right: columnExpr(column) });
  }
  const same = columnsOf(plan).map((column): Assignment => ({ column, expr: columnExpr(column) }));
  const input: LogicalPlan =
    keys.length === 0 ? plan : { kind: 'project', input: plan, assignments: [...same, ...keys] };
  return { plan: input, by: [...by], on };
}

interface Tie {
  readonly equation: Extract<Expr, { readonly kind: 'compare' }>;
  /** The side over the subquery's rows, and the one over the row that it runs for. */
  readonly own: Expr;
  readonly other: Expr;
}

function tieOf(predicate: Expr, inner: ReadonlySet<ColumnId>, outer: OuterIds): Tie | null {
  if (predicate.kind !== 'compare' || (predicate.op !== '=' && predicate.op !== 'is-not-distinct')) return null;
  const { left, right } = predicate;
  if (!sameType(typeOf(left), typeOf(right))) return null;
  for (const [own, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const isOwn = reads(own, inner) && !reads(own, outer);
    if (isOwn && !reads(other, inner)) return { equation: predicate, own, other };
  }
  return null;
}
