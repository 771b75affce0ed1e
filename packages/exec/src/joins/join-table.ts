import type { ColumnVector } from '@millrace/core';
import { createKeyTable } from '../keys/create-key-table.ts';
import { type KeySpec, type KeyTable, NO_KEY } from '../keys/key-table.ts';

/** The build side of a hash join: which rows have each key, in their order. */
export class JoinTable {
  readonly #keys: KeyTable;
  /** Rows of key k: rows[starts[k] .. starts[k + 1]). */
  readonly #starts: Int32Array;
  readonly #rows: Int32Array;

  constructor(specs: readonly KeySpec[], vectors: readonly ColumnVector[], rowCount: number) {
    this.#keys = createKeyTable(specs);
    const ids = new Int32Array(rowCount);
    if (rowCount > 0) this.#keys.insert(vectors, rowCount, ids);
    const starts = new Int32Array(this.#keys.size + 1);
    let keyed = 0;
    for (const id of ids) {
      if (id === NO_KEY) continue;
      starts[id + 1]! += 1;
      keyed++;
    }
    for (let id = 0; id < this.#keys.size; id++) starts[id + 1]! += starts[id] as number;
    const cursors = starts.slice();
    this.#rows = new Int32Array(keyed);
    for (let row = 0; row < rowCount; row++) {
      const id = ids[row] as number;
      if (id !== NO_KEY) this.#rows[cursors[id]!++] = row;
    }
    this.#starts = starts;
  }

  get byteLength(): number {
    return this.#keys.byteLength + 4 * (this.#starts.length + this.#rows.length);
  }

  /** The candidate pairs of probe rows, probe row by probe row, at most `limit` at a time. */
  *pairs(
    vectors: readonly ColumnVector[],
    rowCount: number,
    limit: number,
  ): Generator<readonly [Int32Array, Int32Array], void, void> {
    const ids = new Int32Array(rowCount);
    this.#keys.find(vectors, rowCount, ids);
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
