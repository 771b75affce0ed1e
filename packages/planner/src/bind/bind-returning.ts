import { type CatalogTable, type Column, failure, typeOf } from '@millrace/core';
import type { LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import type { AstSelectItem } from '../sql/ast.ts';
import type { OutputColumn, QueryOuter } from './bind-query.ts';
import type { BindState } from './bind-state.ts';
import { resolveUnknown } from './coerce.ts';
import type { ExprContext } from './expr-context.ts';
import { isNullableExpr } from './expr-nullability.ts';
import { positionOf } from './position.ts';
import { type NamespaceItem, tableItem } from './scope.ts';
import { bindTargets } from './select-targets.ts';

/** An INSERT with RETURNING: what it is put into, under which name, and what it gives back. */
export interface Returning {
  readonly table: CatalogTable;
  readonly alias: string | null;
  readonly items: readonly AstSelectItem[];
  /** Columns of the query whose rows are inserted, null for VALUES: they are no names here, but hints name them. */
  readonly source: readonly Column[] | null;
  readonly outer: QueryOuter;
}

/**
 * RETURNING: expressions over the rows as the write funnel admitted them, with defaults, what hooks changed, and generated columns.
 *
 *     Project [items]
 *       Insert into t returning [columns]
 *
 * Deliberately refused: subqueries. They would run beside an insert, and which of the two runs first, or at all, is a matter of plans.
 */
export function bindReturning(
  state: BindState,
  insert: PlanOf<'insert'>,
  { table, alias, items, source, outer }: Returning,
): { readonly plan: LogicalPlan; readonly columns: readonly OutputColumn[] } {
  const returned = table.columns.map((column) => state.newColumn(column.name, column.type, column.nullable));
  const item = tableItem(table, returned, alias);
  const context: ExprContext = {
    state,
    scope: { items: [item], hidden: source === null ? [] : [hiddenSource(source)], parent: null, ctes: outer.ctes },
    clause: 'RETURNING',
    applies: [],
    aggregates: null,
    isInAggregate: false,
    sets: null,
  };
  const assignments = bindTargets(context, items).map(({ name, expr: bound, applies, origin, at }) => {
    if (applies.length > 0) {
      throw failure('notSupported', { feature: 'a subquery in RETURNING' }, { position: positionOf(at) });
    }
    const expr = resolveUnknown(state, bound);
    return { assignment: { column: state.newColumn(name, typeOf(expr), isNullableExpr(state, expr)), expr }, origin };
  });
  return {
    plan: {
      kind: 'project',
      input: { ...insert, returned },
      assignments: assignments.map(({ assignment }) => assignment),
    },
    columns: assignments.map(({ assignment: { column }, origin }) => ({ column, origin })),
  };
}

/** PostgreSQL's name for the query of an INSERT. */
function hiddenSource(columns: readonly Column[]): NamespaceItem {
  return {
    name: '*SELECT*',
    schemaName: null,
    columns: columns.map(({ name, id, type }) => ({ name, id, type, origin: null })),
    isQualifiedVisible: false,
    isUnqualifiedVisible: false,
    table: null,
  };
}
