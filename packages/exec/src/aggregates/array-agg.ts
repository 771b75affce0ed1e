import { type ColumnVector, checkArraySize, gatherVector, setBit } from '@millrace/core';
import { CollectingAccumulator } from './collecting-accumulator.ts';

/** array_agg: NULLs are kept; no rows give NULL; 54000 for too many. */
export class ArrayAccumulator extends CollectingAccumulator {
  finish(groupCount: number): ColumnVector {
    const { vectors, rows, starts } = this.values.finish(groupCount);
    const validity = new Uint8Array((groupCount + 7) >> 3);
    for (let group = 0; group < groupCount; group++) {
      const length = (starts[group + 1] as number) - (starts[group] as number);
      checkArraySize(length);
      if (length > 0) setBit(validity, group);
    }
    const child = gatherVector(vectors[0] as ColumnVector, rows);
    return { kind: 'list', type: this.call.returns, length: groupCount, validity, offsets: starts, child };
  }
}
