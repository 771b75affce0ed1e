import type { RecordBatch } from '../vector/column-vector.ts';
import type { CatalogTable } from './catalog.ts';

/**
 * Checks rows on their way in, by batch: every way of writing passes it, in the write funnel. `before` may return another batch of the same
 * types in the same order (changed, more or fewer rows; INSERT's count is what is left), or throw a MillraceError, which fails the statement. The
 * funnel checks columns, types and lengths (XX000), then NOT NULL and what the storage cannot hold, on what the hooks left.
 */
export interface IngestHook {
  readonly name: string;
  before(batch: RecordBatch, table: CatalogTable): RecordBatch;
}
