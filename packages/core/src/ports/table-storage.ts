import type { RecordBatch } from '../vector/column-vector.ts';
import type { CatalogTable } from './catalog.ts';
import type { Sink } from './sink.ts';
import type { VersionedTable } from './versioned-table.ts';

/**
 * Where tables live: makes the stored part of a table from its catalog entry. Laws: `attach` does no I/O (a table that is not
 * in storage yet reads as empty, and its sink creates it); `ensure` and `drop` are idempotent.
 */
export interface TableStorage {
  attach(table: CatalogTable): { readonly versioned: VersionedTable; readonly sink: Sink };
  /** Creates the table in storage, or opens it. Throws what the store says; the table exists all the same then, and a flush creates it. */
  ensure(table: CatalogTable, signal?: AbortSignal): Promise<void>;
  /** Removes everything below the table's location. Never called while a statement reads or refreshes it; called again after a failure. */
  drop(table: CatalogTable): Promise<void>;
  /** Refuses definitions that the format cannot store (0A000), before anything is logged. */
  validate(table: CatalogTable): void;
  /** Refuses rows that the format cannot give back as they are, before anything is logged (22008, 22023). Part of the write funnel. */
  validateRows(table: CatalogTable, batch: RecordBatch): void;
}
