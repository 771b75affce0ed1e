import { MillraceError } from '../errors/millrace-error.ts';
import { asMillraceError, failure, withWhere } from '../errors/table.ts';
import type { FormatSettings } from '../ports/query-handler.ts';
import type { DataType } from '../types/data-type.ts';
import { createVectorBuilder } from '../vector/builder.ts';
import type { RecordBatch } from '../vector/column-vector.ts';
import type { VectorBuilder } from '../vector/vector-builder.ts';
import { utf8ToString } from './utf8.ts';

const SHOWN_BYTES_MAX = 100;

/** What a COPY ... FROM fills. */
export interface CopyTarget {
  /** The table's name, for messages. */
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: DataType }[];
  readonly settings: FormatSettings;
  /** A batch is given out at so many rows, or so many bytes of input. */
  readonly batchRows: number;
  readonly batchBytes: number;
}

/** Rows of a COPY, and where in the data each of them stood. */
export interface CopyBatch {
  readonly batch: RecordBatch;
  /** PostgreSQL's CONTEXT for a row of the batch. */
  where(row: number): string;
}

/**
 * The rows of a COPY while a batch of them fills up: one builder a column, and where each row's line is. Law: a row that fails leaves no trace.
 */
export class CopyRows {
  readonly #target: CopyTarget;
  readonly #builders: readonly VectorBuilder[];
  #count = 0;
  #bytes = 0;
  #numbers: number[] = [];
  /** Where a row's line is: one object for all lines of a piece, and two numbers a row. */
  #texts: (Uint8Array | null)[] = [];
  #starts: number[] = [];
  #ends: number[] = [];

  constructor(target: CopyTarget) {
    this.#target = target;
    this.#builders = target.columns.map(({ type }) => createVectorBuilder(type, { capacityRows: target.batchRows }));
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#target.batchRows || this.#bytes >= this.#target.batchBytes;
  }

  builder(column: number): VectorBuilder {
    return this.#builders[column]!;
  }

  /** The row's values are in the builders. Its line is at `[start, end)` of `text`, null where it has none that could be shown. */
  add(number: number, text: Uint8Array | null, start: number, end: number): void {
    this.#numbers.push(number);
    this.#texts.push(text);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#bytes += end - start;
    this.#count += 1;
  }

  /** Takes back what a row that failed left in the builders. */
  dropRow(): void {
    for (const builder of this.#builders) builder.truncate(this.#count);
  }

  take(): CopyBatch {
    const batch: RecordBatch = { rowCount: this.#count, vectors: this.#builders.map((builder) => builder.finish()) };
    const [numbers, texts, starts, ends] = [this.#numbers, this.#texts, this.#starts, this.#ends];
    this.#count = 0;
    this.#bytes = 0;
    this.#numbers = [];
    this.#texts = [];
    this.#starts = [];
    this.#ends = [];
    const where = (row: number): string =>
      this.at(numbers[row] ?? 0, texts[row]?.subarray(starts[row], ends[row]) ?? null);
    return { batch, where };
  }

  /** `COPY t, line 3: "text"`. */
  at(number: number, line: Uint8Array | null): string {
    const where = `COPY ${this.#target.table}, line ${number}`;
    return line === null ? where : `${where}: "${shown(line)}"`;
  }

  /** An error of one value, with its place. */
  ofColumn(error: unknown, number: number, column: number, text: Uint8Array | null): MillraceError {
    const { table, columns } = this.#target;
    const where = `COPY ${table}, line ${number}, column ${columns[column]!.name}`;
    return withWhere(asMillraceError(error), text === null ? where : `${where}: "${shown(text)}"`);
  }
}

/** A text as messages show it: cut after 100 bytes, between characters. */
function shown(text: Uint8Array): string {
  if (text.length <= SHOWN_BYTES_MAX) return utf8ToString(text, 0, text.length);
  let end = SHOWN_BYTES_MAX;
  while ((text[end]! & 0xc0) === 0x80) end -= 1;
  return `${utf8ToString(text, 0, end)}...`;
}

/** 22P04 for a line with too few fields. */
export function missingData(column: string): MillraceError {
  return failure('badCopyData', { message: `missing data for column "${column}"` });
}

/** Whether an error says that a text is no value of its type: what ON_ERROR ignore passes over. */
export function isBadValue(error: unknown): boolean {
  return error instanceof MillraceError && error.sqlstate.startsWith('22') && error.sqlstate !== '22021';
}
