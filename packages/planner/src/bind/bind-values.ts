import { type Column, type DataType, type Expr, failure, typeOf } from '@millrace/core';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { AstExpr, AstQueryBody } from '../sql/ast.ts';
import { bindExpr, startOf } from './bind-expr.ts';
import { type BoundQuery, hasTail, type QueryContext, type QueryOuter } from './bind-query.ts';
import type { BindState } from './bind-state.ts';
import { coerceTo } from './coerce.ts';
import { commonTypeOf } from './common-type.ts';
import { applyAll, type ExprContext, type PendingApply } from './expr-context.ts';
import { isNullableExpr } from './expr-nullability.ts';
import { positionOf } from './position.ts';
import type { NamespaceItem, Scope } from './scope.ts';
import { bindOrderBy, bindRange, finishQuery } from './select-tail.ts';
import { outputTargets } from './select-targets.ts';

type AstValues = Extract<AstQueryBody, { kind: 'values' }>;

/** What cells of VALUES are bound with: no columns of their own query, no aggregates; subqueries go to `applies`. */
export function valuesContext(state: BindState, outer: QueryOuter, applies: PendingApply[]): ExprContext {
  const scope: Scope = { items: [], hidden: [], parent: outer.scope, ctes: outer.ctes };
  return { state, scope, clause: 'VALUES', applies, aggregates: null, isInAggregate: false, sets: null };
}

/** VALUES as a query: columns `column1`, `column2` ..., each of one type for all rows. */
export function bindValuesQuery(state: BindState, body: AstValues, query: QueryContext): BoundQuery {
  const { outer, tail } = query;
  const bound = bindValues(state, body, outer);
  if (!hasTail(tail)) return bound;
  const item: NamespaceItem = {
    name: '*VALUES*',
    schemaName: null,
    columns: bound.columns.map(({ column }) => ({ name: column.name, id: column.id, type: column.type, origin: null })),
    isQualifiedVisible: false,
    isUnqualifiedVisible: true,
    table: null,
  };
  const scope: Scope = { items: [item], hidden: [], parent: outer.scope, ctes: outer.ctes };
  const targets = outputTargets(bound.columns);
  const context: ExprContext = { ...valuesContext(state, outer, []), scope, clause: 'ORDER BY' };
  const keys = bindOrderBy(context, tail.orderBy, targets);
  const range = bindRange(state, tail, scope);
  const input = applyAll(
    bound.plan,
    keys.flatMap((key) => key.target.applies),
  );
  return finishQuery(state, { input, targets, keys, isDistinct: false, range });
}

interface BoundRow {
  readonly cells: readonly Expr[];
  readonly applies: readonly PendingApply[];
}

function bindValues(state: BindState, body: AstValues, outer: QueryOuter): BoundQuery {
  const rows = body.rows.map((row): BoundRow => {
    const applies: PendingApply[] = [];
    const context = valuesContext(state, outer, applies);
    return { cells: row.map((cell) => bindExpr(context, cell)), applies };
  });
  const width = checkWidths(body.rows);
  const cellAt = (row: number, column: number): AstExpr => body.rows[row]![column]!;
  const columnTypes = Array.from({ length: width }, (_, column) =>
    commonTypeOf(
      'VALUES',
      rows.map((row) => typeOf(row.cells[column]!)),
      (row) => positionOf(startOf(cellAt(row, column))),
    ),
  );
  const coerced = rows.map(({ cells, applies }) => ({
    cells: cells.map((cell, i) => coerceTo(state, cell, columnTypes[i]!, 'implicit')),
    applies,
  }));
  const columns = columnTypes.map((type, i) => {
    const nullable = coerced.some((row) => isNullableExpr(state, row.cells[i]!));
    return state.newColumn(`column${i + 1}`, type, nullable);
  });
  return { plan: rowsPlan(state, coerced, columns), columns: columns.map((column) => ({ column, origin: null })) };
}

/** The number of cells of every row. Throws 42601 if rows differ. */
export function checkWidths(rows: readonly (readonly AstExpr[])[]): number {
  const width = rows[0]?.length ?? 0;
  const other = rows.find((row) => row.length !== width);
  if (other !== undefined) {
    const position = other[0] === undefined ? undefined : positionOf(startOf(other[0]));
    throw failure('syntaxError', { message: 'VALUES lists must all be the same length' }, { position });
  }
  return width;
}

/** A Values node; if a cell has a subquery, a union of one row after the other, each over its Applys. */
export function rowsPlan(state: BindState, rows: readonly BoundRow[], columns: readonly Column[]): LogicalPlan {
  if (rows.every((row) => row.applies.length === 0)) {
    return { kind: 'values', columns, rows: rows.map((row) => row.cells) };
  }
  const one: LogicalPlan = { kind: 'values', columns: [], rows: [[]] };
  const project = (row: BoundRow, own: readonly Column[]): LogicalPlan => ({
    kind: 'project',
    input: applyAll(one, row.applies),
    assignments: row.cells.map((expr, i) => ({ column: own[i]!, expr })),
  });
  if (rows.length === 1) return project(rows[0]!, columns);
  const fresh = (type: DataType, name: string): Column => state.newColumn(name, type, true);
  const inputs = rows.map((row) =>
    project(
      row,
      columns.map((column) => fresh(column.type, column.name)),
    ),
  );
  return { kind: 'union', inputs, columns: columns.map((column) => ({ ...column, nullable: true })) };
}
