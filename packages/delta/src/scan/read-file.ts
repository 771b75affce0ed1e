import { constantVector, type Field, failure, MillraceError, type ObjectStore, type RecordBatch } from '@millrace/core';
import type { AddFile } from '../log/actions.ts';
import type { ParquetCodec } from '../parquet/parquet-codec.ts';
import { decodePath } from '../write/partition-path.ts';
import { parsePartitionValue } from '../write/partition-value.ts';
import { statisticsOf } from './file-statistics.ts';

/** A data file, and what is wanted of it. */
export interface ReadFileRequest {
  readonly store: ObjectStore;
  readonly codec: ParquetCodec;
  readonly location: string;
  readonly file: AddFile;
  /** The columns to produce, in order. */
  readonly fields: readonly Field[];
  readonly partitionColumns: readonly string[];
  readonly signal: AbortSignal;
}

/** Rows a batch when no column has to be read. */
const COUNT_BATCH_ROWS = 8_192;

/**
 * The rows of one data file. Partition columns are constants from the log; a file of which only such columns (or none) are wanted
 * is not opened if the log has its row count. A missing file is 58030, a damaged one XX001, both naming it; never fewer rows.
 */
export async function* readFile(request: ReadFileRequest): AsyncGenerator<RecordBatch, void, void> {
  const { file, fields, partitionColumns } = request;
  const dataFields = fields.filter((field) => !partitionColumns.includes(field.name));
  const { rowCount } = statisticsOf(file);
  if (dataFields.length === 0 && rowCount !== null) {
    for (let at = 0; at < rowCount; at += COUNT_BATCH_ROWS) {
      yield withPartitionColumns(request, { rowCount: Math.min(COUNT_BATCH_ROWS, rowCount - at), vectors: [] }, []);
    }
    return;
  }
  let rowsRead = 0;
  for await (const batch of parquetBatches(request, dataFields)) {
    rowsRead += batch.rowCount;
    yield withPartitionColumns(request, batch, dataFields);
  }
  if (rowCount !== null && rowsRead !== rowCount) {
    throw damaged(request, `has ${rowsRead} rows, the log says ${rowCount}`);
  }
}

async function* parquetBatches(
  request: ReadFileRequest,
  columns: readonly Field[],
): AsyncGenerator<RecordBatch, void, void> {
  const { store, codec, file, signal } = request;
  const path = decodePath(file.path);
  if (path === null) throw failure('notSupported', { feature: `data file path ${JSON.stringify(file.path)}` });
  const key = `${request.location}${path}`;
  const batches = codec.read({
    byteCount: file.size,
    columns,
    signal,
    fetch: async (range) => {
      const bytes = await store.get(key, { range, signal });
      if (bytes === null) throw failure('ioError', { message: `data file ${store.describe(key)} is missing` });
      return bytes;
    },
  });
  try {
    yield* batches;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof MillraceError && ['0A000', '58030', '53200', '57P03', '54000'].includes(error.sqlstate))
      throw error;
    throw damaged(request, error instanceof Error ? error.message : String(error), error);
  }
}

function withPartitionColumns(request: ReadFileRequest, batch: RecordBatch, dataFields: readonly Field[]): RecordBatch {
  const { fields, partitionColumns, file } = request;
  const vectors = fields.map((field) => {
    if (!partitionColumns.includes(field.name)) return batch.vectors[dataFields.indexOf(field)]!;
    const value = parsePartitionValue(field.type, file.partitionValues[field.name], field.name);
    return constantVector(field.type, value, batch.rowCount);
  });
  return { rowCount: batch.rowCount, vectors };
}

function damaged(request: ReadFileRequest, reason: string, cause?: unknown): Error {
  const key = `${request.location}${decodePath(request.file.path) ?? request.file.path}`;
  return failure('dataCorrupted', { message: `data file ${request.store.describe(key)}: ${reason}` }, { cause });
}
