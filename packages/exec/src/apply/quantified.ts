import { type ColumnVector, type CompareOp, isNullAt, type RecordBatch } from '@millrace/core';
import { createKeyTable } from '../keys/create-key-table.ts';
import { type KeyTable, NO_KEY } from '../keys/key-table.ts';
import { type ValueComparator, valueComparator } from '../order/row-comparator.ts';

/** TRUE, FALSE or NULL. */
export type Truth = boolean | null;

/** `left op row` of one left row against one row of a batch. */
type RowTest = (leftRow: number, row: number) => Truth;

/** Row comparison: `=` and `<>` over all columns, the others by the first columns that differ; NULL where a NULL decides. */
export function rowTest(op: CompareOp, left: readonly ColumnVector[], right: readonly ColumnVector[]): RowTest {
  const comparators = left.map((vector, k) => valueComparator(vector, right[k] as ColumnVector));
  const sign = (i: number, j: number): number | null => compareRow(left, right, comparators, i, j);
  switch (op) {
    case '=':
      return (i, j) => negate(isUnequal(left, right, comparators, i, j));
    case '<>':
      return (i, j) => isUnequal(left, right, comparators, i, j);
    case 'is-distinct':
      return (i, j) => isDistinct(left, right, comparators, i, j);
    case 'is-not-distinct':
      return (i, j) => !isDistinct(left, right, comparators, i, j);
    case '<':
      return ordered(sign, (s) => s < 0);
    case '<=':
      return ordered(sign, (s) => s <= 0);
    case '>':
      return ordered(sign, (s) => s > 0);
    case '>=':
      return ordered(sign, (s) => s >= 0);
    default:
      return op satisfies never;
  }
}

function negate(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function ordered(sign: (i: number, j: number) => number | null, test: (sign: number) => boolean): RowTest {
  return (i, j) => {
    const result = sign(i, j);
    return typeof result === 'number' ? test(result) : null;
  };
}

type Columns = readonly ColumnVector[];

/** The sign of the first columns that differ; null when a NULL comes before them. */
function compareRow(
  left: Columns,
  right: Columns,
  comparators: readonly ValueComparator[],
  i: number,
  j: number,
): number | null {
  for (let k = 0; k < comparators.length; k++) {
    if (isNullAt(left[k] as ColumnVector, i) || isNullAt(right[k] as ColumnVector, j)) return null;
    const sign = (comparators[k] as ValueComparator)(i, j);
    if (sign !== 0) return sign;
  }
  return 0;
}

function isUnequal(
  left: Columns,
  right: Columns,
  comparators: readonly ValueComparator[],
  i: number,
  j: number,
): Truth {
  let hasNull = false;
  for (let k = 0; k < comparators.length; k++) {
    if (isNullAt(left[k] as ColumnVector, i) || isNullAt(right[k] as ColumnVector, j)) hasNull = true;
    else if ((comparators[k] as ValueComparator)(i, j) !== 0) return true;
  }
  return hasNull ? null : false;
}

function isDistinct(
  left: Columns,
  right: Columns,
  comparators: readonly ValueComparator[],
  i: number,
  j: number,
): boolean {
  for (let k = 0; k < comparators.length; k++) {
    const isLeftNull = isNullAt(left[k] as ColumnVector, i);
    if (isLeftNull !== isNullAt(right[k] as ColumnVector, j)) return true;
    if (!isLeftNull && (comparators[k] as ValueComparator)(i, j) !== 0) return true;
  }
  return false;
}

/** ANY over rows seen so far, or ALL by looking for FALSE instead of TRUE. */
export class QuantifiedFold {
  readonly #decisive: boolean;
  #hasNull = false;
  #isDecided = false;

  constructor(quantifier: 'any' | 'all') {
    this.#decisive = quantifier === 'any';
  }

  /** Adds the rows of a batch; true when the result is known already. */
  add(test: RowTest, leftRow: number, rowCount: number): boolean {
    for (let row = 0; row < rowCount; row++) {
      const truth = test(leftRow, row);
      if (truth === null) this.#hasNull = true;
      else if (truth === this.#decisive) {
        this.#isDecided = true;
        return true;
      }
    }
    return false;
  }

  get result(): Truth {
    if (this.#isDecided) return this.#decisive;
    return this.#hasNull ? null : !this.#decisive;
  }
}

/** `x = ANY (rows)` and `x <> ALL (rows)` of one column against rows that do not change: a hash table instead of a loop. */
export class Membership {
  readonly #table: KeyTable;
  readonly #isNegated: boolean;
  #hasRows = false;
  #hasNull = false;

  constructor(
    left: ColumnVector,
    right: { readonly type: ColumnVector['type']; readonly batches: readonly RecordBatch[] },
    options: { readonly isNegated: boolean; readonly hashMask: number | undefined },
  ) {
    this.#isNegated = options.isNegated;
    this.#table = createKeyTable([{ type: right.type, otherType: left.type, nullsMatch: false }], options.hashMask);
    for (const batch of right.batches) {
      const ids = new Int32Array(batch.rowCount);
      this.#table.insert(batch.vectors, batch.rowCount, ids);
      if (batch.rowCount > 0) this.#hasRows = true;
      if (ids.includes(NO_KEY)) this.#hasNull = true;
    }
  }

  get byteLength(): number {
    return this.#table.byteLength;
  }

  /** The truth of every row of the left vector. */
  test(left: ColumnVector, rowCount: number): Truth[] {
    const ids = new Int32Array(rowCount);
    this.#table.find([left], rowCount, ids);
    const isMember = (row: number): Truth => {
      if (ids[row] !== NO_KEY) return true;
      if (!this.#hasRows) return false;
      return this.#hasNull || isNullAt(left, row) ? null : false;
    };
    return Array.from(ids, (_, row) => (this.#isNegated ? negate(isMember(row)) : isMember(row)));
  }
}
