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
    case 'fixed16': {
      const bytes = vector.values.subarray(index * 16, index * 16 + 16);
      if (vector.type.kind === 'uuid') return readUuid(bytes);
      if (vector.type.kind === 'interval') return readInterval(bytes);
      return readDecimal(bytes, vector.type.kind === 'numeric' ? (vector.type.scale ?? 0) : 0);
    }
    default:
      return vector satisfies never;
  }
}

/** Its bytes in the order in which they are written. */
function readUuid(bytes: Uint8Array): Value {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Months and days of 4 bytes, then 8 bytes of microseconds, little-endian. */
function readInterval(bytes: Uint8Array): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { months: view.getInt32(0, true), days: view.getInt32(4, true), micros: view.getBigInt64(8, true) };
}

/** decimal128: little-endian two's complement, printed with the type's scale. */
function readDecimal(bytes: Uint8Array, scale: number): Value {
  let unscaled = 0n;
  for (let i = 15; i >= 0; i--) unscaled = (unscaled << 8n) | BigInt(bytes[i] ?? 0);
  if (unscaled >= 1n << 127n) unscaled -= 1n << 128n;
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}
