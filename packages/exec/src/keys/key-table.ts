import { type ColumnVector, type DataType, isTextLike, sameType } from '@millrace/core';
import { BytesTable } from './bytes-table.ts';
import { Int32Table, isInt32Type } from './int32-table.ts';
import { isWordType } from './word-encoding.ts';
import { WordTable } from './word-table.ts';

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

/** A single integer has a table of its own; other keys of fixed width are compared as machine words, the rest as encoded bytes. */
export function createKeyTable(specs: readonly KeySpec[]): KeyTable {
  const [only] = specs;
  if (only !== undefined && specs.length === 1 && isInt32Type(only.type) && areSame(only)) return new Int32Table(only);
  const areWords = specs.every((spec) => isWordType(spec.type) && areSame(spec));
  return areWords ? new WordTable(specs) : new BytesTable(specs);
}

function areSame(spec: KeySpec): boolean {
  const { type, otherType } = spec;
  return otherType === undefined || sameType(type, otherType) || (isTextLike(type) && isTextLike(otherType));
}
