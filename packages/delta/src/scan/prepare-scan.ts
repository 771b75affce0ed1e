import {
  assert,
  type Field,
  type ObjectStore,
  type PreparedScan,
  type RecordBatch,
  type ScanContext,
  type ScanRequest,
  sliceBatch,
} from '@millrace/core';
import type { AddFile } from '../log/actions.ts';
import type { ParquetCodec } from '../parquet/parquet-codec.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { statisticsOf } from './file-statistics.ts';
import { pruneFiles } from './prune-files.ts';
import { readAhead } from './read-ahead.ts';
import { readFile } from './read-file.ts';

/** The table version that is scanned. */
export interface ScanSource {
  readonly store: ObjectStore;
  readonly codec: ParquetCodec;
  readonly location: string;
  readonly snapshot: Snapshot;
}

/** Small files that are begun while another is read. */
const READ_AHEAD = { itemsMax: 4, bytesMax: 4 * 1024 * 1024 };

/** Chooses the files of a scan from the log alone; files are opened when batches are pulled. */
export function prepareDeltaScan(source: ScanSource, request: ScanRequest, context: ScanContext): PreparedScan {
  const { snapshot } = source;
  const { partitionColumns } = snapshot.metaData;
  const { schema } = snapshot;
  const { filters, fieldOf } = request;
  const pruned = pruneFiles(snapshot.files.values(), { schema, partitionColumns, filters, fieldOf });
  const limit = pruned.residualFilters.length === 0 ? request.fetch : null;
  const files = limit === null ? pruned.files : enoughFiles(pruned.files, limit);
  const fields = request.columns.map((name) => fieldNamed(schema.fields, name));
  let filesRead = 0;

  async function* fileBatches(file: AddFile): AsyncGenerator<RecordBatch, void, void> {
    context.signal.throwIfAborted();
    filesRead++;
    yield* readFile({ ...source, file, fields, partitionColumns, signal: context.signal });
  }

  async function* batches(): AsyncGenerator<RecordBatch, void, void> {
    let left = limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    for await (const batch of readAhead(files, { open: fileBatches, bytesOf: (file) => file.size, ...READ_AHEAD })) {
      if (batch.rowCount === 0) continue;
      yield batch.rowCount <= left ? batch : sliceBatch(batch, 0, left);
      left -= batch.rowCount;
      if (left <= 0) return;
    }
  }

  return {
    residualFilters: pruned.residualFilters,
    describe: () => `files read ${filesRead} of ${snapshot.files.size}, ${snapshot.files.size - files.length} pruned`,
    batches,
  };
}

/** The first files that hold `rowsWanted` rows, if the log knows their row counts. */
function enoughFiles(files: readonly AddFile[], rowsWanted: number): readonly AddFile[] {
  let rows = 0;
  for (const [i, file] of files.entries()) {
    if (rows >= rowsWanted) return files.slice(0, i);
    rows += statisticsOf(file).rowCount ?? 0;
  }
  return files;
}

function fieldNamed(fields: readonly Field[], name: string): Field {
  const field = fields.find((candidate) => candidate.name === name);
  assert(field !== undefined, `a scan asks for the unknown column "${name}"`);
  return field;
}
