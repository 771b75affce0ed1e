import { type ColumnId, columnsRead, type Expr, failure, mapOperands, mapSame, sameExpr, typeOf } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import { mapExprs } from '../plan/expressions.ts';
import type { Assignment, LogicalPlan } from '../plan/logical-plan.ts';
import { mapInputs } from '../plan/rewrite.ts';
import type { AstExpr } from '../sql/ast.ts';
import type { BindState } from './bind-state.ts';
import { resolveUnknown } from './coerce.ts';
import { type AggregateSink, applyAll, type ExprContext, type PendingApply } from './expr-context.ts';
import { isNullableExpr } from './expr-nullability.ts';
import { positionOf } from './position.ts';
import { findBare } from './scope.ts';
import { refuseUnordered } from './select-tail.ts';
import { bindTarget, type Target } from './select-targets.ts';
import { targetByName, targetByOrdinal, targetByText } from './target-lookup.ts';

/** The expressions of GROUP BY: bare names are input columns first, then output names; integers are ordinals. */
export function bindGroupBy(
  context: ExprContext,
  groupBy: readonly AstExpr[],
  targets: readonly Target[],
): readonly Target[] {
  const groups: Target[] = [];
  for (const ast of groupBy.flatMap((expr) => (expr.kind === 'row' ? expr.items : [expr]))) {
    const group = bindGroup(context, ast, targets);
    group.expr = resolveUnknown(context.state, group.expr);
    refuseUnordered(group.expr, positionOf(ast.at), 'an equality');
    if (!groups.some((other) => sameExpr(other.expr, group.expr))) groups.push(group);
  }
  return groups;
}

function bindGroup(context: ExprContext, ast: AstExpr, targets: readonly Target[]): Target {
  const ordinal = targetByOrdinal('GROUP BY', ast, targets);
  if (ordinal !== undefined) return ordinal;
  const isInput =
    ast.kind === 'column' &&
    ast.parts.length === 1 &&
    findBare(context.scope.items, ast.parts[0]!, ast.at) !== undefined;
  const output = isInput ? undefined : targetByName('GROUP BY', ast, targets);
  return (
    output ??
    targetByText(ast, targets) ??
    bindTarget({ ...context, clause: 'GROUP BY', aggregates: null, windows: null, sets: null }, ast, null)
  );
}

/** A plan with its groups made, and the way to speak of them. */
export interface Grouped {
  readonly plan: LogicalPlan;
  /** An expression over the grouped rows: grouping expressions become columns. Throws 42803 for any other input column. */
  readonly replace: (expr: Expr) => Expr;
  readonly replaceApplies: (applies: readonly PendingApply[]) => PendingApply[];
}

/** Aggregate over a Project that computes what is grouped by, if that is more than columns. */
export function groupPlan(
  state: BindState,
  input: LogicalPlan,
  groups: readonly Target[],
  sink: AggregateSink,
): Grouped {
  refuseAggregates(groups, sink);
  const below = applyAll(input, [...sink.applies, ...groups.flatMap((group) => group.applies)]);
  for (const group of groups) group.applies = [];
  const columns = columnsOf(below);
  const inputIds = new Set(columns.map((column) => column.id));
  const computed: Assignment[] = [];
  const keys = groups.map(({ name, expr }) => {
    if (expr.kind === 'column' && inputIds.has(expr.id)) return { expr, id: expr.id };
    const column = state.newColumn(name, typeOf(expr), isNullableExpr(state, expr));
    computed.push({ column, expr });
    return { expr, id: column.id };
  });
  const passed = columns.map((column) => ({ column, expr: columnExpr(column) }));
  const projected: LogicalPlan =
    computed.length === 0 ? below : { kind: 'project', input: below, assignments: [...passed, ...computed] };
  const plan: LogicalPlan = {
    kind: 'aggregate',
    input: projected,
    groupBy: keys.map((key) => key.id),
    aggregations: sink.aggregations,
  };
  return { plan, ...replacer(state, keys, inputIds) };
}

function refuseAggregates(groups: readonly Target[], sink: AggregateSink): void {
  const outputs = new Set(sink.aggregations.map((aggregation) => aggregation.column.id));
  for (const group of groups) {
    if (![...columnsRead(group.expr)].some((id) => outputs.has(id))) continue;
    const message = 'aggregate functions are not allowed in GROUP BY';
    throw failure('misplacedAggregate', { message }, { position: positionOf(group.at) });
  }
}

function replacer(
  state: BindState,
  keys: readonly { readonly expr: Expr; readonly id: ColumnId }[],
  inputIds: ReadonlySet<ColumnId>,
): Omit<Grouped, 'plan'> {
  const replaceIn = (expr: Expr, isInSubquery: boolean): Expr => {
    const key = keys.find((each) => each.expr.kind === expr.kind && sameExpr(each.expr, expr));
    if (key !== undefined)
      return expr.kind === 'column' && expr.id === key.id ? expr : columnExpr({ id: key.id, type: typeOf(expr) });
    if (expr.kind === 'column' && inputIds.has(expr.id)) throw ungrouped(state, expr, isInSubquery);
    return mapOperands(expr, (operand) => replaceIn(operand, isInSubquery));
  };
  const replacePlan = (plan: LogicalPlan): LogicalPlan =>
    mapExprs(mapInputs(plan, replacePlan), (expr) => replaceIn(expr, true));
  return {
    replace: (expr) => replaceIn(expr, false),
    replaceApplies: (applies) =>
      applies.map(({ subquery, mode }) => ({
        subquery: replacePlan(subquery),
        mode:
          mode.kind === 'quantified' ? { ...mode, left: mapSame(mode.left, (expr) => replaceIn(expr, false)) } : mode,
      })),
  };
}

function ungrouped(state: BindState, expr: Expr, isInSubquery: boolean): Error {
  const name = state.labels.get(expr) ?? '?column?';
  const position = positionOf(state.positions.get(expr));
  if (!isInSubquery) return failure('groupingError', { name }, { position });
  const message = `subquery uses ungrouped column "${name}" from outer query`;
  return failure('misplacedAggregate', { message }, { position });
}
