import { assert, type ColumnVector, type Value } from '@millrace/core';

/**
 * One value of a vector, read from Arrow's layout by its definition and not by the engine's accessors. Covers the layouts of the
 * types that generated plans use.
 */
export function readVector(vector: ColumnVector | undefined, index: number): Value {
  assert(vector !== undefined && index < vector.length, 'a batch has a vector per column and as many values as rows');
  if (vector.kind === 'constant') return vector.value;
  if (vector.validity !== null && ((vector.validity[index >> 3] ?? 0) & (1 << (index & 7))) === 0) return null;
  switch (vector.kind) {
    case 'fixed':
      return vector.values[index] ?? null;
    case 'bits':
      return ((vector.values[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    case 'bytes': {
      const bytes = vector.data.slice(vector.offsets[index] ?? 0, vector.offsets[index + 1] ?? 0);
      return vector.type.kind === 'bytea' ? bytes : new TextDecoder().decode(bytes);
    }
    case 'dictionary':
      return readVector(vector.dictionary, vector.codes[index] ?? 0);
    case 'list': {
      const values: Value[] = [];
      for (let i = vector.offsets[index] ?? 0; i < (vector.offsets[index + 1] ?? 0); i++)
        values.push(readVector(vector.child, i));
      return values;
    }
    case 'fixed16':
      return readDecimal(
        vector.values.subarray(index * 16, index * 16 + 16),
        vector.type.kind === 'numeric' ? (vector.type.scale ?? 0) : null,
      );
    default:
      return vector satisfies never;
  }
}

/** decimal128: little-endian two's complement, printed with the type's scale. */
function readDecimal(bytes: Uint8Array, scale: number | null): Value {
  assert(scale !== null, 'the reference interpreter reads no uuid and interval vectors');
  let unscaled = 0n;
  for (let i = 15; i >= 0; i--) unscaled = (unscaled << 8n) | BigInt(bytes[i] ?? 0);
  if (unscaled >= 1n << 127n) unscaled -= 1n << 128n;
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}
