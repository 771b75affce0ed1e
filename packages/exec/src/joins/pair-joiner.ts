import {
  type ColumnVector,
  type Expr,
  gatherBatch,
  gatherVector,
  getBit,
  type RecordBatch,
  setBit,
} from '@millrace/core';
import type { JoinType } from '@millrace/planner';
import { pairInput } from '../expressions/inputs.ts';
import { compileRowFilter, type RowFilter } from '../expressions/row-filter.ts';
import type { ColumnLayout } from '../run/column-layout.ts';
import type { TaskContext } from '../run/task-context.ts';

/** What a join needs besides its rows. */
export interface JoinShape {
  readonly type: JoinType;
  readonly left: ColumnLayout;
  readonly right: ColumnLayout;
  /** What a pair must pass to match. */
  readonly filter: RowFilter;
}

/** The shape of a join. */
export function joinShape(
  type: JoinType,
  left: ColumnLayout,
  right: ColumnLayout,
  predicates: readonly Expr[],
): JoinShape {
  return { type, left, right, filter: compileRowFilter(predicates) };
}

/**
 * Turns candidate pairs into the join's output for one execution: checks the predicates, gathers the matches, remembers which rows matched
 * and adds the others with NULLs for outer joins. The right side is one batch.
 */
export class PairJoiner {
  readonly #shape: JoinShape;
  readonly #task: TaskContext;
  readonly #right: RecordBatch;
  /** One bit per right row that matched; null when nobody asks. */
  readonly #rightMatched: Uint8Array | null;
  #left: RecordBatch = { rowCount: 0, vectors: [] };
  #leftMatched: Uint8Array | null = null;

  constructor(shape: JoinShape, right: RecordBatch, task: TaskContext) {
    this.#shape = shape;
    this.#task = task;
    this.#right = right;
    const keepsRight = shape.type === 'right' || shape.type === 'full';
    this.#rightMatched = keepsRight ? new Uint8Array((right.rowCount + 7) >> 3) : null;
  }

  /** What it holds besides the batches, in bytes. */
  get byteLength(): number {
    return this.#rightMatched?.length ?? 0;
  }

  /** Starts the next left batch. */
  startLeft(left: RecordBatch): void {
    const { type } = this.#shape;
    const marksLeft = type === 'left' || type === 'full' || isFilter(type);
    this.#left = left;
    this.#leftMatched = marksLeft ? new Uint8Array((left.rowCount + 7) >> 3) : null;
  }

  /** Whether a row of the current left batch has matched; known for the types that keep or drop left rows by it. */
  hasMatched(leftRow: number): boolean {
    return this.#leftMatched !== null && getBit(this.#leftMatched, leftRow);
  }

  /** The joined rows of candidate pairs (row numbers of the current left batch and of the right one); none for semi and anti joins. */
  match(leftRows: Int32Array, rightRows: Int32Array): RecordBatch {
    const shape = this.#shape;
    const task = this.#task;
    const left = { layout: shape.left, batch: this.#left, rows: leftRows };
    const right = { layout: shape.right, batch: this.#right, rows: rightRows };
    const passed = shape.filter(pairInput(left, right, task.outer), task.evaluation);
    const leftOf = passed === null ? leftRows : passed.map((pair) => leftRows[pair] as number);
    const rightOf = passed === null ? rightRows : passed.map((pair) => rightRows[pair] as number);
    mark(this.#leftMatched, leftOf);
    if (isFilter(shape.type)) return NO_ROWS;
    mark(this.#rightMatched, rightOf);
    return this.#gather(leftOf, rightOf);
  }

  /**
   * The rows of the current left batch that come out when all its pairs are known: those that matched nothing, with NULLs on the right (outer
   * joins) or alone (anti), or those that matched (semi). null if there are none.
   */
  endLeft(): RecordBatch | null {
    const { type } = this.#shape;
    const rows =
      type === 'semi'
        ? marked(this.#leftMatched, this.#left.rowCount)
        : unmarked(this.#leftMatched, 0, this.#left.rowCount);
    if (rows.length === 0) return null;
    return isFilter(type) ? gatherBatch(this.#left, rows) : this.#gather(rows, new Int32Array(rows.length).fill(-1));
  }

  /** The right rows that matched nothing, with NULLs on the left, in pieces of at most `batchRows`. */
  *unmatchedRight(): Generator<RecordBatch, void, void> {
    const step = this.#task.batchRows;
    for (let start = 0; this.#rightMatched !== null && start < this.#right.rowCount; start += step) {
      const rows = unmarked(this.#rightMatched, start, Math.min(this.#right.rowCount, start + step));
      if (rows.length > 0) yield this.#gather(null, rows);
    }
  }

  #gather(leftRows: Int32Array | null, rightRows: Int32Array): RecordBatch {
    const rowCount = rightRows.length;
    const left =
      leftRows === null
        ? this.#shape.left.columns.map(
            ({ type }): ColumnVector => ({ kind: 'constant', type, value: null, length: rowCount }),
          )
        : this.#left.vectors.map((vector) => gatherVector(vector, leftRows));
    return { rowCount, vectors: [...left, ...this.#right.vectors.map((vector) => gatherVector(vector, rightRows))] };
  }
}

const NO_ROWS: RecordBatch = Object.freeze({ rowCount: 0, vectors: [] });

/** Whether the join only keeps or drops left rows. */
export function isFilter(type: JoinType): boolean {
  return type === 'semi' || type === 'anti';
}

function marked(bitmap: Uint8Array | null, end: number): Int32Array {
  const rows: number[] = [];
  if (bitmap !== null) for (let row = 0; row < end; row++) if (getBit(bitmap, row)) rows.push(row);
  return Int32Array.from(rows);
}

function mark(bitmap: Uint8Array | null, rows: Int32Array): void {
  if (bitmap === null) return;
  for (let i = 0; i < rows.length; i++) setBit(bitmap, rows[i] as number);
}

function unmarked(bitmap: Uint8Array | null, start: number, end: number): Int32Array {
  const rows: number[] = [];
  if (bitmap !== null) for (let row = start; row < end; row++) if (!getBit(bitmap, row)) rows.push(row);
  return Int32Array.from(rows);
}
