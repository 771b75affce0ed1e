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
  #hasValue: Uint8Array = new Uint8Array(0);

  constructor(call: AggregateCall) {
    this.#call = call;
  }

  get byteLength(): number {
    return this.#sums.byteLength + this.#hasValue.length;
  }

  resize(groupCount: number): void {
    this.#sums.resize(groupCount);
    this.#hasValue = grown(this.#hasValue, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number): void {
    const vector = flattenVector(args[0] as ColumnVector);
    assert(vector.kind === 'fixed', 'integers have a fixed width');
    for (let i = 0; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      this.#hasValue[group] = 1;
      this.#sums.addNumber(group, vector.values[i] as number);
    }
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) {
      const total = this.#sums.total(group);
      if (total > INT8_MAX || total < -INT8_MAX - 1n) throw failure('outOfRange', { what: 'bigint' });
      values.push(this.#hasValue[group] === 1 ? total : null);
    }
    return vectorFromValues(this.#call.returns, values);
  }
}
