import {
  assert,
  type BytesVector,
  type ColumnVector,
  createVectorBuilder,
  DEFAULT_FORMAT,
  failure,
  flattenVector,
  isNullAt,
  LIMITS,
} from '@millrace/core';
import { CollectedValues } from './collected.ts';
import type { Accumulator, AggregateCall } from './definition.ts';

/** string_agg(value, delimiter) of text or bytea: NULL values are skipped, a NULL delimiter is empty, the first value's is not used. */
export class StringAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #values: CollectedValues;

  constructor(call: AggregateCall) {
    this.#call = call;
    this.#values = new CollectedValues(call.argTypes);
  }

  get byteLength(): number {
    return this.#values.byteLength;
  }

  resize(_groupCount: number): void {}

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number): void {
    const value = args[0] as ColumnVector;
    for (let i = 0; i < rowCount; i++) {
      if (!isNullAt(value, i)) this.#values.append(groupIds[i] as number, args, i);
    }
  }

  finish(groupCount: number): ColumnVector {
    const { vectors, rows, starts } = this.#values.finish(groupCount);
    const values = bytesOf(vectors[0]);
    const delimiters = bytesOf(vectors[1]);
    const builder = createVectorBuilder(this.#call.returns, { capacityRows: groupCount });
    for (let group = 0; group < groupCount; group++) {
      const groupRows = rows.subarray(starts[group] as number, starts[group + 1] as number);
      if (groupRows.length === 0) {
        builder.appendNull();
        continue;
      }
      const joined = joinRows(values, delimiters, groupRows);
      if (this.#call.returns.kind === 'bytea') builder.appendBinary(joined, 0, joined.length);
      else builder.appendText(joined, 0, joined.length, DEFAULT_FORMAT);
    }
    return builder.finish();
  }
}

function bytesOf(vector: ColumnVector | undefined): BytesVector {
  const flat = vector === undefined ? undefined : flattenVector(vector);
  assert(flat?.kind === 'bytes', 'text and bytea are bytes');
  return flat;
}

function joinRows(values: BytesVector, delimiters: BytesVector, rows: Int32Array): Uint8Array {
  let size = 0;
  const pieces: Uint8Array[] = [];
  const push = (vector: BytesVector, row: number): void => {
    const piece = vector.data.subarray(vector.offsets[row] as number, vector.offsets[row + 1] as number);
    size += piece.length;
    pieces.push(piece);
  };
  rows.forEach((row, k) => {
    if (k > 0 && !isNullAt(delimiters, row)) push(delimiters, row);
    push(values, row);
  });
  if (size > LIMITS.fieldBytesMax) {
    throw failure('programLimit', { message: `string_agg result of ${size} bytes exceeds the maximum of a value` });
  }
  const joined = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
