/**
 * Whether two plans (or any plain data) are equal: NaN equals NaN, -0 does not equal 0, typed arrays count by content. Parts that are the same object
 * are not looked into, so a plan and its rewriting compare in the time of what changed.
 */
export function isSameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSameData(item, b[i]));
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && isSameBytes(a, b);
  if (Array.isArray(b) || ArrayBuffer.isView(b)) return false;
  const entries = Object.entries(a);
  if (entries.length !== Object.keys(b).length) return false;
  const other = b as Readonly<Record<string, unknown>>;
  return entries.every(([key, value]) => Object.hasOwn(other, key) && isSameData(value, other[key]));
}

function isSameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (a.constructor !== b.constructor || a.byteLength !== b.byteLength) return false;
  const left = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const right = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  return left.every((byte, i) => byte === right[i]);
}

/** Freezes plain data all the way down; typed arrays cannot be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
