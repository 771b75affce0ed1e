import {
  assert,
  type ColumnVector,
  failure,
  flattenVector,
  isNullAt,
  type Value,
  vectorFromValues,
} from '@millrace/core';
import type { Accumulator, AggregateCall } from './definition.ts';
import { ExactSums } from './exact-sums.ts';
import { grown } from './group-arrays.ts';

const INT8_MAX = 2n ** 63n - 1n;

/** sum(int2) and sum(int4) to int8: exact, 22003 when the result does not fit; NULL for no values. */
export class IntegerSumAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #sums: ExactSums = new ExactSums();
  #counts: Int32Array = new Int32Array(0);

  constructor(call: AggregateCall) {
    this.#call = call;
  }

  get byteLength(): number {
    return this.#sums.byteLength + this.#counts.length * 4;
  }

  resize(groupCount: number): void {
    this.#sums.resize(groupCount);
    this.#counts = grown(this.#counts, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const vector = flattenVector(args[0] as ColumnVector);
    assert(vector.kind === 'fixed', 'integers have a fixed width');
    for (let i = from; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      this.#counts[group]! += 1;
      this.#sums.addNumber(group, vector.values[i] as number);
    }
  }

  remove(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from: number): void {
    const vector = flattenVector(args[0] as ColumnVector);
    assert(vector.kind === 'fixed', 'integers have a fixed width');
    for (let i = from; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      this.#counts[group]! -= 1;
      this.#sums.addNumber(group, -(vector.values[i] as number));
    }
  }

  value(group: number): Value {
    if (this.#counts[group] === 0) return null;
    const total = this.#sums.total(group);
    if (total > INT8_MAX || total < -INT8_MAX - 1n) throw failure('outOfRange', { what: 'bigint' });
    return total;
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) values.push(this.value(group));
    return vectorFromValues(this.#call.returns, values);
  }
}
