import { type Column, type ColumnId, failure } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { JoinType, LogicalPlan } from '../plan/logical-plan.ts';
import type { AstFrom } from '../sql/ast.ts';
import { type BoundFrom, bindFromItem, type FromContext, renamed } from './bind-from.ts';
import type { BindState } from './bind-state.ts';
import { bindUsing, type MergedJoin } from './bind-using.ts';
import { bindConjuncts, type Conjunct, filterBy, readsAny } from './conjuncts.ts';
import { positionOf } from './position.ts';
import type { NamespaceItem } from './scope.ts';

type AstJoin = Extract<AstFrom, { kind: 'join' }>;

/** `a JOIN b ON ... | USING (...)`, `NATURAL JOIN`, `CROSS JOIN`. */
export function bindJoin(context: FromContext, ast: AstJoin): BoundFrom {
  const { state, outer } = context;
  const left = bindFromItem(context, ast.left);
  const right = bindFromItem({ ...context, left: [...context.left, ...left.items] }, ast.right);
  const type: JoinType = ast.type === 'cross' ? 'inner' : ast.type;
  const names = ast.natural ? commonNames(left, right) : ast.using;
  const merged = names === null ? null : bindUsing(state, { left, right, names, type, at: ast.at });
  const scope = { items: [...left.items, ...right.items], hidden: context.left, parent: outer.scope, ctes: outer.ctes };
  const on =
    merged !== null
      ? merged.on.map((expr): Conjunct => ({ expr, applies: [] }))
      : ast.on === null
        ? []
        : bindConjuncts(
            {
              state,
              scope,
              clause: 'JOIN conditions',
              applies: [],
              aggregates: null,
              isInAggregate: false,
              sets: null,
            },
            ast.on,
            'JOIN/ON',
          );
  const joined = joinItems({ state, left, right, type, on, at: ast.at });
  return named(merged === null ? joined : mergeColumns(joined, merged), ast);
}

/** The names both sides have, in the left's order. */
function commonNames(left: BoundFrom, right: BoundFrom): readonly string[] {
  const visible = (from: BoundFrom): readonly string[] =>
    from.items.flatMap((item) => (item.isUnqualifiedVisible ? item.columns.map((column) => column.name) : []));
  const others = new Set(visible(right));
  return [...new Set(visible(left))].filter((name) => others.has(name));
}

/** A join's two sides and its condition, bound. */
export interface JoinParts {
  readonly state: BindState;
  readonly left: BoundFrom;
  readonly right: BoundFrom;
  readonly type: JoinType;
  readonly on: readonly Conjunct[];
  readonly at: number | null;
}

/** Joins two FROM parts: an Apply where the right reads the left's columns or an outer join's ON has subqueries, else a Join. */
export function joinItems(parts: JoinParts): BoundFrom {
  const { state, left, right, type } = parts;
  refuseDuplicates(left.items, right.items);
  const [leftColumns, rightColumns] = [columnsOf(left.plan), columnsOf(right.plan)];
  const plan = joinPlans(parts, idsOf(leftColumns));
  if (type === 'left' || type === 'full') state.markNullable(rightColumns);
  if (type === 'right' || type === 'full') state.markNullable(leftColumns);
  const outer = (items: readonly NamespaceItem[], isOuter: boolean): readonly NamespaceItem[] =>
    isOuter ? items.map((item) => ({ ...item, isOuter: true })) : items;
  const leftItems = outer(left.items, type === 'right' || type === 'full');
  return { plan, items: [...leftItems, ...outer(right.items, type === 'left' || type === 'full')] };
}

function joinPlans({ left, right, type, on, at }: JoinParts, leftIds: ReadonlySet<ColumnId>): LogicalPlan {
  const plain = on.filter((conjunct) => conjunct.applies.length === 0).map((conjunct) => conjunct.expr);
  const nested = on.filter((conjunct) => conjunct.applies.length > 0);
  if (readsAny(right.plan, leftIds)) return lateralJoin({ left, right, type, on, at });
  if (type === 'inner') return filterBy({ kind: 'join', type, left: left.plan, right: right.plan, on: plain }, nested);
  if (nested.length === 0) return { kind: 'join', type, left: left.plan, right: right.plan, on: plain };
  if (type === 'full') {
    throw failure(
      'notSupported',
      { feature: 'a subquery in the condition of a FULL JOIN' },
      { position: positionOf(at) },
    );
  }
  const [kept, optional] = type === 'left' ? [left.plan, right.plan] : [right.plan, left.plan];
  return { kind: 'apply', input: kept, subquery: filterBy(optional, on), mode: { kind: 'left', on: [] } };
}

function lateralJoin({ left, right, type, on, at }: Omit<JoinParts, 'state'>): LogicalPlan {
  if (type === 'inner') {
    return filterBy({ kind: 'apply', input: left.plan, subquery: right.plan, mode: { kind: 'cross' } }, on);
  }
  if (type === 'left') {
    return { kind: 'apply', input: left.plan, subquery: filterBy(right.plan, on), mode: { kind: 'left', on: [] } };
  }
  const message = 'The combining JOIN type must be INNER or LEFT for a LATERAL reference.';
  const name = left.items.find((item) => item.name !== null)?.name ?? '';
  throw failure(
    'invalidColumnReference',
    { message: `invalid reference to FROM-clause entry for table "${name}"` },
    { detail: message, position: positionOf(at) },
  );
}

function idsOf(columns: readonly Column[]): ReadonlySet<ColumnId> {
  return new Set(columns.map((column) => column.id));
}

function refuseDuplicates(left: readonly NamespaceItem[], right: readonly NamespaceItem[]): void {
  for (const item of right) {
    const isDuplicate = left.some(
      (other) =>
        other.isQualifiedVisible &&
        item.isQualifiedVisible &&
        other.name === item.name &&
        (other.schemaName === null || item.schemaName === null || other.schemaName === item.schemaName),
    );
    if (isDuplicate) throw failure('duplicateAlias', { name: item.name ?? '' });
  }
}

/** After USING: the merged columns first, under bare names; the sides answer to qualified names only. */
function mergeColumns(joined: BoundFrom, merged: MergedJoin): BoundFrom {
  const plan: LogicalPlan =
    merged.computed.length === 0
      ? joined.plan
      : {
          kind: 'project',
          input: joined.plan,
          assignments: [
            ...columnsOf(joined.plan).map((column) => ({ column, expr: columnExpr(column) })),
            ...merged.computed,
          ],
        };
  const sides = joined.items.map((item) => ({ ...item, isUnqualifiedVisible: false }));
  const item: NamespaceItem = {
    name: null,
    schemaName: null,
    columns: merged.columns,
    isQualifiedVisible: false,
    isUnqualifiedVisible: true,
    table: null,
  };
  return { plan, items: [item, ...sides] };
}

/** `(a JOIN b ...) AS j`: one item with all columns; the sides' names are gone. */
function named(from: BoundFrom, ast: AstJoin): BoundFrom {
  if (ast.alias === null) return from;
  const columns = from.items.flatMap((item) => (item.isUnqualifiedVisible ? item.columns : []));
  const item: NamespaceItem = {
    name: ast.alias.name,
    schemaName: null,
    columns,
    isQualifiedVisible: true,
    isUnqualifiedVisible: true,
    table: null,
  };
  return { plan: from.plan, items: [renamed(item, ast.alias)] };
}
