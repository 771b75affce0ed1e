import { assert, type FileSystem, failure } from '@millrace/core';
import { crc32 } from '../wal/checksum.ts';
import type { MemoryRecord } from './memory-table.ts';
import { decodeTransaction, encodeTransaction, type TransactionRecord } from './transaction-record.ts';

/** The rows of one record, still under the number that committed them. */
export interface ParkedRecord {
  readonly lsn: bigint;
  readonly part: TransactionRecord['tables'][number];
}

const NAME = /^([\w-]+)\.([0-9]{20})\.parked$/;
const DRAFT_SUFFIX = '.new';
/** crc32 of the rest (4), number of records (4). */
const HEAD_BYTES = 8;
/** lsn (8), length (4). */
const ENTRY_BYTES = 12;

/**
 * Rows of tables that cannot be flushed, in files beside the log's segments, so that the segments can go:
 *
 *   directory/<table id>.<last lsn>.parked    each holds the table's records after the one before it, up to its last lsn
 *
 * Law: a file is complete and on disk when `park` resolves; it goes when the table's storage has passed its last lsn, or the table was dropped.
 */
export class ParkedRows {
  readonly #fileSystem: FileSystem;
  readonly #directory: string;
  /** Last lsns of each table's files, ascending. */
  readonly #files: Map<string, bigint[]> = new Map();
  #hasFailed = false;

  constructor(fileSystem: FileSystem, directory: string) {
    this.#fileSystem = fileSystem;
    this.#directory = directory;
  }

  /** Finds what is there, and removes drafts that a crash left. Once, before recovery. */
  async open(): Promise<void> {
    for (const { name } of await this.#fileSystem.list(this.#directory)) {
      if (name.endsWith(`.parked${DRAFT_SUFFIX}`)) await this.#fileSystem.remove(`${this.#directory}/${name}`);
      const [, tableId, lsn] = NAME.exec(name) ?? [];
      if (tableId === undefined || lsn === undefined) continue;
      this.#files.set(
        tableId,
        [...(this.#files.get(tableId) ?? []), BigInt(lsn)].sort((a, b) => (a < b ? -1 : 1)),
      );
    }
  }

  /** After one failure nothing is parked any more: a failed fsync is final. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  get tableIds(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** The last lsn that is parked; -1n if the table has nothing parked. */
  parkedLsn(tableId: string): bigint {
    return this.#files.get(tableId)?.at(-1) ?? -1n;
  }

  /** The table's parked records in lsn order. XX001 for a damaged file. */
  async *records(tableId: string): AsyncGenerator<ParkedRecord, void, void> {
    for (const lastLsn of this.#files.get(tableId) ?? []) {
      const path = this.#path(tableId, lastLsn);
      yield* decodeFile(await this.#fileSystem.readFile(path), path);
    }
  }

  /** Writes the records that follow what is parked already, each one whole. Not after a failure. */
  async park(
    table: { readonly tableId: string; readonly schemaId: number },
    records: readonly MemoryRecord[],
  ): Promise<void> {
    const lastLsn = records.at(-1)?.lsn;
    assert(lastLsn !== undefined && !this.#hasFailed, 'there are records to park, and parking has not failed before');
    this.#hasFailed = true;
    const path = this.#path(table.tableId, lastLsn);
    const file = await this.#fileSystem.open(`${path}${DRAFT_SUFFIX}`, 'append');
    try {
      await file.truncate(0);
      await file.write(encodeFile(table, records));
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#fileSystem.rename(`${path}${DRAFT_SUFFIX}`, path);
    await this.#fileSystem.syncDirectory(this.#directory);
    this.#hasFailed = false;
    this.#files.set(table.tableId, [...(this.#files.get(table.tableId) ?? []), lastLsn]);
  }

  /** Removes the table's files. One that a power loss brings back holds only rows that storage has: it is read and skipped. */
  async forget(tableId: string): Promise<void> {
    for (const lastLsn of this.#files.get(tableId) ?? []) await this.#fileSystem.remove(this.#path(tableId, lastLsn));
    this.#files.delete(tableId);
  }

  #path(tableId: string, lastLsn: bigint): string {
    return `${this.#directory}/${tableId}.${lastLsn.toString().padStart(20, '0')}.parked`;
  }
}

function encodeFile(
  table: { readonly tableId: string; readonly schemaId: number },
  records: readonly MemoryRecord[],
): readonly Uint8Array[] {
  const body = records.flatMap(({ lsn, batches }) => {
    const record = encodeTransaction({ catalog: null, tables: [{ ...table, batches }] });
    const entry = new Uint8Array(ENTRY_BYTES);
    const view = new DataView(entry.buffer);
    view.setBigUint64(0, lsn, true);
    view.setUint32(
      8,
      record.reduce((sum, chunk) => sum + chunk.byteLength, 0),
      true,
    );
    return [entry, ...record];
  });
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(4, records.length, true);
  const checksum = body.reduce((crc, chunk) => crc32(chunk, crc), crc32(head.subarray(4)));
  view.setUint32(0, checksum, true);
  return [head, ...body];
}

function* decodeFile(bytes: Uint8Array, path: string): Generator<ParkedRecord, void, void> {
  const damaged = (): Error => failure('dataCorrupted', { message: `the file of parked rows ${path} is damaged` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEAD_BYTES || view.getUint32(0, true) !== crc32(bytes.subarray(4))) throw damaged();
  let at = HEAD_BYTES;
  for (let left = view.getUint32(4, true); left > 0; left--) {
    if (at + ENTRY_BYTES > bytes.byteLength) throw damaged();
    const lsn = view.getBigUint64(at, true);
    const end = at + ENTRY_BYTES + view.getUint32(at + 8, true);
    if (end > bytes.byteLength) throw damaged();
    for (const part of decodeTransaction(bytes.subarray(at + ENTRY_BYTES, end), lsn).tables) yield { lsn, part };
    at = end;
  }
}
