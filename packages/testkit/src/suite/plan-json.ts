import { assert } from '@millrace/core';

/** The typed arrays that vectors are made of. */
const ARRAYS = Object.freeze({
  Uint8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  Uint32Array,
});
type ArrayName = keyof typeof ARRAYS;

/**
 * Plans, rows and parameters as JSON that loses nothing: what JSON has no word for becomes an object with one key.
 *
 *     12n    { "$bigint": "12" }          NaN, -0, Infinity    { "$number": "NaN" }
 *     a typed array    { "$Uint8Array": [1, 2] }
 */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name;
    assert(Object.hasOwn(ARRAYS, name), `no JSON for a ${name}`);
    return { [`$${name}`]: Array.from(value as Uint8Array, (item: number | bigint) => toJson(item)) };
  }
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}

/** The other way; an AssertionError for a `$` that means nothing. */
export function fromJson(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const entries = Object.entries(json);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && first[0].startsWith('$'))
    return special(first[0].slice(1), first[1]);
  return Object.fromEntries(entries.map(([key, inner]) => [key, fromJson(inner)]));
}

function special(name: string, content: unknown): unknown {
  if (name === 'bigint') return BigInt(String(content));
  if (name === 'number') return Number(content);
  assert(Object.hasOwn(ARRAYS, name) && Array.isArray(content), `"$${name}" stands for nothing`);
  const Type = ARRAYS[name as ArrayName];
  const array = new Type(content.length);
  for (const [index, item] of content.entries()) array[index] = fromJson(item) as never;
  return array;
}
