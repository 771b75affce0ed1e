import type { Expr } from '../expr/expr.ts';
import type { ColumnId, Schema } from '../types/field.ts';
import type { RecordBatch } from '../vector/column-vector.ts';

/** What a scan is asked for. Nothing in it but `columns` must be honoured; `PreparedScan` says what was. */
export interface ScanRequest {
  /** Field names to produce, in this order; may be empty (row counts only). */
  readonly columns: readonly string[];
  /** Predicates over the columns below. Parameters and stable functions are literals by now. */
  readonly filters: readonly Expr[];
  /** Which field a ColumnId in `filters` means; may name fields that are not in `columns`. */
  readonly fieldOf: (id: ColumnId) => string;
  /** At most this many rows are needed, if all filters are applied exactly; null = all. */
  readonly fetch: number | null;
}

/** A table that can be read. */
export interface TableProvider {
  readonly schema: Schema;
  prepareScan(request: ScanRequest, context: ScanContext): Promise<PreparedScan> | PreparedScan;
}
/** How a scan runs. */
export interface ScanContext {
  readonly signal: AbortSignal;
  /** Preferred rows a batch; a provider may give other sizes, never empty batches in place of an end. */
  readonly batchRows: number;
}
/** A scan that knows what it will read, and which filters are left to the caller. */
export interface PreparedScan {
  /** The filters that the rows must still be checked against; exactly those (by identity) that the provider did not apply exactly. */
  readonly residualFilters: readonly Expr[];
  /** Files or batches skipped and read, for EXPLAIN ANALYZE. */
  describe(): string;
  /** Batches with the requested columns in order. Releases what it holds when it ends, throws or is returned early. */
  batches(): AsyncGenerator<RecordBatch, void, void>;
}
