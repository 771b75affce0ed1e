import { type CatalogColumn, type CatalogTable, columnsRead, failure } from '@millrace/core';
import type { LogicalPlan, ScanColumn } from '../plan/logical-plan.ts';
import type { AstAlias, AstFrom } from '../sql/ast.ts';
import { bindFromFunction } from './bind-from-function.ts';
import { bindJoin, joinItems } from './bind-join.ts';
import { type BoundQuery, bindQuery, type QueryOuter } from './bind-query.ts';
import type { BindState } from './bind-state.ts';
import { bindCteReference, findCte } from './bind-with.ts';
import { positionOf } from './position.ts';
import { type NamespaceColumn, type NamespaceItem, type Scope, tableItem } from './scope.ts';

/** A FROM clause or a part of one: rows, and the names for their columns. */
export interface BoundFrom {
  readonly plan: LogicalPlan;
  readonly items: readonly NamespaceItem[];
}
/** What an item of FROM may read. */
export interface FromContext {
  readonly state: BindState;
  readonly outer: QueryOuter;
  /** The items to the left: LATERAL ones and functions may read them. */
  readonly left: readonly NamespaceItem[];
}

/** The comma list of a FROM clause; none = one row without columns. */
export function bindFromList(state: BindState, from: readonly AstFrom[], outer: QueryOuter): BoundFrom {
  let result: BoundFrom | null = null;
  for (const ast of from) {
    const next = bindFromItem({ state, outer, left: result?.items ?? [] }, ast);
    result =
      result === null ? next : joinItems({ state, left: result, right: next, type: 'inner', on: [], at: ast.at });
  }
  return result ?? { plan: { kind: 'values', columns: [], rows: [[]] }, items: [] };
}

/** One item of a FROM clause, joins included. */
export function bindFromItem(context: FromContext, ast: AstFrom): BoundFrom {
  switch (ast.kind) {
    case 'table':
      return bindTable(context, ast);
    case 'subquery':
      return bindSubquery(context, ast);
    case 'function':
      return bindFromFunction(context, ast);
    case 'join':
      return context.state.nested(2, () => bindJoin(context, ast));
    default:
      return ast satisfies never;
  }
}

/** The scope that a LATERAL item is bound in: the items to its left, then what is around the query. */
export function lateralScope(context: FromContext, isLateral: boolean): Scope {
  const { outer, left } = context;
  return {
    items: isLateral ? left : [],
    hidden: isLateral ? [] : left,
    parent: outer.scope,
    ctes: outer.ctes,
  };
}

function bindTable(context: FromContext, ast: Extract<AstFrom, { kind: 'table' }>): BoundFrom {
  const { state, outer } = context;
  if (ast.sample) throw failure('notSupported', { feature: 'TABLESAMPLE' }, { position: positionOf(ast.at) });
  const { parts } = ast.name;
  const name = parts[parts.length - 1]!;
  const cte = parts.length === 1 ? findCte(outer.ctes, name) : undefined;
  if (cte !== undefined) {
    const bound = bindCteReference(state, cte, ast.at);
    const alias = { name: ast.alias?.name ?? name, columnNames: cte.ast.columnNames };
    const item = renamed(itemOf(bound, alias), ast.alias);
    return { plan: bound.plan, items: [item] };
  }
  const table = findTable(state, ast.name.parts, ast.name.at ?? ast.at);
  return scanTable(state, table, ast.alias);
}

/** The table a name means. Throws 42P01. */
export function findTable(state: BindState, parts: readonly string[], at: number | null): CatalogTable {
  const name = parts[parts.length - 1]!;
  const schemaName = parts.length > 1 ? parts[parts.length - 2]! : null;
  const table = state.environment.catalog.table(schemaName, name);
  if (table === undefined) {
    const shown = schemaName === null ? name : `${schemaName}.${name}`;
    throw failure('undefinedTable', { name: shown }, { position: positionOf(at) });
  }
  return table;
}

function scanTable(state: BindState, table: CatalogTable, alias: AstAlias | null): BoundFrom {
  const columns = table.columns.map((column) => ({
    ...state.newColumn(column.name, column.type, column.nullable),
    field: column.name,
    ...factsOf(table, column),
  }));
  const plan: LogicalPlan = {
    kind: 'scan',
    table: state.readTable(table),
    columns,
    filters: [],
    range: null,
    filterColumns: [],
    ...(table.estimatedRows === undefined ? {} : { estimatedRows: table.estimatedRows }),
  };
  const item = tableItem(table, columns, alias?.name ?? null);
  return { plan, items: [renamed(item, alias)] };
}

/** What the catalog knows of a column beyond its type. Of derivations, those from a single column. */
function factsOf(table: CatalogTable, column: CatalogColumn): Pick<ScanColumn, 'isPartition' | 'derivedFrom'> {
  const isPartition = table.partitionColumns.includes(column.name);
  const sources = column.generated === undefined ? [] : [...columnsRead(column.generated.expr)];
  const source = sources.length === 1 ? table.columns[sources[0]! - 1] : undefined;
  return {
    ...(isPartition ? { isPartition } : {}),
    ...(source === undefined ? {} : { derivedFrom: { field: source.name, expr: column.generated!.expr } }),
  };
}

function bindSubquery(context: FromContext, ast: Extract<AstFrom, { kind: 'subquery' }>): BoundFrom {
  const { state, outer } = context;
  const inner = { scope: lateralScope(context, ast.lateral), ctes: outer.ctes };
  const bound = bindQuery(state, ast.query, inner, { keepUnknown: false });
  return { plan: bound.plan, items: [itemOf(bound, ast.alias)] };
}

function itemOf(bound: BoundQuery, alias: AstAlias | null): NamespaceItem {
  const item: NamespaceItem = {
    name: alias?.name ?? null,
    schemaName: null,
    columns: bound.columns.map(({ column, origin }) => ({
      name: column.name,
      id: column.id,
      type: column.type,
      origin,
    })),
    isQualifiedVisible: alias !== null,
    isUnqualifiedVisible: true,
    table: null,
  };
  return renamed(item, alias);
}

/** Applies an alias and its column list. Throws 42P10 for too long a list. */
export function renamed(item: NamespaceItem, alias: AstAlias | null): NamespaceItem {
  if (alias === null) return item;
  const [given, available] = [alias.columnNames.length, item.columns.length];
  if (given > available) {
    const message = `table "${alias.name}" has ${available} columns available but ${given} columns specified`;
    throw failure('invalidColumnReference', { message });
  }
  const columns = item.columns.map((column, i): NamespaceColumn => {
    const name = alias.columnNames[i];
    return name === undefined ? column : { ...column, name };
  });
  return { ...item, name: alias.name, columns, isQualifiedVisible: true };
}
