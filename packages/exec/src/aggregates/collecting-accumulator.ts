import type { ColumnVector, DataType } from '@millrace/core';
import { CollectedValues } from './collected.ts';
import type { Accumulator, AggregateCall } from './definition.ts';

/** Keeps every value of the first argument, NULLs too, with its group: what an aggregate whose result holds them all starts from. */
export abstract class CollectingAccumulator implements Accumulator {
  protected readonly call: AggregateCall;
  protected readonly values: CollectedValues;

  constructor(call: AggregateCall) {
    this.call = call;
    this.values = new CollectedValues([call.argTypes[0] as DataType]);
  }

  get byteLength(): number {
    return this.values.byteLength;
  }

  resize(_groupCount: number): void {}

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number): void {
    for (let i = 0; i < rowCount; i++) this.values.append(groupIds[i] as number, args, i);
  }

  abstract finish(groupCount: number): ColumnVector;
}
