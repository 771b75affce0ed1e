import { encodeBatch, failure, type TransactionWrite } from '@millrace/core';

/** A transaction as the log holds it; the batches are still encoded, because their types are the table's. */
export interface TransactionRecord {
  readonly catalog: Uint8Array | null;
  readonly tables: readonly {
    readonly tableId: string;
    readonly schemaId: number;
    readonly batches: readonly Uint8Array[];
  }[];
}

const FORMAT_VERSION = 1;
const HAS_CATALOG = 1;

/**
 * A transaction's record, little-endian:
 *
 *   format version (1 byte, 1)   flags (1: bit 0 = has a catalog change)   tables (2)
 *   catalog change: length (4), bytes
 *   each table: length of the id (1), id, schema id (4), batches (4); each batch: length (4), bytes of `encodeBatch`
 *
 * Gives chunks for one `Wal.append`; the batches' bytes are not copied.
 */
export function encodeTransaction(write: TransactionWrite): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint8(0, FORMAT_VERSION);
  view.setUint8(1, write.catalog === null ? 0 : HAS_CATALOG);
  view.setUint16(2, write.tables.length, true);
  view.setUint32(4, write.catalog?.byteLength ?? 0, true);
  chunks.push(head);
  if (write.catalog !== null) chunks.push(write.catalog);
  for (const table of write.tables) {
    const id = new TextEncoder().encode(table.tableId);
    const part = new Uint8Array(1 + id.byteLength + 8);
    part[0] = id.byteLength;
    part.set(id, 1);
    const partView = new DataView(part.buffer);
    partView.setUint32(1 + id.byteLength, table.schemaId, true);
    partView.setUint32(5 + id.byteLength, table.batches.length, true);
    chunks.push(part);
    for (const batch of table.batches) {
      const bytes = encodeBatch(
        batch,
        batch.vectors.map((vector) => vector.type),
      );
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(
        0,
        bytes.reduce((sum, chunk) => sum + chunk.byteLength, 0),
        true,
      );
      chunks.push(length, ...bytes);
    }
  }
  return chunks;
}

/** XX001 for anything that `encodeTransaction` does not write. The result refers to `bytes`. */
export function decodeTransaction(bytes: Uint8Array, lsn: bigint): TransactionRecord {
  const reader = new Reader(bytes, lsn);
  const version = reader.uint8();
  if (version !== FORMAT_VERSION) throw reader.damaged(`format version ${version}`);
  const flags = reader.uint8();
  const tableCount = reader.uint16();
  const catalogBytes = reader.bytes(reader.uint32());
  const tables: { tableId: string; schemaId: number; batches: Uint8Array[] }[] = [];
  for (let i = 0; i < tableCount; i++) {
    const tableId = new TextDecoder().decode(reader.bytes(reader.uint8()));
    const schemaId = reader.uint32();
    const batchCount = reader.uint32();
    const batches: Uint8Array[] = [];
    for (let batch = 0; batch < batchCount; batch++) batches.push(reader.bytes(reader.uint32()));
    tables.push({ tableId, schemaId, batches });
  }
  reader.finish();
  return { catalog: flags & HAS_CATALOG ? catalogBytes : null, tables };
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #lsn: bigint;
  #offset = 0;

  constructor(bytes: Uint8Array, lsn: bigint) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#lsn = lsn;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }
  finish(): void {
    if (this.#offset !== this.#bytes.byteLength) throw this.damaged('bytes after its end');
  }
  damaged(what: string): Error {
    return failure('dataCorrupted', { message: `write-ahead log record ${this.#lsn} has ${what}` });
  }

  #take(length: number): number {
    const start = this.#offset;
    if (start + length > this.#bytes.byteLength) throw this.damaged('fewer bytes than it says');
    this.#offset += length;
    return start;
  }
}
