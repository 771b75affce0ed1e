import type { Column, ColumnId, CompareOp, DataType, Expr, RecordBatch, Value } from '@millrace/core';
import type {
  Aggregation,
  ApplyMode,
  Assignment,
  ExtensionNode,
  InsertField,
  JoinType,
  RowRange,
  ScanColumn,
  SortKey,
  TableRef,
} from '../plan/logical-plan.ts';
import type { WindowCall, WindowFrame } from '../plan/window.ts';

/**
 * How a plan runs: plain data, compiled to operators by `@millrace/exec`. `columns` is what the operator produces, in order;
 * its batches' vectors match it.
 */
export type PhysicalPlan =
  | ({
      readonly op: 'table-scan';
      readonly table: TableRef;
      readonly scanColumns: readonly ScanColumn[];
      readonly filterColumns: readonly ScanColumn[];
      readonly filters: readonly Expr[];
      readonly range: RowRange | null;
    } & Produces)
  | ({ readonly op: 'values'; readonly rows: readonly (readonly Expr[])[] } & Produces)
  | ({ readonly op: 'memory-scan'; readonly batches: readonly RecordBatch[] } & Produces)
  | ({
      readonly op: 'function-scan';
      readonly fn: string;
      readonly args: readonly Expr[];
      readonly hasOrdinality: boolean;
    } & Produces)
  | ({ readonly op: 'filter'; readonly input: PhysicalPlan; readonly predicates: readonly Expr[] } & Produces)
  | ({ readonly op: 'project'; readonly input: PhysicalPlan; readonly assignments: readonly Assignment[] } & Produces)
  /** Build side is the right input. `keys`: pairs left = right (NULLs do not match unless op is is-not-distinct); `residual`: what else must be TRUE for a match. */
  | ({
      readonly op: 'hash-join';
      readonly type: JoinType;
      readonly left: PhysicalPlan;
      readonly right: PhysicalPlan;
      readonly keys: readonly JoinKey[];
      readonly residual: readonly Expr[];
    } & Produces)
  /**
   * An anti join whose `maybeKeys` match where they are equal or a NULL stands on either side (NOT IN). `keys` and `residual` as in a hash join.
   */
  | ({
      readonly op: 'null-aware-anti-join';
      readonly left: PhysicalPlan;
      readonly right: PhysicalPlan;
      readonly keys: readonly JoinKey[];
      readonly maybeKeys: readonly MaybeKey[];
      readonly residual: readonly Expr[];
    } & Produces)
  | ({
      readonly op: 'nested-loop-join';
      readonly type: JoinType;
      readonly left: PhysicalPlan;
      readonly right: PhysicalPlan;
      readonly on: readonly Expr[];
    } & Produces)
  | ({
      readonly op: 'hash-aggregate';
      readonly input: PhysicalPlan;
      readonly groupBy: readonly ColumnId[];
      readonly aggregations: readonly Aggregation[];
    } & Produces)
  /** Sorts by partition and order, once, and computes the calls partition by partition. */
  | ({
      readonly op: 'window';
      readonly input: PhysicalPlan;
      readonly partitionBy: readonly ColumnId[];
      readonly orderBy: readonly SortKey[];
      readonly frame: WindowFrame;
      readonly functions: readonly WindowCall[];
    } & Produces)
  | ({ readonly op: 'hash-distinct'; readonly input: PhysicalPlan } & Produces)
  | ({ readonly op: 'sort'; readonly input: PhysicalPlan; readonly keys: readonly SortKey[] } & Produces)
  | ({
      readonly op: 'top-k';
      readonly input: PhysicalPlan;
      readonly keys: readonly SortKey[];
      readonly range: RowRange;
    } & Produces)
  | ({ readonly op: 'limit'; readonly input: PhysicalPlan; readonly range: RowRange } & Produces)
  | ({ readonly op: 'union-all'; readonly inputs: readonly PhysicalPlan[] } & Produces)
  | ({
      readonly op: 'apply';
      readonly input: PhysicalPlan;
      readonly subquery: PhysicalPlan;
      readonly mode: ApplyMode;
    } & Produces)
  /** Runs the input and hands its rows, in field order, to the write funnel. */
  | ({
      readonly op: 'insert';
      readonly table: TableRef;
      readonly fields: readonly InsertField[];
      readonly input: PhysicalPlan;
    } & Produces)
  /** The fast path: rows[i][j] is the cell for field j of the table; parameter bytes go straight into vector builders. */
  | ({
      readonly op: 'direct-insert';
      readonly table: TableRef;
      readonly fields: readonly DirectField[];
      readonly rows: readonly (readonly DirectCell[])[];
    } & Produces)
  | ({ readonly op: 'extension'; readonly node: ExtensionNode; readonly inputs: readonly PhysicalPlan[] } & Produces);

/** What every operator says: its columns, in order. */
export interface Produces {
  readonly columns: readonly Column[];
}
/** A pair of expressions that must be equal, one over each side. */
export interface JoinKey {
  readonly left: Expr;
  readonly right: Expr;
  readonly op: Extract<CompareOp, '=' | 'is-not-distinct'>;
}
/** A pair of expressions, one over each side, that are equal or of which one is NULL. */
export interface MaybeKey {
  readonly left: Expr;
  readonly right: Expr;
}
/** A field of the table that a direct insert fills. */
export interface DirectField {
  readonly field: string;
  readonly nullable: boolean;
  readonly type: DataType;
}
/**
 * A cell of a direct insert. `parameter`: its declared type is exactly the field's (typmod aside: `numeric`/`varchar` lengths are enforced by the builder as an
 * assignment cast does). `expr`: column-free, not volatile; evaluated once per Execute per distinct expression.
 */
export type DirectCell =
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'expr'; readonly expr: Expr };
/** The operators' names. */
export type PhysicalOp = PhysicalPlan['op'];
export type PhysicalOf<O extends PhysicalOp> = Extract<PhysicalPlan, { readonly op: O }>;
