/**
 * Any Arrow column, nested or not, as plain buffers: what Parquet work needs beyond PostgreSQL's types (structs and maps of a Delta
 * checkpoint, nanoseconds, bytes, dictionaries and large offsets that other engines write).
 */
export type ArrowType =
  | { readonly kind: 'null' | 'bool' | 'utf8' | 'large-utf8' | 'binary' | 'large-binary' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly isSigned: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'fixed-binary'; readonly byteWidth: number }
  /** Days since 1970. */
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly zone: string | null }
  /** decimal128: 16 bytes a value, little-endian two's complement. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'list' | 'struct' | 'map' }
  /** int codes in `values`, `dictionary` has the values. */
  | { readonly kind: 'dictionary' }
  /** A type that is not described here, by its name in arrow-js; its buffers are not given. */
  | { readonly kind: 'other'; readonly name: string };

/** Arrow's units of times, timestamps and durations. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

/**
 * A column. `values` is the typed array of the layout (a bitmap for bool; bytes for utf8, binary, fixed-binary and decimal), `offsets`
 * starts at any number and has length + 1 entries, `children` are a list's element, a struct's fields, or a map's one
 * struct of key and value. `validity` null = no NULLs.
 */
export interface ArrowNode {
  readonly name: string;
  readonly type: ArrowType;
  readonly isNullable: boolean;
  readonly length: number;
  readonly validity: Uint8Array | null;
  readonly values?: ArrowValues;
  readonly offsets?: Int32Array | BigInt64Array;
  readonly children?: readonly ArrowNode[];
  readonly dictionary?: ArrowNode;
}
/** The typed arrays that hold values in Arrow's layout. */
export type ArrowValues =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Columns of equal length. */
export interface ArrowTree {
  readonly rowCount: number;
  readonly columns: readonly ArrowNode[];
}
