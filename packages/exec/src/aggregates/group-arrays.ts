/** A typed array that grows by doubling; new elements are 0. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(array: T, length: number): T {
  if (array.length >= length) return array;
  const make = array.constructor as new (length: number) => T;
  const result = new make(Math.max(length, array.length * 2, 16));
  result.set(array);
  return result;
}
