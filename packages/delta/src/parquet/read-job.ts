import { assert, constantVector, type Field, failure, type RecordBatch } from '@millrace/core';
import { type ArrowTree, arrowFieldNames, decodeArrowTree } from '@millrace/core/arrow';
import { ParquetFile } from 'parquet-wasm';
import { arrowToVector } from './arrow-to-vector.ts';
import type { ByteRange, ReadEvent } from './messages.ts';

interface Waiting {
  readonly range: ByteRange;
  readonly resolve: (bytes: ArrayBuffer) => void;
  readonly reject: (reason: unknown) => void;
}

/** Rows a batch as the Parquet reader makes them. */
const BATCH_ROWS = 8_192;

/**
 * Reading one Parquet file whose bytes are elsewhere: `next` gives what the reader needs (ranges) or has (the batches of a row group).
 * Only the footer and the wanted columns' chunks are ever asked for. The caller answers a `need` with the bytes, in order.
 */
export class ReadJob {
  readonly #byteCount: number;
  readonly #tail: Uint8Array;
  readonly #columns: readonly Field[];
  /** Wanted and not yet asked for. */
  #waiting: Waiting[] = [];
  /** Asked for by the last `need`. */
  #asked: Waiting[] = [];
  #wake: (() => void) | null = null;
  #file: ParquetFile | null = null;
  #rowGroups = 0;
  #nextRowGroup = 0;
  #work: Promise<ReadEvent> | null = null;

  constructor(task: { readonly byteCount: number; readonly tail: Uint8Array; readonly columns: readonly Field[] }) {
    this.#byteCount = task.byteCount;
    this.#tail = task.tail;
    this.#columns = task.columns;
  }

  /** Goes on until it needs bytes or has a row group. */
  async next(provided: readonly Uint8Array[]): Promise<ReadEvent> {
    const asked = this.#asked;
    this.#asked = [];
    for (const [i, request] of asked.entries()) {
      const bytes = provided[i];
      if (bytes !== undefined) request.resolve(ownBuffer(bytes));
      else request.reject(failure('ioError', { message: 'bytes of a Parquet file were not read' }));
    }
    this.#work ??= this.#step();
    const needed = new Promise<null>((resolve) => {
      this.#wake = () => resolve(null);
      if (this.#waiting.length > 0) resolve(null);
    });
    const event = await Promise.race([this.#work, needed]);
    this.#wake = null;
    if (event !== null) {
      this.#work = null;
      return event;
    }
    this.#asked = this.#waiting;
    this.#waiting = [];
    return { kind: 'need', ranges: this.#asked.map((request) => request.range) };
  }

  close(): void {
    this.#work?.catch(() => undefined);
    const pending = [...this.#asked, ...this.#waiting];
    for (const request of pending) request.reject(failure('ioError', { message: 'reading was given up' }));
    const file = this.#file;
    this.#file = null;
    // The reader borrows the file until its promise settles.
    if (file !== null)
      void Promise.resolve(this.#work).then(
        () => file.free(),
        () => file.free(),
      );
  }

  async #step(): Promise<ReadEvent> {
    if (this.#file === null) {
      this.#file = await ParquetFile.fromFile(this.#blob(0, this.#byteCount));
      const metadata = this.#file.metadata();
      this.#rowGroups = metadata.numRowGroups();
      metadata.free();
    }
    if (this.#nextRowGroup >= this.#rowGroups) return { kind: 'end' };
    const rowGroup = this.#nextRowGroup++;
    return { kind: 'batches', batches: await this.#readRowGroup(this.#file, rowGroup) };
  }

  async #readRowGroup(file: ParquetFile, rowGroup: number): Promise<RecordBatch[]> {
    const names = this.#presentNames(file);
    if (names.length === 0) return [this.#nulls(rowsOf(file, rowGroup))];
    // Without `columns` the library reads all of them.
    const columns = this.#columns.some(isUnselectable) ? {} : { columns: names };
    const table = await file.read({ ...columns, rowGroups: [rowGroup], batchSize: BATCH_ROWS });
    const trees = decodeArrowTree(table.intoIPCStream());
    return trees.map((tree) => this.#toBatch(tree));
  }

  #nulls(rowCount: number): RecordBatch {
    return { rowCount, vectors: this.#columns.map((field) => constantVector(field.type, null, rowCount)) };
  }

  /** Columns that were added to the table after the file was written are not in it. */
  #presentNames(file: ParquetFile): string[] {
    const present = new Set(arrowFieldNames(file.schema().intoIPCStream()));
    return this.#columns.map((field) => field.name).filter((name) => present.has(name));
  }

  #toBatch(tree: ArrowTree): RecordBatch {
    const vectors = this.#columns.map((field) => {
      const node = tree.columns.find((column) => column.name === field.name);
      return node === undefined ? constantVector(field.type, null, tree.rowCount) : arrowToVector(node, field.type);
    });
    return { rowCount: tree.rowCount, vectors };
  }

  /** What the reader knows of a Blob: its size, parts of it, and their bytes, asked for when they are wanted. */
  #blob(start: number, end: number): Blob {
    const blob = {
      size: end - start,
      type: '',
      slice: (from = 0, to = end - start): Blob => this.#blob(start + from, Math.min(end, start + to)),
      arrayBuffer: (): Promise<ArrayBuffer> => this.#request({ start, end }),
    };
    return blob as unknown as Blob;
  }

  #request(range: ByteRange): Promise<ArrayBuffer> {
    assert(range.start >= 0 && range.end <= this.#byteCount, 'a range outside the Parquet file');
    const tailStart = this.#byteCount - this.#tail.length;
    if (range.start >= tailStart) {
      return Promise.resolve(this.#tail.slice(range.start - tailStart, range.end - tailStart).buffer as ArrayBuffer);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ range, resolve, reject });
      // After a turn of the microtask queue, so that ranges wanted together are asked for together.
      queueMicrotask(() => this.#wake?.());
    });
  }
}

/** The library selects columns by a text of their Parquet path, and does not find nested ones whose names are not plain words. */
function isUnselectable(field: Field): boolean {
  return field.type.kind === 'array' && !/^[A-Za-z0-9_]+$/.test(field.name);
}

function rowsOf(file: ParquetFile, rowGroup: number): number {
  const metadata = file.metadata();
  const group = metadata.rowGroup(rowGroup);
  const rows = group.numRows();
  group.free();
  metadata.free();
  return rows;
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole && bytes.buffer instanceof ArrayBuffer ? bytes.buffer : (bytes.slice().buffer as ArrayBuffer);
}
