import {
  addIntervals,
  type ColumnVector,
  type Interval,
  isNullAt,
  types,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import type { Accumulator, AggregateCall } from './definition.ts';
import { grown } from './group-arrays.ts';
import { rowFunction } from './row-function.ts';

/** sum and avg of intervals, part by part; 22008 on overflow; NULL for no values. */
export class IntervalSumAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #isAverage: boolean;
  readonly #sums: (Interval | undefined)[] = [];
  #counts: Float64Array = new Float64Array(0);

  constructor(call: AggregateCall, isAverage: boolean) {
    this.#call = call;
    this.#isAverage = isAverage;
  }

  get byteLength(): number {
    return this.#counts.length * 8 + this.#sums.length * 64;
  }

  resize(groupCount: number): void {
    this.#counts = grown(this.#counts, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number): void {
    const vector = args[0] as ColumnVector;
    for (let i = 0; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      const value = valueAt(vector, i) as Interval;
      const sum = this.#sums[group];
      this.#sums[group] = sum === undefined ? value : addIntervals(sum, value);
      this.#counts[group]! += 1;
    }
  }

  finish(groupCount: number): ColumnVector {
    const { evaluation, returns } = this.#call;
    const divide = rowFunction(evaluation, '/(interval,float8)', { args: [returns, types.float8], returns });
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) {
      const sum = this.#sums[group];
      const count = this.#counts[group] as number;
      values.push(sum === undefined ? null : this.#isAverage ? divide([sum, count]) : sum);
    }
    return vectorFromValues(this.#call.returns, values);
  }
}
