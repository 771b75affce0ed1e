import {
  asMillraceError,
  type CopyBatch,
  type CopyDecoder,
  type CopySource,
  type MemoryBudget,
  type MemoryReservation,
  type RecordBatch,
  sliceBatch,
  withWhere,
} from '@millrace/core';

/** Buffered bytes are charged in steps of so many; less is not charged. */
const CHARGE_BYTES = 256 * 1024;

/**
 * The rows of a COPY ... FROM STDIN for the plan that writes them: pulls bytes only when rows are wanted. A long row's bytes are charged to the memory
 * budget while its end is not there (53200). Read once.
 */
export class ClientRows implements AsyncIterable<RecordBatch> {
  /** The batch that was given out last. */
  last: CopyBatch | null = null;
  readonly #decoder: CopyDecoder;
  readonly #source: CopySource;
  readonly #signal: AbortSignal;
  readonly #reservation: MemoryReservation;

  constructor(
    decoder: CopyDecoder,
    source: CopySource,
    { memory, signal }: { readonly memory: MemoryBudget; readonly signal: AbortSignal },
  ) {
    this.#decoder = decoder;
    this.#source = source;
    this.#signal = signal;
    this.#reservation = memory.child('copy').reserve(0);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void, void> {
    const decoder = this.#decoder;
    try {
      for (let isEnded = false; !isEnded; ) {
        const next = this.#source.next(this.#signal);
        const piece = next instanceof Promise ? await next : next;
        isEnded = piece === null;
        if (piece === null) decoder.end();
        else decoder.push(piece);
        while (decoder.decode() === 'full') yield this.#take();
        this.#charge();
      }
    } catch (error) {
      // The rows before the one that failed may fail for another reason, and come first.
      if (!this.#signal.aborted && decoder.rowCount > 0) yield this.#take();
      this.last = null;
      throw withWhere(asMillraceError(error), decoder.where());
    }
    if (decoder.rowCount > 0) yield this.#take();
  }

  /** The rows of a batch as batches of one row; `row` is the one given out last. */
  oneByOne({ batch }: CopyBatch): { readonly row: number; batches(): AsyncGenerator<RecordBatch, void, void> } {
    const state = {
      row: 0,
      async *batches(): AsyncGenerator<RecordBatch, void, void> {
        for (let row = 0; row < batch.rowCount; row++) {
          state.row = row;
          yield sliceBatch(batch, row, row + 1);
        }
      },
    };
    return state;
  }

  /** Idempotent. */
  release(): void {
    this.#reservation.release();
  }

  #take(): RecordBatch {
    this.last = this.#decoder.take();
    return this.last.batch;
  }

  #charge(): void {
    const bytes = Math.floor(this.#decoder.bufferedBytes / CHARGE_BYTES) * CHARGE_BYTES * 2;
    if (bytes !== this.#reservation.bytes) this.#reservation.resize(bytes);
  }
}
