import {
  assert,
  type PreparedScan,
  type RecordBatch,
  type ScanContext,
  type ScanRequest,
  type Schema,
  type TableProvider,
  type VersionedSnapshot,
} from '@millrace/core';

/** The parts of a pinned table, in the order in which they are read. */
export interface UnionParts {
  readonly schema: Schema;
  /** null = nothing stored (a table that only the open transaction knows). */
  readonly snapshot: VersionedSnapshot | null;
  /** In the schema's field order. */
  readonly memory: readonly RecordBatch[];
}

/**
 * Stored files and memory batches as one table. The snapshot is given the filters; batches in memory are not filtered here, so with any row in
 * memory every filter is residual.
 */
export function unionProvider({ schema, snapshot, memory }: UnionParts): TableProvider {
  const batches = memory.filter((batch) => batch.rowCount > 0);
  return {
    schema,
    async prepareScan(request: ScanRequest, context: ScanContext): Promise<PreparedScan> {
      const columns = request.columns.map((name) => fieldIndex(schema, name));
      const stored = snapshot === null ? null : await snapshot.prepareScan(request, context);
      const isFilteredByCaller = batches.length > 0 || stored === null;
      const rowCount = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
      return {
        residualFilters: isFilteredByCaller ? request.filters : stored.residualFilters,
        describe: () =>
          [stored?.describe(), `memory: ${rowCount} rows in ${batches.length} batches`].filter(Boolean).join('; '),
        batches: () => readUnion({ stored, batches, columns, request, context }),
      };
    },
  };
}

interface UnionScan {
  readonly stored: PreparedScan | null;
  readonly batches: readonly RecordBatch[];
  readonly columns: readonly number[];
  readonly request: ScanRequest;
  readonly context: ScanContext;
}

async function* readUnion({
  stored,
  batches,
  columns,
  request,
  context,
}: UnionScan): AsyncGenerator<RecordBatch, void, void> {
  // Without filters any rows will do; with filters the caller counts.
  let wanted = request.fetch !== null && request.filters.length === 0 ? request.fetch : Number.POSITIVE_INFINITY;
  if (stored !== null) {
    for await (const batch of stored.batches()) {
      yield batch;
      wanted -= batch.rowCount;
      if (wanted <= 0) return;
    }
  }
  for (const { rowCount, vectors } of batches) {
    if (wanted <= 0) return;
    context.signal.throwIfAborted();
    yield { rowCount, vectors: columns.map((index) => vectors[index]!) };
    wanted -= rowCount;
  }
}

function fieldIndex(schema: Schema, name: string): number {
  const index = schema.fields.findIndex((field) => field.name === name);
  assert(index >= 0, `a scan asks for column ${name}, which the table does not have`);
  return index;
}
