export type { TableDefinition } from './commit/create-table.ts';
export type { CompactOptions } from './compact/choose-files.ts';
export type { DeltaEnvironment, DeltaTableOptions } from './delta-environment.ts';
export { DELTA_FAILPOINTS } from './delta-failpoints.ts';
export { type DeltaStorage, deltaTableStorage } from './delta-storage.ts';
export { type CompactOutcome, DeltaTable } from './delta-table.ts';
export type { AddFile, MetaData, Protocol, RemoveFile, Txn } from './log/actions.ts';
export type { CompressionName } from './parquet/messages.ts';
export {
  createParquetCodec,
  type ParquetCodec,
  type ParquetCodecOptions,
  type ParquetReadRequest,
} from './parquet/parquet-codec.ts';
export { assertStorable } from './schema/schema-string.ts';
export type { Snapshot } from './snapshot/snapshot.ts';
export { type LocalObjectStoreOptions, localObjectStore } from './store/local-object-store.ts';
export { memoryObjectStore } from './store/memory-object-store.ts';
export { FILE_LIMITS, type FileLimits } from './write/stage-rows.ts';
export { validatePartitionValues } from './write/validate-partition-values.ts';
