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
  readonly #divide: (args: readonly Value[]) => Value;
  readonly #sums: (Interval | undefined)[] = [];
  #counts: Float64Array = new Float64Array(0);

  constructor(call: AggregateCall, isAverage: boolean) {
    this.#call = call;
    this.#isAverage = isAverage;
    const { evaluation, returns } = call;
    this.#divide = rowFunction(evaluation, '/(interval,float8)', { args: [returns, types.float8], returns });
  }

  get byteLength(): number {
    return this.#counts.length * 8 + this.#sums.length * 64;
  }

  resize(groupCount: number): void {
    this.#counts = grown(this.#counts, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const vector = args[0] as ColumnVector;
    for (let i = from; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      const value = valueAt(vector, i) as Interval;
      const sum = this.#sums[group];
      this.#sums[group] = sum === undefined ? value : addIntervals(sum, value);
      this.#counts[group]! += 1;
    }
  }

  value(group: number): Value {
    const sum = this.#sums[group];
    if (sum === undefined) return null;
    return this.#isAverage ? this.#divide([sum, this.#counts[group] as number]) : sum;
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) values.push(this.value(group));
    return vectorFromValues(this.#call.returns, values);
  }
}
