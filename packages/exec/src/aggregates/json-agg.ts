import { type ColumnVector, isNullAt, type Value, valueAt, vectorFromValues } from '@millrace/core';
import { CollectingAccumulator } from './collecting-accumulator.ts';
import { rowFunction } from './row-function.ts';

/** json_agg and jsonb_agg: an array of every value as JSON, NULL as null; no rows give NULL. */
export class JsonAccumulator extends CollectingAccumulator {
  finish(groupCount: number): ColumnVector {
    const { evaluation, argTypes, returns } = this.call;
    const id = returns.kind === 'jsonb' ? 'to_jsonb(anyelement)' : 'to_json(anyelement)';
    const toJson = rowFunction(evaluation, id, { args: argTypes, returns });
    const { vectors, rows, starts } = this.values.finish(groupCount);
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
