import { failure } from '../errors/table.ts';
import type { DataType } from '../types/data-type.ts';
import { oidOf } from '../types/oid.ts';
import type { Value } from '../types/value.ts';

/**
 * PostgreSQL's binary array: int32 dimensions, has-null, element oid, then (length, lower bound) and (byte length, data)*. `readItem` reads an element's
 * data, which is not copied.
 */
export function readArrayBinary(
  item: DataType,
  bytes: Uint8Array,
  readItem: (bytes: Uint8Array) => Value,
): readonly Value[] {
  const bad = (): Error => failure('invalidBinaryValue', { type: 'array' });
  if (bytes.length < 12) throw bad();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const dimensions = view.getInt32(0);
  const elementOid = view.getUint32(8);
  if (elementOid !== oidOf(item)) throw failure('wrongElementType', { oid: elementOid, expected: oidOf(item) });
  if (dimensions === 0) {
    if (bytes.length !== 12) throw bad();
    return [];
  }
  if (dimensions !== 1) throw failure('notSupported', { feature: 'an array with more than one dimension' });
  if (bytes.length < 20) throw bad();
  const count = view.getInt32(12);
  if (view.getInt32(16) !== 1) throw failure('notSupported', { feature: 'an array with explicit bounds' });
  if (count < 0 || count > (bytes.length - 20) / 4) throw bad();
  const items: Value[] = [];
  let at = 20;
  for (let k = 0; k < count; k += 1) {
    if (at + 4 > bytes.length) throw bad();
    const length = view.getInt32(at);
    at += 4;
    if (length === -1) {
      items.push(null);
      continue;
    }
    if (length < 0 || at + length > bytes.length) throw bad();
    items.push(readItem(bytes.subarray(at, at + length)));
    at += length;
  }
  if (at !== bytes.length) throw bad();
  return items;
}
