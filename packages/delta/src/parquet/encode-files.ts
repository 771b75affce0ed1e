import { assert, type ColumnVector } from '@millrace/core';
import { encodeArrowTree } from '@millrace/core/arrow';
import {
  Compression,
  EnabledStatistics,
  Table,
  type WriterProperties,
  WriterPropertiesBuilder,
  writeParquet,
} from 'parquet-wasm';
import type { CompressionName, EncodedFile, EncodeOptions, EncodeTask } from './messages.ts';
import { splitPartitions } from './split-partitions.ts';
import { fileStatistics } from './statistics.ts';
import { vectorToArrow } from './vector-to-arrow.ts';

const COMPRESSIONS: Readonly<Record<CompressionName, Compression>> = {
  zstd: Compression.ZSTD,
  snappy: Compression.SNAPPY,
  uncompressed: Compression.UNCOMPRESSED,
};
/** A text column gets a dictionary if among this many leading values at most one in `DICTIONARY_RATIO` is new. */
const DICTIONARY_SAMPLE = 1_024;
const DICTIONARY_RATIO = 4;

/** Splits rows by partition and encodes each part as a Parquet file with its statistics. */
export async function encodeFiles(task: EncodeTask): Promise<EncodedFile[]> {
  const fields = task.fields.filter((field) => !task.partitionColumns.includes(field.name));
  const files: EncodedFile[] = [];
  for (const part of splitPartitions(task.fields, task.partitionColumns, task.batches)) {
    const columns = part.vectors.map((vector, i) => vectorToArrow(fields[i]!.name, vector));
    const ipc = await encodeArrowTree([{ rowCount: part.rowCount, columns }]);
    const dictionary = fields.flatMap((field, i) => (repeats(part.vectors[i]!) ? [field.name] : []));
    const bytes = writeIpc(ipc, writerProperties(task.options, dictionary));
    const stats = fileStatistics(fields, part.vectors, part.rowCount, task.indexedColumns);
    files.push({ partitionValues: part.partitionValues, rowCount: part.rowCount, stats, bytes });
  }
  return files;
}

/** Parquet bytes of an Arrow stream. `writeParquet` takes the wasm table and the properties over and frees them. */
export function writeIpc(ipc: Uint8Array, properties: WriterProperties): Uint8Array {
  const table = Table.fromIPCStream(ipc);
  return writeParquet(table, properties);
}

/** Chunk statistics for other engines' row group pruning; no page index, which some of them trip over in checkpoints. */
export function writerProperties(options: EncodeOptions, dictionaryColumns: readonly string[]): WriterProperties {
  let builder = new WriterPropertiesBuilder()
    .setCompression(COMPRESSIONS[options.compression])
    .setDictionaryEnabled(false)
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .setMaxRowGroupSize(options.rowGroupRows)
    .setMaxRowGroupBytes(options.rowGroupBytes)
    .setCreatedBy('millrace');
  for (const column of dictionaryColumns) builder = builder.setColumnDictionaryEnabled(column, true);
  return builder.build();
}

/** Whether a column of bytes has few distinct values. A dictionary on everything halves the writer's speed; on tags it pays. */
function repeats(vector: ColumnVector): boolean {
  if (vector.kind === 'dictionary' || vector.kind === 'constant') return true;
  if (vector.kind !== 'bytes') return false;
  const count = Math.min(vector.length, DICTIONARY_SAMPLE);
  const seen = new Set<number>();
  for (let i = 0; i < count; i++) seen.add(hashSlot(vector.data, vector.offsets[i]!, vector.offsets[i + 1]!));
  assert(count === 0 || seen.size > 0, 'a sample has values');
  return seen.size * DICTIONARY_RATIO <= count;
}

/** FNV-1a. A collision only makes the guess a little worse. */
function hashSlot(data: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ data[i]!, 0x01000193);
  return hash;
}
