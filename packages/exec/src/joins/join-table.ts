import { type ColumnVector, getBit } from '@millrace/core';
import { createKeyTable } from '../keys/create-key-table.ts';
import { type KeySpec, type KeyTable, NO_KEY } from '../keys/key-table.ts';
import type { CandidateRows } from './first-match.ts';

/** What a join table may be told. */
export interface JoinTableOptions {
  /** A bitmap of the rows that are in it. Default: all. */
  readonly only?: Uint8Array | null;
  /** See `TaskContext.hashMask`. */
  readonly hashMask?: number | undefined;
}

/** The build side of a hash join: which rows have each key, in their order. */
export class JoinTable {
  /** null: there are no keys, all rows are equal. */
  readonly #keys: KeyTable | null;
  /** Rows of key k: rows[starts[k] .. starts[k + 1]). */
  readonly #starts: Int32Array;
  readonly #rows: Int32Array;

  constructor(
    specs: readonly KeySpec[],
    vectors: readonly ColumnVector[],
    rowCount: number,
    { only = null, hashMask }: JoinTableOptions = {},
  ) {
    this.#keys = specs.length === 0 ? null : createKeyTable(specs, hashMask);
    const ids = new Int32Array(rowCount);
    if (rowCount > 0) this.#keys?.insert(vectors, rowCount, ids);
    const keyCount = this.#keys === null ? 1 : this.#keys.size;
    const starts = new Int32Array(keyCount + 1);
    let keyed = 0;
    for (let row = 0; row < rowCount; row++) {
      if (only !== null && !getBit(only, row)) ids[row] = NO_KEY;
      const id = ids[row] as number;
      if (id === NO_KEY) continue;
      starts[id + 1]! += 1;
      keyed++;
    }
    for (let id = 0; id < keyCount; id++) starts[id + 1]! += starts[id] as number;
    const cursors = starts.slice();
    this.#rows = new Int32Array(keyed);
    for (let row = 0; row < rowCount; row++) {
      const id = ids[row] as number;
      if (id !== NO_KEY) this.#rows[cursors[id]!++] = row;
    }
    this.#starts = starts;
  }

  get byteLength(): number {
    return (this.#keys?.byteLength ?? 0) + 4 * (this.#starts.length + this.#rows.length);
  }

  /** The rows that have the keys of probe rows. */
  candidates(vectors: readonly ColumnVector[], rowCount: number): CandidateRows {
    const ids = this.#find(vectors, rowCount);
    const [starts, rows] = [this.#starts, this.#rows];
    return {
      count: (row) => {
        const id = ids[row] as number;
        return id === NO_KEY ? 0 : (starts[id + 1] as number) - (starts[id] as number);
      },
      at: (row, k) => rows[(starts[ids[row] as number] as number) + k] as number,
    };
  }

  #find(vectors: readonly ColumnVector[], rowCount: number): Int32Array {
    const ids = new Int32Array(rowCount);
    this.#keys?.find(vectors, rowCount, ids);
    return ids;
  }

  /** The candidate pairs of probe rows, probe row by probe row, at most `limit` at a time. */
  *pairs(
    vectors: readonly ColumnVector[],
    rowCount: number,
    limit: number,
  ): Generator<readonly [Int32Array, Int32Array], void, void> {
    const ids = this.#find(vectors, rowCount);
    let probeRows = new Int32Array(limit);
    let buildRows = new Int32Array(limit);
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      const id = ids[row] as number;
      if (id === NO_KEY) continue;
      const end = this.#starts[id + 1] as number;
      for (let k = this.#starts[id] as number; k < end; k++) {
        probeRows[count] = row;
        buildRows[count++] = this.#rows[k] as number;
        if (count < limit) continue;
        yield [probeRows, buildRows];
        probeRows = new Int32Array(limit);
        buildRows = new Int32Array(limit);
        count = 0;
      }
    }
    if (count > 0) yield [probeRows.subarray(0, count), buildRows.subarray(0, count)];
  }
}
