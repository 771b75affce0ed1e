import { assert } from '../errors/millrace-error.ts';
import { bitmapBytes, getBit } from '../vector/bitmap.ts';
import type { ColumnVector, FixedValues } from '../vector/column-vector.ts';

/** Which rows have no NULL argument: a validity bitmap, or null if all do. The result of a strict vector kernel takes it over. */
export function commonValidity(args: readonly ColumnVector[], rowCount: number): Uint8Array | null {
  let result: Uint8Array | null = null;
  for (const arg of args) {
    const bitmap = validityOf(arg, rowCount);
    if (bitmap === null) continue;
    if (result === null) result = bitmap;
    else {
      const merged = new Uint8Array(bitmapBytes(rowCount));
      for (let k = 0; k < merged.length; k++) merged[k] = result[k]! & bitmap[k]!;
      result = merged;
    }
  }
  return result;
}

function validityOf(vector: ColumnVector, rowCount: number): Uint8Array | null {
  if (vector.kind !== 'constant') return vector.validity;
  return vector.value === null ? new Uint8Array(bitmapBytes(rowCount)) : null;
}

/** Whether row `i` is to be computed. */
export function isComputed(validity: Uint8Array | null, i: number): boolean {
  return validity === null || getBit(validity, i);
}

/** The values of an int2, int4, float4 or float8 column as an array of numbers; a constant is spread out. Slots of NULL hold anything. */
export function numbersOf(vector: ColumnVector, rowCount: number): Exclude<FixedValues, BigInt64Array> {
  if (vector.kind === 'constant') {
    const value = vector.value === null ? 0 : Number(vector.value);
    const isFloat = vector.type.kind === 'float8' || vector.type.kind === 'float4';
    return (isFloat ? new Float64Array(rowCount) : new Int32Array(rowCount)).fill(value);
  }
  assert(vector.kind === 'fixed' && !(vector.values instanceof BigInt64Array), `no numbers in ${vector.type.kind}`);
  return vector.values;
}

/** The values of an int2, int4 or int8 column as 64-bit integers. */
export function int64sOf(vector: ColumnVector, rowCount: number): BigInt64Array {
  if (vector.kind === 'constant')
    return filled(vector.value === null ? 0n : BigInt(vector.value as number | bigint), rowCount);
  assert(vector.kind === 'fixed', `no integers in ${vector.type.kind}`);
  const { values } = vector;
  if (values instanceof BigInt64Array) return values;
  const halves = new Int32Array(rowCount * 2);
  for (let i = 0; i < rowCount; i++) {
    const value = values[i]!;
    halves[2 * i] = value;
    halves[2 * i + 1] = value < 0 ? -1 : 0;
  }
  return new BigInt64Array(halves.buffer);
}

function filled(value: bigint, rowCount: number): BigInt64Array {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(value >> 32n);
  const halves = new Int32Array(rowCount * 2);
  for (let i = 0; i < halves.length; i += 2) {
    halves[i] = low;
    halves[i + 1] = high;
  }
  return new BigInt64Array(halves.buffer);
}
