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
import { grown } from './group-arrays.ts';

/** Whether a finite computation left the range of its type. */
export function overflowed(result: number, ...operands: readonly number[]): boolean {
  return (
    !Number.isFinite(result) &&
    !Number.isNaN(result) &&
    operands.every((operand) => Math.abs(operand) !== Number.POSITIVE_INFINITY)
  );
}

/** sum(float4) in single and sum(float8) in double precision, in input order; 22003 on overflow; NULL for no values. */
export class FloatSumAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #isSingle: boolean;
  #sums: Float64Array = new Float64Array(0);
  #hasValue: Uint8Array = new Uint8Array(0);

  constructor(call: AggregateCall) {
    this.#call = call;
    this.#isSingle = call.returns.kind === 'float4';
  }

  get byteLength(): number {
    return this.#sums.length * 9;
  }

  resize(groupCount: number): void {
    this.#sums = grown(this.#sums, groupCount);
    this.#hasValue = grown(this.#hasValue, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const vector = flattenVector(args[0] as ColumnVector);
    assert(vector.kind === 'fixed', 'floats have a fixed width');
    const sums = this.#sums;
    for (let i = from; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      const value = vector.values[i] as number;
      if (this.#hasValue[group] === 0) {
        this.#hasValue[group] = 1;
        sums[group] = value;
        continue;
      }
      const before = sums[group] as number;
      const exact = before + value;
      const sum = this.#isSingle ? Math.fround(exact) : exact;
      if (overflowed(sum, before, value)) throw failure('floatOutOfRange', { what: 'overflow' });
      sums[group] = sum;
    }
  }

  value(group: number): Value {
    return this.#hasValue[group] === 1 ? (this.#sums[group] as number) : null;
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) {
      values.push(this.value(group));
    }
    return vectorFromValues(this.#call.returns, values);
  }
}
