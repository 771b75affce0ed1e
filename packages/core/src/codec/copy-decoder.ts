import type { MillraceError } from '../errors/millrace-error.ts';
import { asMillraceError, failure, withWhere } from '../errors/table.ts';
import { CopyBinary } from './copy-binary.ts';
import { CopyFields } from './copy-fields.ts';
import type { CopyInputFormat } from './copy-format.ts';
import { CopyLines } from './copy-lines.ts';
import { type CopyBatch, CopyRows, type CopyTarget, isBadValue, missingData } from './copy-rows.ts';
import { CopyWindow } from './copy-window.ts';

/** `full`: take the batch. `more`: push a piece, or end. */
export type CopyStep = 'full' | 'more' | 'end';

/**
 * COPY's input becomes column vectors: `push` its bytes as they come, in pieces of any size, `decode` until it wants more, `take` batches of rows.
 * Law: how the bytes are cut changes no row, no error and no line number.
 */
export interface CopyDecoder {
  /** Rows that wait for `take`. */
  readonly rowCount: number;
  /** Bytes that wait for the rest of their row. */
  readonly bufferedBytes: number;
  /** Rows left out by ON_ERROR ignore. */
  readonly skippedRows: number;
  push(piece: Uint8Array): void;
  /** No more bytes will come. */
  end(): void;
  /** Reads rows until a batch is full or the bytes run out. Throws at the first bad row (22P04, 22021, 22P02 ...); those before it wait for `take`. */
  decode(): CopyStep;
  take(): CopyBatch;
  /** Where the reading stands, for errors of the input as a whole; undefined before anything is read. */
  where(): string | undefined;
}

/** A decoder for an input of this format. */
export function createCopyDecoder(format: CopyInputFormat, target: CopyTarget): CopyDecoder {
  return format.format === 'binary' ? new CopyBinary(target) : new CopyText(format, target);
}

/** Text and csv. */
class CopyText implements CopyDecoder {
  readonly #format: CopyInputFormat;
  readonly #target: CopyTarget;
  readonly #window: CopyWindow = new CopyWindow();
  readonly #lines: CopyLines;
  readonly #fields: CopyFields;
  readonly #rows: CopyRows;
  readonly #sources: readonly number[];
  readonly #isForced: boolean;
  #isHeaderDue: boolean;
  skippedRows = 0;

  constructor(format: CopyInputFormat, target: CopyTarget) {
    this.#format = format;
    this.#target = target;
    this.#lines = new CopyLines(this.#window, format);
    this.#fields = new CopyFields(format);
    this.#rows = new CopyRows(target);
    this.#sources = target.columns.map((_, i) => i);
    this.#isForced = format.forceNull.size + format.forceNotNull.size > 0;
    this.#isHeaderDue = format.header !== 'none';
  }

  get rowCount(): number {
    return this.#rows.count;
  }

  get bufferedBytes(): number {
    return this.#window.length;
  }

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  end(): void {
    this.#window.isEnded = true;
  }

  where(): string {
    return this.#rows.at(Math.max(1, this.#lines.number), null);
  }

  take(): CopyBatch {
    return this.#rows.take();
  }

  decode(): CopyStep {
    for (;;) {
      const step = this.#nextLine();
      if (step === 'more') return step;
      if (this.#isHeaderDue) {
        this.#isHeaderDue = false;
        this.#passHeader();
        if (step === 'end') return step;
        continue;
      }
      if (step === 'end') return step;
      this.#readRow();
      if (this.#rows.isFull) return 'full';
    }
  }

  #nextLine(): ReturnType<CopyLines['next']> {
    try {
      return this.#lines.next();
    } catch (error) {
      throw withWhere(asMillraceError(error), this.where());
    }
  }

  get #line(): Uint8Array {
    return this.#window.bytes.subarray(this.#lines.start, this.#lines.end);
  }

  /** An error of the line as a whole. */
  #ofLine(error: unknown): MillraceError {
    return withWhere(asMillraceError(error), this.#rows.at(this.#lines.number, this.#line));
  }

  #readRow(): void {
    const { start, end } = this.#lines;
    const fields = this.#fields;
    const { columns } = this.#target;
    try {
      if (columns.length === 0) {
        if (end > start) throw failure('badCopyData', { message: 'extra data after last expected column' });
      } else fields.split(this.#window.bytes, start, end);
      if (columns.length > 0 && fields.count > columns.length) {
        throw failure('badCopyData', { message: 'extra data after last expected column' });
      }
    } catch (error) {
      throw this.#ofLine(error);
    }
    for (const column of this.#sources) {
      if (column >= fields.count) {
        this.#rows.dropRow();
        throw this.#ofLine(missingData(columns[column]!.name));
      }
      if (!this.#readValue(column)) return;
    }
    this.#rows.add(this.#lines.number, this.#window.bytes, start, end);
  }

  /** False if the row is left out. */
  #readValue(column: number): boolean {
    const fields = this.#fields;
    const builder = this.#rows.builder(column);
    const isNull = fields.isNull(column);
    if (this.#isForced ? this.#isForcedNull(column, isNull) : isNull) {
      builder.appendNull();
      return true;
    }
    // A NULL that is a value by force stands in the line as it is written.
    const bytes = isNull ? this.#nullBytes() : fields.bytes(column);
    const start = isNull ? 0 : fields.startOf(column);
    const end = isNull ? bytes.length : fields.endOf(column);
    try {
      builder.appendText(bytes, start, end, this.#target.settings);
      return true;
    } catch (error) {
      this.#rows.dropRow();
      if (!this.#format.skipsBadRows || !isBadValue(error)) {
        throw this.#rows.ofColumn(error, this.#lines.number, column, bytes.subarray(start, end));
      }
      this.skippedRows += 1;
      return false;
    }
  }

  /** Whether a field is NULL where FORCE_NULL and FORCE_NOT_NULL have their say. */
  #isForcedNull(column: number, isNull: boolean): boolean {
    const { forceNull, forceNotNull } = this.#format;
    return isNull ? !forceNotNull.has(column) : forceNull.has(column) && this.#fields.saysNull(column);
  }

  #nullBytes(): Uint8Array {
    return new TextEncoder().encode(this.#format.nullText);
  }

  #passHeader(): void {
    if (this.#format.header !== 'match') return;
    try {
      this.#fields.split(this.#window.bytes, this.#lines.start, this.#lines.end);
      checkNames(this.#fields, this.#target, this.#format.nullText);
    } catch (error) {
      throw this.#ofLine(error);
    }
  }
}

/** HEADER MATCH: 22P04 unless the fields are the columns' names. */
function checkNames(fields: CopyFields, { columns }: CopyTarget, nullText: string): void {
  if (fields.count !== columns.length) {
    const message = `wrong number of fields in header line: got ${fields.count}, expected ${columns.length}`;
    throw failure('badCopyData', { message });
  }
  for (const [i, { name }] of columns.entries()) {
    const text = fields.text(i);
    if (text === name) continue;
    const got = text === null ? `got null value ("${nullText}")` : `got "${text}"`;
    const message = `column name mismatch in header line field ${i + 1}: ${got}, expected "${name}"`;
    throw failure('badCopyData', { message });
  }
}
