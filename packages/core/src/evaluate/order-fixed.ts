import type { FixedVector } from '../vector/column-vector.ts';
import { compareFloats } from '../vector/compare.ts';

/** The 32-bit halves of int64 values, low first: comparing those makes no bigint. */
function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Compares two fixed-width columns of one type; rows already marked 2 (NULL) stay. NaN equals NaN and is greater than all else. */
export function orderFixed(a: FixedVector, b: FixedVector, order: Int8Array): void {
  const x = a.values;
  const y = b.values;
  if (x instanceof BigInt64Array || y instanceof BigInt64Array) {
    if (x instanceof BigInt64Array && y instanceof BigInt64Array) orderInt64(halvesOf(x), halvesOf(y), order);
    else
      for (let i = 0; i < order.length; i++) if (order[i] !== 2) order[i] = x[i]! < y[i]! ? -1 : x[i]! > y[i]! ? 1 : 0;
  } else if (x instanceof Float64Array || x instanceof Float32Array) {
    for (let i = 0; i < order.length; i++) if (order[i] !== 2) order[i] = compareFloats(x[i]!, y[i]!);
  } else if (x instanceof Int32Array && y instanceof Int32Array) orderInt32(x, y, order);
  else {
    for (let i = 0; i < order.length; i++) if (order[i] !== 2) order[i] = x[i]! < y[i]! ? -1 : x[i]! > y[i]! ? 1 : 0;
  }
}

/** The same against one value. */
export function orderFixedConstant(a: FixedVector, constant: number | bigint, order: Int8Array): void {
  const x = a.values;
  if (x instanceof BigInt64Array) {
    if (typeof constant === 'bigint') orderInt64Constant(halvesOf(x), constant, order);
    else
      for (let i = 0; i < order.length; i++)
        if (order[i] !== 2) order[i] = x[i]! < constant ? -1 : x[i]! > constant ? 1 : 0;
  } else if (x instanceof Float64Array || x instanceof Float32Array) {
    const y = Number(constant);
    for (let i = 0; i < order.length; i++) if (order[i] !== 2) order[i] = compareFloats(x[i]!, y);
  } else {
    const y = constant;
    for (let i = 0; i < order.length; i++) if (order[i] !== 2) order[i] = x[i]! < y ? -1 : x[i]! > y ? 1 : 0;
  }
}

function orderInt32(x: Int32Array, y: Int32Array, order: Int8Array): void {
  for (let i = 0; i < order.length; i++) {
    if (order[i] === 2) continue;
    const a = x[i]!;
    const b = y[i]!;
    order[i] = a < b ? -1 : a > b ? 1 : 0;
  }
}

function orderInt64(x: Int32Array, y: Int32Array, order: Int8Array): void {
  for (let i = 0, k = 0; i < order.length; i++, k += 2) {
    if (order[i] === 2) continue;
    const highX = x[k + 1]!;
    const highY = y[k + 1]!;
    if (highX !== highY) order[i] = highX < highY ? -1 : 1;
    else {
      const lowX = x[k]! >>> 0;
      const lowY = y[k]! >>> 0;
      order[i] = lowX < lowY ? -1 : lowX > lowY ? 1 : 0;
    }
  }
}

function orderInt64Constant(x: Int32Array, constant: bigint, order: Int8Array): void {
  const highY = Number(constant >> 32n);
  const lowY = Number(constant & 0xffffffffn);
  for (let i = 0, k = 0; i < order.length; i++, k += 2) {
    if (order[i] === 2) continue;
    const highX = x[k + 1]!;
    if (highX !== highY) order[i] = highX < highY ? -1 : 1;
    else {
      const lowX = x[k]! >>> 0;
      order[i] = lowX < lowY ? -1 : lowX > lowY ? 1 : 0;
    }
  }
}
