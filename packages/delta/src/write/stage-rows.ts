import { assert, batchByteLength, type ObjectStore, type Random, type RecordBatch, type Schema } from '@millrace/core';
import type { AddFile } from '../log/actions.ts';
import type { CompressionName, EncodedFile } from '../parquet/messages.ts';
import type { ParquetCodec } from '../parquet/parquet-codec.ts';
import { encodePath, partitionDirectory } from './partition-path.ts';

/** How big data files get. A file ends when either limit of rows in memory is reached; row groups lie within it. */
export interface FileLimits {
  readonly fileRowsMax: number;
  /** Bytes of the rows in memory, before encoding. */
  readonly fileBytesMax: number;
  readonly rowGroupRows: number;
  readonly rowGroupBytes: number;
  readonly compression: CompressionName;
}

/** The defaults. */
export const FILE_LIMITS: FileLimits = Object.freeze({
  fileRowsMax: 4_000_000,
  fileBytesMax: 256 * 1024 * 1024,
  rowGroupRows: 512 * 1024,
  rowGroupBytes: 128 * 1024 * 1024,
  compression: 'zstd',
});

const INDEXED_COLUMNS = 32;

/** How many leading data columns get statistics: `delta.dataSkippingNumIndexedCols`, 32 if it is not set; -1 = all. */
export function indexedColumnsOf(configuration: Readonly<Record<string, string>>): number {
  const configured = Number(configuration['delta.dataSkippingNumIndexedCols'] ?? INDEXED_COLUMNS);
  return Number.isInteger(configured) ? configured : INDEXED_COLUMNS;
}

/** The table that rows are staged for. */
export interface StageSource {
  readonly store: ObjectStore;
  readonly codec: ParquetCodec;
  readonly random: Random;
  readonly location: string;
  readonly schema: Schema;
  readonly partitionColumns: readonly string[];
  readonly limits: FileLimits;
  /** Leading data columns with statistics (`delta.dataSkippingNumIndexedCols`). */
  readonly indexedColumns: number;
  readonly nowMs: () => number;
}

/**
 * Writes rows as Parquet files that no commit names yet: one a partition, more where a limit is reached. Names have a fresh UUID, so an
 * attempt never touches another's files. `onFile` hears of every file before it is put, so that a failed attempt can be cleaned up.
 */
export async function stageRows(
  source: StageSource,
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
  options: { readonly signal?: AbortSignal; readonly onFile: (key: string) => void },
): Promise<{ readonly adds: AddFile[]; readonly rowCount: number }> {
  const adds: AddFile[] = [];
  let rowCount = 0;
  let pending: RecordBatch[] = [];
  let pendingRows = 0;
  let pendingBytes = 0;
  const write = async (): Promise<void> => {
    if (pendingRows > 0) adds.push(...(await writeFiles(source, pending, adds.length, options)));
    pending = [];
    pendingRows = 0;
    pendingBytes = 0;
  };
  for await (const batch of batches) {
    options.signal?.throwIfAborted();
    assert(batch.vectors.length === source.schema.fields.length, 'a staged batch has the columns of the table');
    if (batch.rowCount === 0) continue;
    pending.push(batch);
    rowCount += batch.rowCount;
    pendingRows += batch.rowCount;
    pendingBytes += batchByteLength(batch);
    if (pendingRows >= source.limits.fileRowsMax || pendingBytes >= source.limits.fileBytesMax) await write();
  }
  await write();
  return { adds, rowCount };
}

async function writeFiles(
  source: StageSource,
  batches: readonly RecordBatch[],
  firstPart: number,
  options: { readonly signal?: AbortSignal; readonly onFile: (key: string) => void },
): Promise<AddFile[]> {
  const { codec, schema, partitionColumns, indexedColumns, limits } = source;
  const { signal } = options;
  const files = await codec.encode(
    { fields: schema.fields, partitionColumns, batches, options: limits, indexedColumns },
    signal,
  );
  const adds: AddFile[] = [];
  for (const [i, file] of files.entries()) adds.push(await putFile(source, file, firstPart + i, options));
  return adds;
}

async function putFile(
  source: StageSource,
  file: EncodedFile,
  part: number,
  options: { readonly signal?: AbortSignal; readonly onFile: (key: string) => void },
): Promise<AddFile> {
  options.signal?.throwIfAborted();
  const { store, random, location, partitionColumns, limits } = source;
  const number = part.toString().padStart(5, '0');
  const codecName = limits.compression === 'uncompressed' ? '' : `.${limits.compression}`;
  const name = `part-${number}-${random.uuid()}.c000${codecName}.parquet`;
  const path = `${partitionDirectory(partitionColumns, file.partitionValues)}${name}`;
  options.onFile(`${location}${path}`);
  // Whatever the answer: the name is ours alone, so `exists` is our own write and `unknown` is put again.
  while ((await store.put(`${location}${path}`, file.bytes, { mode: 'create' })) === 'unknown')
    options.signal?.throwIfAborted();
  return {
    path: encodePath(path),
    partitionValues: file.partitionValues,
    size: file.bytes.length,
    modificationTime: source.nowMs(),
    dataChange: true,
    stats: file.stats,
  };
}
