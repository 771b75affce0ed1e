import type { RecordBatch } from '../vector/column-vector.ts';
import type { CatalogTable } from './catalog.ts';

/**
 * Checks rows on their way in, by batch: every way of writing passes it, in the write funnel. `before` may return another batch of the same
 * schema (changed or filtered rows) or throw a MillraceError, which fails the statement.
 */
export interface IngestHook {
  readonly name: string;
  before(batch: RecordBatch, table: CatalogTable): RecordBatch;
}
