import {
  assert,
  type ColumnVector,
  type DataType,
  type Fixed16Vector,
  type FixedVector,
  flattenVector,
  getBit,
  isNullAt,
  readInterval,
} from '@millrace/core';

/** How many 32-bit words a value of the type takes as a key; 0 = not of fixed width. */
export function wordsOf(type: DataType): number {
  switch (type.kind) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'date':
    case 'oid':
    case 'regclass':
    case 'regtype':
    case 'regproc':
    case 'regnamespace':
    case 'float4':
      return 1;
    case 'int8':
    case 'timestamp':
    case 'timestamptz':
    case 'float8':
      return 2;
    case 'interval':
      return 3;
    case 'uuid':
      return 4;
    case 'numeric':
      return type.precision === null ? 0 : 4;
    default:
      return 0;
  }
}

/** Whether keys of the type can be compared word by word. */
export function isWordType(type: DataType): boolean {
  return wordsOf(type) > 0;
}

/** Where a column's words go: row i's words start at `i * width + offset`. */
export interface WordTarget {
  readonly words: Int32Array;
  readonly width: number;
  readonly offset: number;
}

/** Writes equal words for values that are equal in SQL. NULL slots get any words; the caller overwrites them. */
export function encodeWords(input: ColumnVector, target: WordTarget): void {
  const vector = flattenVector(input);
  switch (vector.kind) {
    case 'bits':
      for (let i = 0; i < vector.length; i++) {
        target.words[i * target.width + target.offset] = getBit(vector.values, i) ? 1 : 0;
      }
      return;
    case 'fixed':
      encodeFixed(vector, target);
      return;
    case 'fixed16':
      if (vector.type.kind === 'interval') encodeIntervals(vector, target);
      else encodeFixed16(vector, target);
      return;
    default:
      assert(false, `${vector.type.kind} has no fixed width`);
  }
}

function encodeFixed(vector: FixedVector, target: WordTarget): void {
  const { values, length } = vector;
  const { words, width, offset } = target;
  if (values instanceof BigInt64Array) {
    copyPairs(new Int32Array(values.buffer, values.byteOffset, length * 2), length, target);
  } else if (values instanceof Float64Array) {
    const plain = new Float64Array(length);
    for (let i = 0; i < length; i++) plain[i] = normalFloat(values[i] as number);
    copyPairs(new Int32Array(plain.buffer), length, target);
  } else if (values instanceof Float32Array) {
    const plain = new Float32Array(length);
    for (let i = 0; i < length; i++) plain[i] = normalFloat(values[i] as number);
    const bits = new Int32Array(plain.buffer);
    for (let i = 0; i < length; i++) words[i * width + offset] = bits[i] as number;
  } else {
    for (let i = 0; i < length; i++) words[i * width + offset] = values[i] as number;
  }
}

/** One NaN for all, and no -0. */
function normalFloat(value: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  return value === 0 ? 0 : value;
}

function copyPairs(source: Int32Array, length: number, target: WordTarget): void {
  const { words, width, offset } = target;
  for (let i = 0; i < length; i++) {
    words[i * width + offset] = source[i * 2] as number;
    words[i * width + offset + 1] = source[i * 2 + 1] as number;
  }
}

function encodeFixed16(vector: Fixed16Vector, target: WordTarget): void {
  const { words, width, offset } = target;
  const data = new DataView(vector.values.buffer, vector.values.byteOffset, vector.length * 16);
  for (let i = 0; i < vector.length; i++) {
    for (let word = 0; word < 4; word++) words[i * width + offset + word] = data.getInt32(i * 16 + word * 4, true);
  }
}

const DAY_MICROS = 86_400_000_000n;

/** An interval's length with months of 30 days and days of 24 hours, in microseconds: what PostgreSQL compares. */
function intervalMicros(value: { readonly months: number; readonly days: number; readonly micros: bigint }): bigint {
  return (BigInt(value.months) * 30n + BigInt(value.days)) * DAY_MICROS + value.micros;
}

function encodeIntervals(vector: Fixed16Vector, target: WordTarget): void {
  const { words, width, offset } = target;
  for (let i = 0; i < vector.length; i++) {
    if (isNullAt(vector, i)) continue;
    const micros = intervalMicros(readInterval(vector.values, i));
    for (let word = 0; word < 3; word++) {
      words[i * width + offset + word] = Number(BigInt.asIntN(32, micros >> BigInt(32 * word)));
    }
  }
}
