import type { RecordBatch } from '../vector/column-vector.ts';
import type { CatalogTable } from './catalog.ts';

/**
 * Sees rows on their way in, by batch: every way of writing passes it, in the write funnel. A hook has `before`, `after` or both.
 *
 * `before` may return another batch of the same types in the same order (changed, more or fewer rows; INSERT's count is what is left), or throw a
 * MillraceError, which fails the statement. The funnel checks columns, types and lengths (XX000), then NOT NULL and what the storage cannot hold, on
 * what the hooks left.
 *
 * `after` sees what became durable, behind the commits and never in their way: each committed transaction with rows wholly, when it is visible and on disk,
 * in lsn order. At least once across restarts: where it stands is kept beside the log about once a second, so after a crash it sees the last of it again (same
 * lsn, same rows). One event at a time: the next comes when the promise resolves; when it rejects, the same one comes again after a pause that doubles (0.5 to 60 s),
 * and other hooks and all commits go on meanwhile. A hook begins with the first start that has its name. The log keeps what it has not seen, up to `lagLimit`;
 * what it missed beyond that it is told as a gap, and never in silence. `signal` aborts when the server does not wait for it any longer.
 */
export interface IngestHook {
  /** 1 to 64 characters; of two hooks with `after`, each has its own: their positions are kept under it. */
  readonly name: string;
  readonly before?: ((batch: RecordBatch, table: CatalogTable) => RecordBatch) | undefined;
  readonly after?: ((event: IngestEvent, signal: AbortSignal) => Promise<void>) | undefined;
  /** How far `after` may lag before it loses rows; default 10 million transactions, 1 GiB of log. */
  readonly lagLimit?: { readonly recordsMax?: number; readonly bytesMax?: number };
}
/** A transaction; or that those with after < lsn <= this one were missed and will not come. */
export type IngestEvent =
  | {
      readonly kind: 'commit';
      readonly lsn: bigint;
      readonly tables: readonly {
        /** As it is now; as it was if it is dropped; null if that is forgotten (dropped, and restarted since): `batches` is empty then. */
        readonly table: CatalogTable | null;
        readonly tableId: string;
        /** In the order of the table's columns. */
        readonly batches: readonly RecordBatch[];
      }[];
    }
  | { readonly kind: 'gap'; readonly after: bigint; readonly lsn: bigint };
