import { type ColumnVector, concatVectors, failure, gatherVector, isNullAt, valueAt } from '@millrace/core';
import type { WindowFunctionCall } from './definition.ts';
import { nthOfFrame } from './frames.ts';

/** Every row, in order: counts are evaluated for the current one. */
function allRows({ partitions }: WindowFunctionCall): Int32Array {
  return partitions.partitionOf.map((_, i) => i);
}

/** lag and lead: the value so many rows before (-1) or behind (1) the current one, in its partition; else the default, else NULL. */
export function shifted(call: WindowFunctionCall, sign: 1 | -1): ColumnVector {
  const { partitionStarts, partitionOf } = call.partitions;
  const offsets = call.argTypes.length < 2 ? null : call.argument(1, allRows(call));
  const outside: number[] = [];
  const targets = partitionOf.map((partition, i) => {
    if (offsets !== null && isNullAt(offsets, i)) return -1;
    const target = i + sign * (offsets === null ? 1 : Number(valueAt(offsets, i)));
    if (target >= (partitionStarts[partition] as number) && target < (partitionStarts[partition + 1] as number)) {
      return target;
    }
    outside.push(i);
    return -1;
  });
  const values = call.argument(0, targets);
  return call.argTypes.length < 3 ? values : withDefaults(call, values, outside);
}

function withDefaults(call: WindowFunctionCall, values: ColumnVector, outside: readonly number[]): ColumnVector {
  const defaults = call.argument(2, Int32Array.from(outside));
  const picked = allRows(call);
  for (const [k, row] of outside.entries()) picked[row] = values.length + k;
  return gatherVector(concatVectors(call.returns, [values, defaults]), picked);
}

/** first_value (0) and last_value (-1) of the frame; NULL for an empty one. */
export function edgeValue(call: WindowFunctionCall, n: 0 | -1): ColumnVector {
  const { frames, partitions } = call;
  return call.argument(
    0,
    partitions.partitionOf.map((_, i) => nthOfFrame(frames, partitions, i, n)),
  );
}

/** nth_value: from 1; NULL if the frame has fewer rows; 22016 for n below 1. */
export function nthValue(call: WindowFunctionCall): ColumnVector {
  const { frames, partitions } = call;
  const ns = call.argument(1, allRows(call));
  const targets = partitions.partitionOf.map((_, i) => {
    if (isNullAt(ns, i)) return -1;
    const n = valueAt(ns, i) as number;
    if (n <= 0) throw failure('invalidNthArgument');
    return nthOfFrame(frames, partitions, i, n - 1);
  });
  return call.argument(0, targets);
}
