import { type ColumnVector, failure, isNullAt, setBit, types, valueAt } from '@millrace/core';
import type { WindowFunctionCall } from './definition.ts';
import type { Partitions } from './partitions.ts';

/** The first row of each row's partition, the number of its rows, and where the row's peers begin and end. */
interface Place {
  readonly first: number;
  readonly size: number;
  readonly peersStart: number;
  readonly peersEnd: number;
}

function placeOf({ partitionStarts, partitionOf, groupStarts, groupOf }: Partitions, i: number): Place {
  const partition = partitionOf[i] as number;
  const group = groupOf[i] as number;
  const first = partitionStarts[partition] as number;
  return {
    first,
    size: (partitionStarts[partition + 1] as number) - first,
    peersStart: groupStarts[group] as number,
    peersEnd: groupStarts[group + 1] as number,
  };
}

function int8s({ rowCount }: Partitions, numberOf: (i: number) => number): ColumnVector {
  const values = new BigInt64Array(rowCount);
  for (let i = 0; i < rowCount; i++) values[i] = BigInt(numberOf(i));
  return { kind: 'fixed', type: types.int8, length: rowCount, validity: null, values };
}

function float8s(partitions: Partitions, shareOf: (place: Place) => number): ColumnVector {
  const values = new Float64Array(partitions.rowCount);
  for (let i = 0; i < values.length; i++) values[i] = shareOf(placeOf(partitions, i));
  return { kind: 'fixed', type: types.float8, length: values.length, validity: null, values };
}

/** row_number(): from 1, in the order of the window; peers in the order they came. */
export function rowNumber({ partitions }: WindowFunctionCall): ColumnVector {
  const { partitionStarts, partitionOf } = partitions;
  return int8s(partitions, (i) => i - (partitionStarts[partitionOf[i] as number] as number) + 1);
}

/** rank(): the row number of the first peer. */
export function rank({ partitions }: WindowFunctionCall): ColumnVector {
  const { partitionStarts, partitionOf, groupStarts, groupOf } = partitions;
  return int8s(
    partitions,
    (i) => (groupStarts[groupOf[i] as number] as number) - (partitionStarts[partitionOf[i] as number] as number) + 1,
  );
}

/** dense_rank(): the number of the group of peers. */
export function denseRank({ partitions }: WindowFunctionCall): ColumnVector {
  const { partitionStarts, partitionOf, groupOf } = partitions;
  return int8s(partitions, (i) => {
    const first = partitionStarts[partitionOf[i] as number] as number;
    return (groupOf[i] as number) - (groupOf[first] as number) + 1;
  });
}

/** percent_rank(): (rank - 1) / (rows - 1), 0 for a single row. */
export function percentRank({ partitions }: WindowFunctionCall): ColumnVector {
  return float8s(partitions, ({ first, size, peersStart }) => (size === 1 ? 0 : (peersStart - first) / (size - 1)));
}

/** cume_dist(): the share of rows up to the last peer. */
export function cumeDist({ partitions }: WindowFunctionCall): ColumnVector {
  return float8s(partitions, ({ first, size, peersEnd }) => (peersEnd - first) / size);
}

/**
 * ntile(n): buckets as equal as can be, the larger ones first. The first n of a partition that is not NULL holds for the rest of it; rows before
 * have NULL, and are not counted.
 */
export function ntile(call: WindowFunctionCall): ColumnVector {
  const { partitions } = call;
  const values = new Int32Array(partitions.rowCount);
  const validity = new Uint8Array((partitions.rowCount + 7) >> 3);
  let waiting: readonly number[] = Array.from(partitions.partitionStarts.subarray(0, -1));
  while (waiting.length > 0) {
    const counts = call.argument(0, Int32Array.from(waiting));
    waiting = waiting.flatMap((from, k) => {
      const partition = partitions.partitionOf[from] as number;
      const end = partitions.partitionStarts[partition + 1] as number;
      if (isNullAt(counts, k)) return from + 1 < end ? [from + 1] : [];
      const first = partitions.partitionStarts[partition] as number;
      fillBuckets(values, { from, end, size: end - first, buckets: valueAt(counts, k) as number });
      for (let i = from; i < end; i++) setBit(validity, i);
      return [];
    });
  }
  return { kind: 'fixed', type: types.int4, length: values.length, validity, values };
}

interface Buckets {
  readonly from: number;
  readonly end: number;
  /** Rows of the whole partition: what the buckets' sizes follow from. */
  readonly size: number;
  readonly buckets: number;
}

function fillBuckets(values: Int32Array, { from, end, size, buckets }: Buckets): void {
  if (buckets <= 0) throw failure('invalidNtileArgument');
  const least = Math.floor(size / buckets);
  const larger = size % buckets;
  let bucket = 1;
  let left = bucketSize(bucket, least, larger);
  for (let i = from; i < end; i++) {
    if (left === 0) left = bucketSize(++bucket, least, larger);
    values[i] = bucket;
    left--;
  }
}

function bucketSize(bucket: number, least: number, larger: number): number {
  return Math.max(1, bucket <= larger ? least + 1 : least);
}
