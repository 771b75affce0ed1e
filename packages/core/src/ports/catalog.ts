import type { Expr } from '../expr/expr.ts';
import type { DataType } from '../types/data-type.ts';

/** A column as the catalog keeps it. Position in the list + 1 = attribute number. */
export interface CatalogColumn {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** DEFAULT: its SQL text for pg_get_expr, and bound (no columns, already cast to `type`); null = NULL. */
  readonly defaultSql: string | null;
  readonly defaultExpr: Expr | null;
  /** GENERATED ALWAYS AS (...) STORED; such a column has no DEFAULT. */
  readonly generated?: GeneratedColumn;
}
/** How a generated column follows from the other columns of its row: the write funnel computes it, so it holds for every row of the table. */
export interface GeneratedColumn {
  /** Its SQL text for pg_get_expr. */
  readonly sql: string;
  /** Immutable, cast to the column's type. ColumnId n is the table's column with attribute number n, which is not generated itself. */
  readonly expr: Expr;
}
/** A table as names resolve to it. Immutable: DDL makes a new object with a new schemaId. */
export interface CatalogTable {
  readonly oid: number;
  /** UUID; Delta's `metaData.id`. Virtual tables (pg_catalog) have `virtual:schema.name`. */
  readonly tableId: string;
  readonly schemaId: number;
  readonly schemaName: string;
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  readonly partitionColumns: readonly string[];
  /** `WITH (millrace.x = ...)`, without the prefix. */
  readonly options: Readonly<Record<string, string>>;
  /** Where it lives in the object store, ending in `/`; null for virtual tables. */
  readonly location: string | null;
  readonly isSystem: boolean;
  /** About how many rows it has now. Only in the snapshot that a statement is planned with; never stored. */
  readonly estimatedRows?: number;
}

/**
 * What names mean at one moment, for one statement: everything the AST names, resolved beforehand. Synchronous and immutable, so that binding is pure.
 */
export interface CatalogSnapshot {
  /** `schemaName` null = along the search path. undefined if there is no such table. */
  table(schemaName: string | null, name: string): CatalogTable | undefined;
  tableById(tableId: string): CatalogTable | undefined;
  hasSchema(name: string): boolean;
  /** The schemas to search, in order; pg_catalog first unless named. */
  readonly searchPath: readonly string[];
}

/** One change of the catalog, as the WAL records it. */
export type CatalogChange =
  | { readonly kind: 'create-table'; readonly table: CatalogTable }
  | { readonly kind: 'drop-table'; readonly tableId: string };

/**
 * Names and DDL. Laws: OIDs are never reused; a dropped table's id is remembered until no log names it; `store` writes a new version by
 * conditional put and never replaces one.
 */
export interface Catalog {
  readonly tables: readonly CatalogTable[];
  /** Not visible yet: gives out the next OID. */
  nextOid(): number;
  /** Applies committed changes in memory, in lsn order. */
  apply(changes: readonly CatalogChange[], walId: string, lsn: bigint): void;
  /** Writes what was applied; resolves with the lsn of the newest change that is stored now. After a failure the next call tries again. */
  store(): Promise<bigint>;
  /** Dropped tables whose files may still be there. */
  readonly dropped: readonly CatalogTable[];
  /** The files of a dropped table are gone. */
  forgetDropped(tableId: string): void;
  /** The lsn of `walId` up to which changes are stored; -1n if none. */
  storedLsn(walId: string): bigint;
}
