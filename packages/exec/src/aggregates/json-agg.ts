import { type ColumnVector, type DataType, isNullAt, type Value, valueAt, vectorFromValues } from '@millrace/core';
import { CollectedValues } from './collected.ts';
import type { Accumulator, AggregateCall } from './definition.ts';
import { rowFunction } from './row-function.ts';

/** json_agg and jsonb_agg: an array of every value as JSON, NULL as null; no rows give NULL. */
export class JsonAccumulator implements Accumulator {
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
    const { evaluation, argTypes, returns } = this.#call;
    const id = returns.kind === 'jsonb' ? 'to_jsonb(anyelement)' : 'to_json(anyelement)';
    const toJson = rowFunction(evaluation, id, { args: argTypes, returns });
    const { vectors, rows, starts } = this.#values.finish(groupCount);
    const values = vectors[0] as ColumnVector;
    const results: Value[] = [];
    for (let group = 0; group < groupCount; group++) {
      const items = Array.from(rows.subarray(starts[group] as number, starts[group + 1] as number), (row) =>
        isNullAt(values, row) ? 'null' : (toJson([valueAt(values, row)]) as string),
      );
      results.push(items.length === 0 ? null : `[${items.join(', ')}]`);
    }
    return vectorFromValues(returns, results);
  }
}
