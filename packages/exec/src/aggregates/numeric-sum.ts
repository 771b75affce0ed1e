import {
  type ColumnVector,
  divideNumeric,
  formatNumeric,
  makeNumeric,
  type Value,
  vectorFromValues,
} from '@millrace/core';
import type { Accumulator, AggregateCall } from './definition.ts';
import { NumericSums } from './numeric-sums.ts';

/** sum(int8), sum(numeric) and avg of every exact type, to numeric; the quotient has PostgreSQL's scale. NULL for no values. */
export class NumericSumAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #isAverage: boolean;
  readonly #sums: NumericSums = new NumericSums();
  /** Of integers only: numerics have display scales, which no row can take back. */
  readonly remove?: NonNullable<Accumulator['remove']>;

  constructor(call: AggregateCall, isAverage: boolean) {
    this.#call = call;
    this.#isAverage = isAverage;
    if (call.argTypes[0]?.kind === 'numeric') return;
    this.remove = (groupIds, args, to, from) =>
      this.#sums.removeIntegers(groupIds, args[0] as ColumnVector, { from, to });
  }

  get byteLength(): number {
    return this.#sums.byteLength;
  }

  resize(groupCount: number): void {
    this.#sums.resize(groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    this.#sums.update(groupIds, args[0] as ColumnVector, { from, to: rowCount });
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) values.push(this.value(group));
    return vectorFromValues(this.#call.returns, values);
  }

  value(group: number): Value {
    const count = this.#sums.count(group);
    if (count === 0) return null;
    const sum = this.#sums.total(group);
    return formatNumeric(this.#isAverage ? divideNumeric(sum, makeNumeric(BigInt(count), 0)) : sum);
  }
}
