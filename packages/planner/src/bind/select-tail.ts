import { columnsRead, type Expr, failure, sameExpr, typeOf, types } from '@millrace/core';
import type { Assignment, LogicalPlan, RowRange, SortKey } from '../plan/logical-plan.ts';
import type { AstExpr, AstSortKey } from '../sql/ast.ts';
import { bindExpr } from './bind-expr.ts';
import type { BoundQuery, QueryTail } from './bind-query.ts';
import type { BindState } from './bind-state.ts';
import { coerceArgument, resolveUnknown } from './coerce.ts';
import type { ExprContext } from './expr-context.ts';
import { isNullableExpr } from './expr-nullability.ts';
import { positionOf } from './position.ts';
import { isLocal, type Scope } from './scope.ts';
import { bindTarget, type Target } from './select-targets.ts';
import { targetByName, targetByOrdinal, targetByText } from './target-lookup.ts';

/** A sort key and the target it sorts by, of the select list or added for it. */
export interface OrderKey {
  readonly target: Target;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * ORDER BY of a SELECT: bare names are output names first; integers are ordinals; anything else is an expression over the input, shared with
 * an equal entry of the select list.
 */
export function bindOrderBy(
  context: ExprContext,
  orderBy: readonly AstSortKey[],
  targets: readonly Target[],
): readonly OrderKey[] {
  const added: Target[] = [];
  return orderBy.map((key) => {
    const target = findTarget(context, key.expr, targets, added);
    target.expr = resolveUnknown(context.state, target.expr);
    return orderKey(key, target);
  });
}

/** Direction and place of NULLs; 42883 for types without an order. */
export function orderKey(key: AstSortKey, target: Target): OrderKey {
  refuseUnordered(target.expr, positionOf(key.at ?? key.expr.at));
  return { target, descending: key.descending, nullsFirst: key.nullsFirst ?? key.descending };
}

function findTarget(context: ExprContext, ast: AstExpr, targets: readonly Target[], added: Target[]): Target {
  const named =
    targetByOrdinal('ORDER BY', ast, targets) ?? targetByName('ORDER BY', ast, targets) ?? targetByText(ast, targets);
  if (named !== undefined) return named;
  const own = bindTarget(context, ast, null);
  const same = [...targets, ...added].find((target) => own.applies.length === 0 && sameExpr(target.expr, own.expr));
  if (same === undefined) added.push(own);
  return same ?? own;
}

/** json has no equality and no order (42883, as for PostgreSQL's missing operator). */
export function refuseUnordered(expr: Expr, position: number | undefined, what = 'an ordering'): void {
  const type = typeOf(expr);
  if (type.kind !== 'json') return;
  const hint = what === 'an ordering' ? 'Use an explicit ordering operator or modify the query.' : undefined;
  throw failure('noOperatorFor', { what, type: 'json' }, { position, hint });
}

/** LIMIT and OFFSET: bigint expressions without columns of their own query (42P10), subqueries (0A000) or aggregates (42803). */
export function bindRange(state: BindState, tail: QueryTail, scope: Scope): RowRange | null {
  if (tail.limit === null && tail.offset === null) return null;
  const bind = (clause: 'LIMIT' | 'OFFSET', ast: AstExpr | null): Expr | null => {
    if (ast === null) return null;
    const context: ExprContext = {
      state,
      scope,
      clause,
      applies: null,
      aggregates: null,
      isInAggregate: false,
      sets: null,
    };
    const bound = bindExpr(context, ast);
    if ([...columnsRead(bound)].some((id) => isLocal(scope, id))) {
      const message = `argument of ${clause} must not contain variables`;
      throw failure('invalidColumnReference', { message }, { position: positionOf(ast.at) });
    }
    return coerceArgument(state, bound, types.int8, clause, ast.at);
  };
  const fetch = bind('LIMIT', tail.limit);
  return { skip: bind('OFFSET', tail.offset), fetch };
}

/** A select list over its input, before DISTINCT, ORDER BY and LIMIT. */
export interface Finish {
  readonly input: LogicalPlan;
  readonly targets: readonly Target[];
  readonly keys: readonly OrderKey[];
  readonly isDistinct: boolean;
  readonly range: RowRange | null;
}

/**
 * Computes the outputs, then DISTINCT, ORDER BY and LIMIT over them:
 *
 *     Project[outputs] <- Limit <- Sort <- Distinct <- Project[outputs, what only ORDER BY needs]
 */
export function finishQuery(state: BindState, parts: Finish): BoundQuery {
  const { targets, keys, range } = parts;
  const assignments: Assignment[] = targets.map((target) => assign(state, target));
  const columnFor = new Map(targets.map((target, i) => [target, assignments[i]!.column]));
  for (const { target } of keys) {
    if (columnFor.has(target)) continue;
    if (parts.isDistinct) {
      const message = 'for SELECT DISTINCT, ORDER BY expressions must appear in select list';
      throw failure('invalidColumnReference', { message }, { position: positionOf(target.at) });
    }
    const added = assign(state, target);
    assignments.push(added);
    columnFor.set(target, added.column);
  }
  let plan: LogicalPlan = { kind: 'project', input: parts.input, assignments };
  if (parts.isDistinct) plan = { kind: 'distinct', input: plan };
  if (keys.length > 0) {
    const sortKeys = keys.map(
      ({ target, descending, nullsFirst }): SortKey => ({ id: columnFor.get(target)!.id, descending, nullsFirst }),
    );
    plan = { kind: 'sort', input: plan, keys: sortKeys, range: null };
  }
  if (range !== null) plan = { kind: 'limit', input: plan, range };
  const own = assignments.slice(0, targets.length);
  const shown = own.map(({ column }) => ({
    column,
    expr: { kind: 'column', id: column.id, type: column.type } as const,
  }));
  if (assignments.length > targets.length) plan = { kind: 'project', input: plan, assignments: shown };
  return { plan, columns: own.map(({ column }, i) => ({ column, origin: targets[i]!.origin })) };
}

function assign(state: BindState, { name, expr }: Target): Assignment {
  return { column: state.newColumn(name, typeOf(expr), isNullableExpr(state, expr)), expr };
}
