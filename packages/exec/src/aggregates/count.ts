import { type ColumnVector, isNullAt, types, type Value } from '@millrace/core';
import type { Accumulator } from './definition.ts';
import { grown } from './group-arrays.ts';

/** count(*) and count(x): rows, or rows whose argument is not NULL; 0 for none. */
export class CountAccumulator implements Accumulator {
  #counts: Float64Array = new Float64Array(0);

  get byteLength(): number {
    return this.#counts.length * 8;
  }

  resize(groupCount: number): void {
    this.#counts = grown(this.#counts, groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const counts = this.#counts;
    const [vector] = args;
    if (vector === undefined || (vector.kind !== 'constant' && vector.validity === null)) {
      for (let i = from; i < rowCount; i++) counts[groupIds[i] as number]! += 1;
      return;
    }
    for (let i = from; i < rowCount; i++) if (!isNullAt(vector, i)) counts[groupIds[i] as number]! += 1;
  }

  remove(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from: number): void {
    const [vector] = args;
    for (let i = from; i < rowCount; i++) {
      if (vector === undefined || !isNullAt(vector, i)) this.#counts[groupIds[i] as number]! -= 1;
    }
  }

  value(group: number): Value {
    return BigInt(this.#counts[group] as number);
  }

  finish(groupCount: number): ColumnVector {
    const values = new BigInt64Array(groupCount);
    for (let group = 0; group < groupCount; group++) values[group] = BigInt(this.#counts[group] as number);
    return { kind: 'fixed', type: types.int8, length: groupCount, validity: null, values };
  }
}
