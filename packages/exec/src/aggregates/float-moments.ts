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
import { overflowed } from './float-sum.ts';
import { grown } from './group-arrays.ts';
import type { VarianceKind } from './numeric-variance.ts';

/**
 * avg, variance and stddev of floats in double precision: count, sum and sum of squared differences from the mean, updated as Youngs and
 * Cramer (1971) do, which is also what PostgreSQL does, so that the last digit agrees.
 */
export class FloatMomentsAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  /** null = avg. */
  readonly #kind: VarianceKind | null;
  #counts: Float64Array = new Float64Array(0);
  #sums: Float64Array = new Float64Array(0);
  #squares: Float64Array = new Float64Array(0);

  constructor(call: AggregateCall, kind: VarianceKind | null) {
    this.#call = call;
    this.#kind = kind;
  }

  get byteLength(): number {
    return this.#counts.length * 24;
  }

  resize(groupCount: number): void {
    this.#counts = grown(this.#counts, groupCount);
    this.#sums = grown(this.#sums, groupCount);
    this.#squares = grown(this.#squares, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const vector = flattenVector(args[0] as ColumnVector);
    assert(vector.kind === 'fixed', 'floats have a fixed width');
    for (let i = from; i < rowCount; i++) {
      if (!isNullAt(vector, i)) this.#add(groupIds[i] as number, vector.values[i] as number);
    }
  }

  #add(group: number, value: number): void {
    const before = this.#counts[group] as number;
    const sumBefore = this.#sums[group] as number;
    const count = before + 1;
    const sum = sumBefore + value;
    this.#counts[group] = count;
    this.#sums[group] = sum;
    if (before === 0) {
      if (!Number.isFinite(value)) this.#squares[group] = Number.NaN;
      return;
    }
    const difference = value * count - sum;
    const squares = (this.#squares[group] as number) + (difference * difference) / (count * before);
    this.#squares[group] = squares;
    const isInfinite = Math.abs(sum) === Number.POSITIVE_INFINITY || Math.abs(squares) === Number.POSITIVE_INFINITY;
    if (!isInfinite) return;
    if (overflowed(Number.POSITIVE_INFINITY, sumBefore, value)) throw failure('floatOutOfRange', { what: 'overflow' });
    this.#squares[group] = Number.NaN;
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) values.push(this.value(group));
    return vectorFromValues(this.#call.returns, values);
  }

  value(group: number): Value {
    const count = this.#counts[group] as number;
    if (count < (this.#kind?.isSample === true ? 2 : 1)) return null;
    if (this.#kind === null) return (this.#sums[group] as number) / count;
    const variance = (this.#squares[group] as number) / (this.#kind.isSample ? count - 1 : count);
    return this.#kind.isDeviation ? Math.sqrt(variance) : variance;
  }
}
