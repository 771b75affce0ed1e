import { type ColumnVector, gatherVector, setBit } from '@millrace/core';
import { CollectingAccumulator } from './collecting-accumulator.ts';

/** array_agg: NULLs are kept; no rows give NULL. */
export class ArrayAccumulator extends CollectingAccumulator {
  finish(groupCount: number): ColumnVector {
    const { vectors, rows, starts } = this.values.finish(groupCount);
    const validity = new Uint8Array((groupCount + 7) >> 3);
    for (let group = 0; group < groupCount; group++) {
      if ((starts[group + 1] as number) > (starts[group] as number)) setBit(validity, group);
    }
    const child = gatherVector(vectors[0] as ColumnVector, rows);
    return { kind: 'list', type: this.call.returns, length: groupCount, validity, offsets: starts, child };
  }
}
