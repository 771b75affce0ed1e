import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';

/**
 * A column of values in Arrow's memory layout. `validity` is a bitmap, least significant bit first, 1 = not NULL; null means that
 * every value is valid. Bytes of NULL slots are unspecified but allocated. Vectors are immutable once built.
 *
 *   fixed       one element of the layout's typed array a value (int2 Int16Array ... timestamptz BigInt64Array, oid Uint32Array)
 *   bits        bool: a bitmap of values
 *   fixed16     16 bytes a value (decimal128, uuid, interval; see Layout)
 *   bytes       value i = data[offsets[i] .. offsets[i+1]); offsets has length+1 entries and may start above 0
 *   list        value i = child[offsets[i] .. offsets[i+1])
 *   dictionary  value i = dictionary value codes[i]; codes of NULL slots are 0
 *   constant    the same value `length` times; value null = all NULL
 */
export type ColumnVector =
  | FixedVector
  | BitsVector
  | Fixed16Vector
  | BytesVector
  | ListVector
  | DictionaryVector
  | ConstantVector;

interface VectorBase {
  readonly type: DataType;
  readonly length: number;
}
/** The typed arrays of types of fixed width. */
export type FixedValues = Int16Array | Int32Array | Uint32Array | BigInt64Array | Float32Array | Float64Array;
/** Numbers, dates, times and timestamps: a typed array element a row. */
export interface FixedVector extends VectorBase {
  readonly kind: 'fixed';
  readonly validity: Uint8Array | null;
  readonly values: FixedValues;
}
/** Booleans, a bit a row. */
export interface BitsVector extends VectorBase {
  readonly kind: 'bits';
  readonly validity: Uint8Array | null;
  readonly values: Uint8Array;
}
/** Sixteen bytes a row: uuid, interval, and numeric of up to 38 digits. */
export interface Fixed16Vector extends VectorBase {
  readonly kind: 'fixed16';
  readonly validity: Uint8Array | null;
  readonly values: Uint8Array;
}
/** Text and bytes: row i is `data[offsets[i], offsets[i + 1])`. */
export interface BytesVector extends VectorBase {
  readonly kind: 'bytes';
  readonly validity: Uint8Array | null;
  readonly offsets: Int32Array;
  readonly data: Uint8Array;
}
/** Arrays: row i is `child[offsets[i], offsets[i + 1])`. */
export interface ListVector extends VectorBase {
  readonly kind: 'list';
  readonly validity: Uint8Array | null;
  readonly offsets: Int32Array;
  readonly child: ColumnVector;
}
/** Text of few distinct values: row i is `dictionary[codes[i]]`. */
export interface DictionaryVector extends VectorBase {
  readonly kind: 'dictionary';
  readonly validity: Uint8Array | null;
  readonly codes: Int32Array;
  readonly dictionary: BytesVector;
}
/** One value, or NULL, for all rows. */
export interface ConstantVector extends VectorBase {
  readonly kind: 'constant';
  readonly value: Value;
}

/** Column vectors of equal length. Which column is which is known from the plan (operators) or the schema (tables). */
export interface RecordBatch {
  readonly rowCount: number;
  readonly vectors: readonly ColumnVector[];
}
