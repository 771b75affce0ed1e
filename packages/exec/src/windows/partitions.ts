import type { ColumnVector } from '@millrace/core';
import { type OrderKey, rowComparator, sortedRows, type ValueComparator } from '../order/row-comparator.ts';

/**
 * Sorted rows in runs: partitions of rows with equal keys, and in them groups of peers, which the order does not tell apart. Run r is the rows
 * `starts[r] .. starts[r + 1] - 1`.
 */
export interface Partitions {
  readonly rowCount: number;
  readonly partitionStarts: Int32Array;
  readonly groupStarts: Int32Array;
  /** The number of each row's partition and group of peers. */
  readonly partitionOf: Int32Array;
  readonly groupOf: Int32Array;
}

/** What a window sorts by. */
export interface WindowKeys {
  readonly partitionBy: readonly ColumnVector[];
  readonly orderBy: readonly ColumnVector[];
  readonly orderKeys: readonly OrderKey[];
}

/** NULLs last, as PostgreSQL sorts partitions. */
const PARTITION_KEY: OrderKey = Object.freeze({ descending: false, nullsFirst: false });

/** The rows in the order of partitions and keys, stable; null if they come in it already (from another window of the same order). */
export function windowOrder(keys: WindowKeys, rowCount: number): Int32Array | null {
  const specs = [...keys.partitionBy.map(() => PARTITION_KEY), ...keys.orderKeys];
  if (specs.length === 0) return null;
  const vectors = [...keys.partitionBy, ...keys.orderBy];
  const compare = rowComparator(specs, vectors, vectors);
  return isSorted(rowCount, compare) ? null : sortedRows(rowCount, compare);
}

function isSorted(rowCount: number, compare: ValueComparator): boolean {
  for (let i = 1; i < rowCount; i++) if (compare(i - 1, i) > 0) return false;
  return true;
}

/** The runs of rows that are sorted. */
export function partitionsOf(keys: WindowKeys, rowCount: number): Partitions {
  const partitionKeys = keys.partitionBy.map(() => PARTITION_KEY);
  const samePartition = rowComparator(partitionKeys, keys.partitionBy, keys.partitionBy);
  const samePeers = rowComparator(keys.orderKeys, keys.orderBy, keys.orderBy);
  const partitionOf = new Int32Array(rowCount);
  const groupOf = new Int32Array(rowCount);
  const partitionStarts: number[] = rowCount === 0 ? [] : [0];
  const groupStarts: number[] = rowCount === 0 ? [] : [0];
  for (let i = 1; i < rowCount; i++) {
    const isNew = samePartition(i - 1, i) !== 0;
    if (isNew) partitionStarts.push(i);
    if (isNew || samePeers(i - 1, i) !== 0) groupStarts.push(i);
    partitionOf[i] = partitionStarts.length - 1;
    groupOf[i] = groupStarts.length - 1;
  }
  return {
    rowCount,
    partitionStarts: Int32Array.from([...partitionStarts, rowCount]),
    groupStarts: Int32Array.from([...groupStarts, rowCount]),
    partitionOf,
    groupOf,
  };
}

/** The bytes that the runs hold. */
export function partitionsBytes({ partitionStarts, groupStarts, partitionOf }: Partitions): number {
  return 4 * (partitionStarts.length + groupStarts.length + 2 * partitionOf.length);
}
