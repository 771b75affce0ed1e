import type { Column, ColumnId, CompareOp, Expr, RecordBatch } from '@millrace/core';
import type { WindowCall, WindowFrame } from './window.ts';

/** A table a plan reads or writes, by id; resolved in a registry where the plan runs. */
export interface TableRef {
  readonly tableId: string;
  readonly schemaId: number;
  readonly schemaName: string;
  readonly name: string;
}
/** A column of a scan and the field of the table it is. */
export interface ScanColumn extends Column {
  readonly field: string;
  /** A file of the table holds one value of it: predicates on it skip whole files. */
  readonly isPartition?: true;
  readonly derivedFrom?: Derivation;
}
/** What the catalog knows of a generated column: in every row it is `expr`, whose only column, whatever its id, is the field `field` of that row. */
export interface Derivation {
  readonly field: string;
  readonly expr: Expr;
}
/** A column and the expression that computes it. */
export interface Assignment {
  readonly column: Column;
  readonly expr: Expr;
}
/** A column to sort by; PostgreSQL's order of its type. */
export interface SortKey {
  readonly id: ColumnId;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
/** A column and the aggregate call that computes it. */
export interface Aggregation {
  readonly column: Column;
  /** Id of an aggregate signature: `count(*)`, `sum(int4)`, `string_agg(text,text)` ... */
  readonly fn: string;
  readonly args: readonly Expr[];
  readonly isDistinct: boolean;
  readonly filter: Expr | null;
  /** `array_agg(x ORDER BY y)`: keys over the input's columns. */
  readonly orderBy: readonly { readonly expr: Expr; readonly descending: boolean; readonly nullsFirst: boolean }[];
}
/** How many rows: row expressions without columns, int8, NULL = no limit / no offset. */
export interface RowRange {
  readonly skip: Expr | null;
  readonly fetch: Expr | null;
}
/**
 * left, right, full: the side named keeps its rows that find no partner. semi, anti: only the left's columns; a left row stays, once, if some
 * (semi) or no (anti) right row makes every predicate of `on` TRUE. `x NOT IN (SELECT y ...)` is an anti join on `(x = y) IS NOT FALSE`: NULLs
 * on either side count as partners.
 */
export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';
/**
 * What an Apply does with the subquery's rows, evaluated once per row of `input` (its columns may be read inside).
 *
 *   scalar      output = the one row's one column; no row = NULL; more = 21000
 *   exists      output = whether there is a row
 *   quantified  output = left op ANY|ALL (the one column), three-valued; rows compare column by column (all `=`)
 *   array       output = the column's values as an array, in order
 *   cross/left  lateral join: input columns and subquery columns, once per row (left: NULLs if none)
 */
export type ApplyMode =
  | { readonly kind: 'scalar' | 'exists' | 'array'; readonly output: Column }
  | {
      readonly kind: 'quantified';
      readonly output: Column;
      readonly quantifier: 'any' | 'all';
      readonly op: CompareOp;
      readonly left: readonly Expr[];
    }
  | { readonly kind: 'cross' }
  | { readonly kind: 'left'; readonly on: readonly Expr[] };

/**
 * The logical algebra: a readonly union of plain objects. A column is its id; what a node produces is `columnsOf(node)`.
 * NULL and order semantics are SQL's; only Sort (and Limit above it) promises an order.
 */
export type LogicalPlan =
  /** Rows that pass all `filters` (in any order of evaluation), then at most `range` of them (a prefix of no particular order). */
  | {
      readonly kind: 'scan';
      readonly table: TableRef;
      readonly columns: readonly ScanColumn[];
      readonly filters: readonly Expr[];
      readonly range: RowRange | null /** Fields read by filters only, as columns not produced. */;
      readonly filterColumns: readonly ScanColumn[];
      /** About how many rows the table has, without filters and range; absent = unknown. Changes how a plan is run, never what it says. */
      readonly estimatedRows?: number;
    }
  /** Rows of expressions without input columns (correlated columns of an enclosing Apply may appear). No columns and one empty row = SELECT without FROM. */
  | { readonly kind: 'values'; readonly columns: readonly Column[]; readonly rows: readonly (readonly Expr[])[] }
  /** Rows that are at hand already: vectors in the order of `columns`. */
  | { readonly kind: 'memory'; readonly columns: readonly Column[]; readonly batches: readonly RecordBatch[] }
  /** A set-returning function in FROM. `ordinality` is an int8 column counting from 1. */
  | {
      readonly kind: 'function-scan';
      readonly fn: string;
      readonly args: readonly Expr[];
      readonly columns: readonly Column[];
      readonly ordinality: Column | null;
    }
  /** A row is dropped at the first predicate that is not TRUE; later ones are not evaluated for it. */
  | { readonly kind: 'filter'; readonly input: LogicalPlan; readonly predicates: readonly Expr[] }
  | { readonly kind: 'project'; readonly input: LogicalPlan; readonly assignments: readonly Assignment[] }
  /** `on` empty = every pair. Evaluated like a Filter's list over both inputs' columns. */
  | {
      readonly kind: 'join';
      readonly type: JoinType;
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
      readonly on: readonly Expr[];
    }
  /** groupBy empty = one row even for no input. Produces the group columns, then the aggregations' columns. */
  | {
      readonly kind: 'aggregate';
      readonly input: LogicalPlan;
      readonly groupBy: readonly ColumnId[];
      readonly aggregations: readonly Aggregation[];
    }
  /**
   * One row for each row of the input, with one more column per call, computed over the rows of the same partition in the order of `orderBy`
   * (stable). No rows give no row. `partitionBy` compares like Distinct. The order of the result is nobody's promise.
   */
  | {
      readonly kind: 'window';
      readonly input: LogicalPlan;
      readonly partitionBy: readonly ColumnId[];
      readonly orderBy: readonly SortKey[];
      readonly frame: WindowFrame;
      readonly functions: readonly WindowCall[];
    }
  /** NULLs are equal, NaN equals NaN, -0 equals 0. */
  | { readonly kind: 'distinct'; readonly input: LogicalPlan }
  /** Stable. With `range` only that part of the sorted rows (top-k). */
  | {
      readonly kind: 'sort';
      readonly input: LogicalPlan;
      readonly keys: readonly SortKey[];
      readonly range: RowRange | null;
    }
  | { readonly kind: 'limit'; readonly input: LogicalPlan; readonly range: RowRange }
  /** UNION ALL: column i of the result is column i of each input (same types). */
  | { readonly kind: 'union'; readonly inputs: readonly LogicalPlan[]; readonly columns: readonly Column[] }
  | { readonly kind: 'apply'; readonly input: LogicalPlan; readonly subquery: LogicalPlan; readonly mode: ApplyMode }
  /** Appends the input's rows; `columns[i]` is the field that input column `source[i]` goes to, every field of the table once, in field order. Produces `returned`, if that is there: the rows as the write funnel admitted them, a column per field. */
  | {
      readonly kind: 'insert';
      readonly table: TableRef;
      readonly fields: readonly InsertField[];
      readonly input: LogicalPlan;
      readonly returned?: readonly Column[];
    }
  | { readonly kind: 'extension'; readonly node: ExtensionNode; readonly inputs: readonly LogicalPlan[] };

/** A field of the table, and the input's column that fills it. */
export interface InsertField {
  readonly field: string;
  readonly nullable: boolean;
  /** Column of the input with exactly the field's type. */
  readonly source: ColumnId;
}

/** A node that a deployment brings: plain data; operator and behaviour are found in a registry by `name`. */
export interface ExtensionNode {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly exprs: readonly Expr[];
  readonly properties: Readonly<Record<string, string | number | boolean | null>>;
}

/** The nodes' names. */
export type PlanKind = LogicalPlan['kind'];
export type PlanOf<K extends PlanKind> = Extract<LogicalPlan, { readonly kind: K }>;
