import type { FormatSettings } from '../ports/query-handler.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import type { ColumnVector } from './column-vector.ts';

/**
 * Collects values into a vector. Laws: an append that throws leaves the builder as it was; `finish` hands the memory over to the
 * vector and leaves the builder empty, ready for the next one.
 */
export interface VectorBuilder {
  readonly type: DataType;
  readonly length: number;
  /** Bytes of the values appended so far, as `vectorByteLength` would count them. */
  readonly byteLength: number;
  appendNull(): void;
  /** A value of the type's canonical form (see Value); null = NULL. Type modifiers are enforced: 22001, 22003. */
  appendValue(value: Value): void;
  /** PostgreSQL text input, bytes `[start, end)` of a protocol message or a COPY line: 22P02, 22003, 22007, 22021 ... on bad input. */
  appendText(bytes: Uint8Array, start: number, end: number, format: FormatSettings): void;
  /** PostgreSQL binary input; 22P03 when the bytes do not fit the type. */
  appendBinary(bytes: Uint8Array, start: number, end: number): void;
  /** Value i of a vector of the same layout (type modifiers are the caller's business). */
  appendFrom(vector: ColumnVector, i: number): void;
  /** Forgets the values from `length` on: undoes the columns of a row whose later column failed. */
  truncate(length: number): void;
  finish(): ColumnVector;
}

/** What `createVectorBuilder` is told. */
export interface BuilderOptions {
  /** Rows to make room for at first; it grows as needed. */
  readonly capacityRows?: number;
  /** Where memory comes from: memory tables pass `(bytes) => new SharedArrayBuffer(bytes)`. Must be zero-filled. */
  readonly allocate?: (bytes: number) => ArrayBufferLike;
}
