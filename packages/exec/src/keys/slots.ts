/** Slots of an open-addressing hash table: entry + 1, 0 = free. A power of two, at most half full. */
export const FIRST_SLOTS: number = 64;

/** Twice as many slots with the same entries, found again by their hashes. */
function growSlots(slots: Int32Array, hashes: Int32Array, size: number): Int32Array {
  const grown = new Int32Array(slots.length * 2);
  const mask = grown.length - 1;
  for (let entry = 0; entry < size; entry++) {
    let slot = (hashes[entry] as number) & mask;
    while (grown[slot] !== 0) slot = (slot + 1) & mask;
    grown[slot] = entry + 1;
  }
  return grown;
}

/** The slots with the last of `size` entries in them, whose hash is in `hashes` already. */
export function addToSlots(slots: Int32Array, hashes: Int32Array, size: number): Int32Array {
  if (size * 2 > slots.length) return growSlots(slots, hashes, size);
  const mask = slots.length - 1;
  let slot = (hashes[size - 1] as number) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = size;
  return slots;
}

/** The array with room for at least `length` elements, at least doubled when it grows. */
export function growInt32(array: Int32Array, length: number): Int32Array {
  if (array.length >= length) return array;
  const grown = new Int32Array(Math.max(length, array.length * 2));
  grown.set(array);
  return grown;
}

/** Spreads the bits of a hash over the low ones that choose the slot. */
export function finishHash(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
