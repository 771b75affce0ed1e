import type { ColumnVector, DataType } from '@millrace/core';

/** A key of a hash table: its type, and the type it will be compared with (a join's other side). */
export interface KeySpec {
  readonly type: DataType;
  readonly otherType?: DataType;
  /** Whether NULL is equal to NULL (GROUP BY, DISTINCT, IS NOT DISTINCT FROM) or matches nothing (`=`). */
  readonly nullsMatch: boolean;
}

/** No key: a row whose key holds a NULL that matches nothing, or (in `find`) that the table does not have. */
export const NO_KEY: number = -1;

/**
 * Numbers the distinct keys of rows from 0 in order of first appearance. Equality is SQL's: NaN = NaN, -0 = 0, 1.0 = 1.00,
 * `1 mon` = `30 days`, bpchar without trailing blanks; NULLs as the spec says.
 */
export interface KeyTable {
  readonly size: number;
  /** What it holds, in bytes. */
  readonly byteLength: number;
  /** Writes the number of each row's key to `ids`, adding new keys; returns the rows that brought new keys, in order. */
  insert(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): Int32Array;
  /** Writes the number of each row's key to `ids`, NO_KEY if it is not there. */
  find(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): void;
}
