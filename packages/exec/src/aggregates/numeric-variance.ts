import {
  type ColumnVector,
  divideAtScale,
  divisionScale,
  flattenVector,
  formatNumeric,
  isNullAt,
  makeNumeric,
  multiplyNumeric,
  type Numeric,
  parseNumeric,
  pow10,
  subtractNumeric,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import type { Accumulator, AggregateCall } from './definition.ts';
import { NumericSums } from './numeric-sums.ts';

/** Which of the family is asked for. */
export interface VarianceKind {
  /** Divides by n - 1 instead of n; NULL for fewer than two values. */
  readonly isSample: boolean;
  /** The square root of the variance. */
  readonly isDeviation: boolean;
}

/** variance and stddev of integers and numerics: exact sums of x and x², one division at PostgreSQL's scale. */
export class NumericVarianceAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #kind: VarianceKind;
  readonly #sums: NumericSums = new NumericSums();
  readonly #squares: NumericSums = new NumericSums();

  constructor(call: AggregateCall, kind: VarianceKind) {
    this.#call = call;
    this.#kind = kind;
  }

  get byteLength(): number {
    return this.#sums.byteLength + this.#squares.byteLength;
  }

  resize(groupCount: number): void {
    this.#sums.resize(groupCount);
    this.#squares.resize(groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const vector = flattenVector(args[0] as ColumnVector);
    for (let i = from; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const value = parseNumeric(String(valueAt(vector, i)));
      this.#sums.add(groupIds[i] as number, value);
      this.#squares.add(groupIds[i] as number, multiplyNumeric(value, value));
    }
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) values.push(this.value(group));
    return vectorFromValues(this.#call.returns, values);
  }

  value(group: number): Value {
    const n = this.#sums.count(group);
    if (n < (this.#kind.isSample ? 2 : 1)) return null;
    const sum = this.#sums.total(group);
    if (sum.special !== null) return 'NaN';
    const count = makeNumeric(BigInt(n), 0);
    const spread = subtractNumeric(multiplyNumeric(count, this.#squares.total(group)), multiplyNumeric(sum, sum));
    if (spread.coefficient <= 0n) return '0';
    const divisor = multiplyNumeric(count, this.#kind.isSample ? makeNumeric(BigInt(n - 1), 0) : count);
    const scale = divisionScale(spread, divisor);
    const variance = divideAtScale(spread, divisor, scale);
    return formatNumeric(this.#kind.isDeviation ? squareRoot(variance, scale) : variance);
  }
}

/** The square root rounded to `scale` digits; value >= 0 with a scale of at most 2 * `scale`. */
function squareRoot(value: Numeric, scale: number): Numeric {
  const radicand = value.coefficient * pow10(2 * scale - value.scale);
  const floor = floorRoot(radicand);
  return makeNumeric(radicand - floor * floor > floor ? floor + 1n : floor, scale);
}

/** The largest integer whose square is <= n, by Newton's iteration from above. */
function floorRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
