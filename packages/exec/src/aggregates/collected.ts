import { type ColumnVector, createVectorBuilder, type DataType, type VectorBuilder } from '@millrace/core';
import { grown } from './group-arrays.ts';

/** Values kept with their groups, in the order they came; what array_agg, string_agg and json_agg finish from. */
export class CollectedValues {
  readonly #builders: readonly VectorBuilder[];
  #groups: Int32Array = new Int32Array(0);
  #length = 0;

  constructor(types: readonly DataType[]) {
    this.#builders = types.map((type) => createVectorBuilder(type));
  }

  get byteLength(): number {
    return this.#groups.length * 4 + this.#builders.reduce((bytes, builder) => bytes + builder.byteLength, 0);
  }

  /** The arguments of one row, for the row's group. */
  append(group: number, args: readonly ColumnVector[], row: number): void {
    this.#groups = grown(this.#groups, this.#length + 1);
    this.#groups[this.#length++] = group;
    for (let k = 0; k < this.#builders.length; k++) {
      (this.#builders[k] as VectorBuilder).appendFrom(args[k] as ColumnVector, row);
    }
  }

  /** The values, and the rows of group g among them: rows[starts[g] .. starts[g + 1]). */
  finish(groupCount: number): { vectors: ColumnVector[]; rows: Int32Array; starts: Int32Array } {
    const starts = new Int32Array(groupCount + 1);
    for (let i = 0; i < this.#length; i++) starts[(this.#groups[i] as number) + 1]! += 1;
    for (let group = 0; group < groupCount; group++) starts[group + 1]! += starts[group] as number;
    const cursors = starts.slice();
    const rows = new Int32Array(this.#length);
    for (let i = 0; i < this.#length; i++) rows[cursors[this.#groups[i] as number]!++] = i;
    return { vectors: this.#builders.map((builder) => builder.finish()), rows, starts };
  }
}
