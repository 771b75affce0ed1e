import {
  assert,
  type ColumnVector,
  flattenVector,
  getBit,
  isNullAt,
  type Value,
  vectorFromValues,
} from '@millrace/core';
import type { Accumulator, AggregateCall } from './definition.ts';
import { grown } from './group-arrays.ts';

const UNKNOWN = 0;
const FALSE = 1;
const TRUE = 2;

/** bool_and (every) and bool_or: NULLs are skipped; NULL for no values. */
export class BoolAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #isAnd: boolean;
  #states: Uint8Array = new Uint8Array(0);

  constructor(call: AggregateCall, isAnd: boolean) {
    this.#call = call;
    this.#isAnd = isAnd;
  }

  get byteLength(): number {
    return this.#states.length;
  }

  resize(groupCount: number): void {
    this.#states = grown(this.#states, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const vector = flattenVector(args[0] as ColumnVector);
    assert(vector.kind === 'bits', 'booleans are bits');
    const states = this.#states;
    const decided = this.#isAnd ? FALSE : TRUE;
    for (let i = from; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      const state = getBit(vector.values, i) ? TRUE : FALSE;
      if (states[group] === UNKNOWN || state === decided) states[group] = state;
    }
  }

  value(group: number): Value {
    const state = this.#states[group] as number;
    return state === UNKNOWN ? null : state === TRUE;
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) {
      values.push(this.value(group));
    }
    return vectorFromValues(this.#call.returns, values);
  }
}
