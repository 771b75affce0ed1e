import {
  concatBatches,
  type DataType,
  type MemoryBudget,
  type MemoryReservation,
  type RecordBatch,
  sliceBatch,
} from '@millrace/core';

/** Rows of one or more records, in lsn order. Charged to the budget until the memory table and every pin have let go of it. */
interface Chunk {
  readonly batch: RecordBatch;
  /** The records' lsns, ascending, and where each one's rows end. */
  readonly lsns: readonly bigint[];
  readonly ends: readonly number[];
  readonly reservation: MemoryReservation;
  holders: number;
}

/** Rows that a pin or a flush keeps alive. */
export interface HeldRows {
  readonly batches: readonly RecordBatch[];
  readonly rowCount: number;
  /** The last lsn in it; null if it is empty. */
  readonly lastLsn: bigint | null;
  /** Idempotent. */
  release(): void;
}

/** A record's rows of one table: visible together, and in storage together. */
export interface MemoryRecord {
  readonly lsn: bigint;
  readonly batches: readonly RecordBatch[];
}

/** Chunks up to this many rows are merged with their neighbours, so that a scan does not meet one batch per INSERT. */
const MERGED_ROWS_MAX = 4_096;

/**
 * The rows of one table that are visible and not in its storage yet. Law: what is held is not changed; a row belongs to the lsn of its
 * record, and every boundary between records can be cut at.
 */
export class MemoryTable {
  readonly #types: readonly DataType[];
  readonly #budget: MemoryBudget;
  #chunks: Chunk[] = [];
  #rowCount = 0;
  #byteCount = 0;
  /** A flush is reading up to here; merging would only copy rows that go soon. */
  #sealedLsn = -1n;

  constructor(types: readonly DataType[], budget: MemoryBudget) {
    this.#types = types;
    this.#budget = budget;
  }

  get rowCount(): number {
    return this.#rowCount;
  }
  get byteCount(): number {
    return this.#byteCount;
  }
  /** null if it is empty. */
  get firstLsn(): bigint | null {
    return this.#chunks[0]?.lsns[0] ?? null;
  }
  /** null if it is empty. */
  get lastLsn(): bigint | null {
    return this.#chunks.at(-1)?.lsns.at(-1) ?? null;
  }

  /** Adds a record's rows; takes the reservation over. `lsn` is never below an earlier one. */
  append(lsn: bigint, batch: RecordBatch, reservation: MemoryReservation): void {
    if (batch.rowCount === 0) {
      reservation.release();
      return;
    }
    this.#chunks.push({ batch, lsns: [lsn], ends: [batch.rowCount], reservation, holders: 1 });
    this.#rowCount += batch.rowCount;
    this.#byteCount += reservation.bytes;
    while (this.#mergeLast()) {}
  }

  /** The rows with after < lsn <= upTo, kept until released. */
  hold(after: bigint, upTo: bigint): HeldRows {
    const held: Chunk[] = [];
    const batches: RecordBatch[] = [];
    let rowCount = 0;
    let lastLsn: bigint | null = null;
    for (const chunk of this.#chunks) {
      const rows = rowsBetween(chunk, after, upTo);
      if (rows === null) continue;
      held.push(chunk);
      chunk.holders++;
      batches.push(rows.batch);
      rowCount += rows.batch.rowCount;
      lastLsn = rows.lastLsn;
    }
    let isReleased = false;
    return {
      batches,
      rowCount,
      lastLsn,
      release: (): void => {
        if (isReleased) return;
        isReleased = true;
        for (const chunk of held) letGo(chunk);
      },
    };
  }

  /** The first lsn above `after`; null if there is none. */
  firstLsnAfter(after: bigint): bigint | null {
    for (const chunk of this.#chunks) {
      const lsn = chunk.lsns.find((one) => one > after);
      if (lsn !== undefined) return lsn;
    }
    return null;
  }

  /** The records above `after`, in lsn order, each with all its rows. The caller holds what it needs across a wait. */
  recordsAfter(after: bigint): readonly MemoryRecord[] {
    const records = new Map<bigint, RecordBatch[]>();
    for (const chunk of this.#chunks) {
      for (const lsn of chunk.lsns) {
        const rows = lsn > after ? rowsBetween(chunk, lsn - 1n, lsn) : null;
        if (rows !== null) records.set(lsn, [...(records.get(lsn) ?? []), rows.batch]);
      }
    }
    return [...records].map(([lsn, batches]) => ({ lsn, batches }));
  }

  /** Nothing at or below `lsn` is merged any more. */
  seal(lsn: bigint): void {
    if (lsn > this.#sealedLsn) this.#sealedLsn = lsn;
  }

  /** Forgets the rows at or below `lsn`: they are in storage. */
  dropUpTo(lsn: bigint): void {
    const kept: Chunk[] = [];
    for (const chunk of this.#chunks) {
      const rest = rowsBetween(chunk, lsn, null);
      if (rest?.batch === chunk.batch) {
        kept.push(chunk);
        continue;
      }
      this.#rowCount -= chunk.batch.rowCount - (rest?.batch.rowCount ?? 0);
      if (rest === null) {
        this.#byteCount -= chunk.reservation.bytes;
        letGo(chunk);
      } else kept.push({ ...chunk, ...rest, holders: 1, reservation: shared(chunk) });
    }
    this.#chunks = kept;
  }

  #mergeLast(): boolean {
    const last = this.#chunks.at(-1);
    const previous = this.#chunks.at(-2);
    if (last === undefined || previous === undefined || previous.lsns.at(-1)! <= this.#sealedLsn) return false;
    const offset = previous.batch.rowCount;
    if (offset > 2 * last.batch.rowCount || offset + last.batch.rowCount > MERGED_ROWS_MAX) return false;
    const reservation = this.#budget.tryReserve(previous.reservation.bytes + last.reservation.bytes);
    if (reservation === null) return false;
    const isSameRecord = previous.lsns.at(-1) === last.lsns[0];
    const cut = isSameRecord ? -1 : previous.lsns.length;
    this.#chunks.splice(-2, 2, {
      batch: concatBatches(this.#types, [previous.batch, last.batch]),
      lsns: [...previous.lsns.slice(0, cut), ...last.lsns],
      ends: [...previous.ends.slice(0, cut), ...last.ends.map((end) => end + offset)],
      reservation,
      holders: 1,
    });
    letGo(previous);
    letGo(last);
    return true;
  }
}

function letGo(chunk: Chunk): void {
  chunk.holders--;
  if (chunk.holders === 0) chunk.reservation.release();
}

/** A reservation that keeps the chunk it is a part of charged. */
function shared(chunk: Chunk): MemoryReservation {
  return {
    bytes: chunk.reservation.bytes,
    resize: (bytes) => chunk.reservation.resize(bytes),
    release: () => letGo(chunk),
  };
}

/** The chunk's rows with after < lsn <= upTo (null = no bound), or null if there are none. The whole chunk's batch is not sliced. */
function rowsBetween(
  chunk: Chunk,
  after: bigint,
  upTo: bigint | null,
): {
  readonly batch: RecordBatch;
  readonly lsns: readonly bigint[];
  readonly ends: readonly number[];
  readonly lastLsn: bigint;
} | null {
  const { lsns, ends, batch } = chunk;
  let first = 0;
  while (first < lsns.length && lsns[first]! <= after) first++;
  let past = lsns.length;
  while (upTo !== null && past > first && lsns[past - 1]! > upTo) past--;
  if (first === past) return null;
  const lastLsn = lsns[past - 1]!;
  if (first === 0 && past === lsns.length) return { batch, lsns, ends, lastLsn };
  const start = first === 0 ? 0 : ends[first - 1]!;
  return {
    batch: sliceBatch(batch, start, ends[past - 1]!),
    lsns: lsns.slice(first, past),
    ends: ends.slice(first, past).map((end) => end - start),
    lastLsn,
  };
}
