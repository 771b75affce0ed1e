import { type ColumnVector, type DataType, gatherVector, setBit } from '@millrace/core';
import { CollectedValues } from './collected.ts';
import type { Accumulator, AggregateCall } from './definition.ts';

/** array_agg: NULLs are kept; no rows give NULL. */
export class ArrayAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #values: CollectedValues;

  constructor(call: AggregateCall) {
    this.#call = call;
    this.#values = new CollectedValues([call.argTypes[0] as DataType]);
  }

  get byteLength(): number {
    return this.#values.byteLength;
  }

  resize(_groupCount: number): void {}

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number): void {
    for (let i = 0; i < rowCount; i++) this.#values.append(groupIds[i] as number, args, i);
  }

  finish(groupCount: number): ColumnVector {
    const { vectors, rows, starts } = this.#values.finish(groupCount);
    const validity = new Uint8Array((groupCount + 7) >> 3);
    for (let group = 0; group < groupCount; group++) {
      if ((starts[group + 1] as number) > (starts[group] as number)) setBit(validity, group);
    }
    const child = gatherVector(vectors[0] as ColumnVector, rows);
    return { kind: 'list', type: this.#call.returns, length: groupCount, validity, offsets: starts, child };
  }
}
