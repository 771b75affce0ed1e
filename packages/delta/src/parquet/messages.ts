import type { Field, RecordBatch } from '@millrace/core';
import type { Action, AddFile, DomainMetadata, MetaData, Protocol, RemoveFile, Txn } from '../log/actions.ts';

/** The codecs that files are written with. */
export type CompressionName = 'zstd' | 'snappy' | 'uncompressed';

/** How data files are written. */
export interface EncodeOptions {
  readonly compression: CompressionName;
  readonly rowGroupRows: number;
  readonly rowGroupBytes: number;
}

/** Rows to be written: one file a partition. */
export interface EncodeTask {
  readonly task: 'encode';
  readonly fields: readonly Field[];
  readonly partitionColumns: readonly string[];
  readonly batches: readonly RecordBatch[];
  readonly options: EncodeOptions;
  /** How many leading data columns get statistics. */
  readonly indexedColumns: number;
}
/** A finished Parquet file, and what its `add` action will say of it. */
export interface EncodedFile {
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly rowCount: number;
  readonly stats: string;
  readonly bytes: Uint8Array;
}

/** What a checkpoint holds: the table's state, without commitInfo and change data. */
export interface CheckpointContent {
  readonly protocol: Protocol;
  readonly metaData: MetaData;
  readonly txns: readonly Txn[];
  readonly domains: readonly DomainMetadata[];
  readonly adds: readonly AddFile[];
  readonly removes: readonly RemoveFile[];
}

/** Starts reading a file; `next` continues it. Types are those the table has now: columns come out as vectors of them. */
export interface OpenTask {
  readonly task: 'open';
  readonly job: number;
  readonly byteCount: number;
  /** The end of the file, which holds the footer; all of a small file. */
  readonly tail: Uint8Array;
  readonly columns: readonly Field[];
}
/** `provided` are the bytes of the ranges that the reply before this asked for, in order. */
export interface NextTask {
  readonly task: 'next';
  readonly job: number;
  readonly provided: readonly Uint8Array[];
}

/** What a Parquet thread is asked for. */
export type ParquetTask =
  | EncodeTask
  | OpenTask
  | NextTask
  | { readonly task: 'close'; readonly job: number }
  | { readonly task: 'decode-checkpoint'; readonly bytes: Uint8Array }
  | { readonly task: 'encode-checkpoint'; readonly content: CheckpointContent };

/** Bytes of a file. */
export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}
/** What a reading job wants or gives. */
export type ReadEvent =
  | { readonly kind: 'need'; readonly ranges: readonly ByteRange[] }
  | { readonly kind: 'batches'; readonly batches: readonly RecordBatch[] }
  | { readonly kind: 'end' };

/** What it answers. */
export type ParquetReply =
  | { readonly files: readonly EncodedFile[] }
  | { readonly event: ReadEvent }
  | { readonly actions: readonly Action[] }
  | { readonly bytes: Uint8Array }
  | { readonly done: true };

/** Every reply says how much memory the thread's WebAssembly holds, which never shrinks. */
export interface ParquetEnvelope {
  readonly reply: ParquetReply;
  readonly wasmBytes: number;
}
