import { type CatalogTable, type Column, type ColumnId, type DataType, failure } from '@millrace/core';
import type { CteScope } from './bind-with.ts';
import { nearestNames } from './nearest-name.ts';
import { positionOf } from './position.ts';

/** The column of a table that an output is, unchanged: RowDescription's tableOid and attribute number. */
export interface TableOrigin {
  readonly tableOid: number;
  readonly attributeNumber: number;
}

/** A column that a name may mean. */
export interface NamespaceColumn {
  readonly name: string;
  readonly id: ColumnId;
  readonly type: DataType;
  readonly origin: TableOrigin | null;
}

/** A FROM item as names see it. After `JOIN ... USING` the two sides answer only to qualified names, and the join only to bare ones. */
export interface NamespaceItem {
  /** Alias or table name; null for an unnamed join or subquery. */
  readonly name: string | null;
  /** Set for a table without alias: `schema.table.column` is a name too. */
  readonly schemaName: string | null;
  readonly columns: readonly NamespaceColumn[];
  readonly isQualifiedVisible: boolean;
  readonly isUnqualifiedVisible: boolean;
  /** For `tableoid` and hints; null unless it is a table. */
  readonly table: { readonly name: string; readonly oid: number } | null;
  /** On the optional side of an outer join: its columns may be NULL in a row. */
  readonly isOuter?: boolean;
}

/** The names at one query level, and those around it. */
export interface Scope {
  readonly items: readonly NamespaceItem[];
  /** FROM items that exist at this level but may not be used from here; for error messages only. */
  readonly hidden: readonly NamespaceItem[];
  readonly parent: Scope | null;
  readonly ctes: CteScope | null;
}

/** A scope without names: only parameters and literals can be bound in it. */
export const EMPTY_SCOPE: Scope = Object.freeze({ items: [], hidden: [], parent: null, ctes: null });

/** Whether a column belongs to the FROM of this very level. */
export function isLocal(scope: Scope, id: ColumnId): boolean {
  return scope.items.some((item) => item.columns.some((column) => column.id === id));
}

/** What a column reference means. */
export interface FoundColumn {
  readonly column: NamespaceColumn;
  readonly item: NamespaceItem;
}

/**
 * What a column reference means, innermost level first. Throws 42703 (no such column, with PostgreSQL's hint), 42702 (ambiguous),
 * 42P01 (no such FROM item), 0A000 (whole row, system column).
 */
export function resolveColumn(scope: Scope, parts: readonly string[], at: number | null): FoundColumn {
  const name = parts[parts.length - 1]!;
  if (parts.length === 1) return resolveBare(scope, name, at);
  const item = resolveItem(scope, parts.slice(0, -1), at);
  const found = columnOf(item, name, at);
  if (found !== undefined) return { column: found, item };
  refuseSystemColumn(name, at);
  throw failure(
    'undefinedColumn',
    { name: parts.slice(-2).join('.') },
    {
      position: positionOf(at),
      hint: hintFor([item], name),
    },
  );
}

function resolveBare(scope: Scope, name: string, at: number | null): FoundColumn {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    const found = findBare(level.items, name, at);
    if (found !== undefined) return found;
  }
  const items = allItems(scope);
  if (items.some((item) => item.isQualifiedVisible && item.name === name)) {
    throw failure('notSupported', { feature: `whole-row reference to "${name}"` }, { position: positionOf(at) });
  }
  if (items.length > 0) refuseSystemColumn(name, at);
  throw failure('undefinedColumn', { name: `"${name}"` }, { position: positionOf(at), hint: hintForBare(scope, name) });
}

/** A bare name among the items of one level; undefined if there is none. */
export function findBare(items: readonly NamespaceItem[], name: string, at: number | null): FoundColumn | undefined {
  let found: FoundColumn | undefined;
  for (const item of items) {
    if (!item.isUnqualifiedVisible) continue;
    const column = columnOf(item, name, at);
    if (column === undefined) continue;
    if (found !== undefined) throw failure('ambiguousColumn', { name }, { position: positionOf(at) });
    found = { column, item };
  }
  return found;
}

function columnOf(item: NamespaceItem, name: string, at: number | null): NamespaceColumn | undefined {
  const matches = item.columns.filter((column) => column.name === name);
  if (matches.length > 1) throw failure('ambiguousColumn', { name }, { position: positionOf(at) });
  return matches[0];
}

/** The FROM item a qualifier means. */
export function resolveItem(scope: Scope, qualifier: readonly string[], at: number | null): NamespaceItem {
  const name = qualifier[qualifier.length - 1]!;
  const schemaName = qualifier.length > 1 ? qualifier[qualifier.length - 2]! : null;
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    const item = level.items.find(
      (each) =>
        each.isQualifiedVisible && each.name === name && (schemaName === null || each.schemaName === schemaName),
    );
    if (item !== undefined) return item;
  }
  throw missingItem(scope, name, at);
}

function missingItem(scope: Scope, name: string, at: number | null): Error {
  const position = positionOf(at);
  const aliased = allItems(scope).find((item) => item.table?.name === name && item.name !== name);
  if (aliased !== undefined) {
    const hint = `Perhaps you meant to reference the table alias "${aliased.name}".`;
    return failure('invalidFromReference', { name }, { position, hint });
  }
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    if (level.hidden.some((item) => item.name === name)) {
      const hint = `There is an entry for table "${name}", but it cannot be referenced from this part of the query.`;
      return failure('invalidFromReference', { name }, { position, hint });
    }
  }
  return failure('missingFrom', { name }, { position });
}

function allItems(scope: Scope): readonly NamespaceItem[] {
  const items: NamespaceItem[] = [];
  for (let level: Scope | null = scope; level !== null; level = level.parent) items.push(...level.items);
  return items;
}

function hintForBare(scope: Scope, name: string): string | undefined {
  for (let level: Scope | null = scope; level !== null; level = level.parent) {
    const item = level.hidden.find((each) => each.columns.some((column) => column.name === name));
    if (item !== undefined) {
      const where = `There is a column named "${name}" in table "${item.name}"`;
      return `${where}, but it cannot be referenced from this part of the query.`;
    }
  }
  return hintFor(allItems(scope), name);
}

function hintFor(items: readonly NamespaceItem[], name: string): string | undefined {
  const candidates = items.flatMap((item) =>
    item.name === null || !item.isQualifiedVisible
      ? []
      : item.columns.map((column) => ({ name: column.name, label: `${item.name}.${column.name}` })),
  );
  const nearest = nearestNames(name, candidates);
  if (nearest.length === 0) return undefined;
  return `Perhaps you meant to reference ${nearest.map((label) => `the column "${label}"`).join(' or ')}.`;
}

/** Names that every table of PostgreSQL has for itself. */
export const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

function refuseSystemColumn(name: string, at: number | null): void {
  if (SYSTEM_COLUMNS.has(name)) {
    throw failure('notSupported', { feature: `system column "${name}"` }, { position: positionOf(at) });
  }
}

/** The OID that `tableoid` means for a FROM item that is a table: a constant, unless an outer join may have made it NULL. */
export function findTableOid(scope: Scope, parts: readonly string[], at: number | null): number | undefined {
  const item =
    parts.length > 1
      ? resolveItem(scope, parts.slice(0, -1), at)
      : scope.items.length === 1
        ? scope.items[0]
        : undefined;
  if (item === undefined || item.table === null || item.isOuter === true) return undefined;
  return item.columns.some((column) => column.name === 'tableoid') ? undefined : item.table.oid;
}

/** A table as names find it: under its alias if it has one (then its schema does not count), with a column for each attribute in order. */
export function tableItem(table: CatalogTable, columns: readonly Column[], alias: string | null): NamespaceItem {
  return {
    name: alias ?? table.name,
    schemaName: alias === null ? table.schemaName : null,
    columns: columns.map(({ name, id, type }, i) => ({
      name,
      id,
      type,
      origin: { tableOid: table.oid, attributeNumber: i + 1 },
    })),
    isQualifiedVisible: true,
    isUnqualifiedVisible: true,
    table: { name: table.name, oid: table.oid },
  };
}
