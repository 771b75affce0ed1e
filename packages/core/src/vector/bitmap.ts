/** Arrow bitmaps: bit i is bit (i & 7) of byte (i >> 3), least significant first. */

/** The bytes that a bitmap of `length` bits takes. */
export function bitmapBytes(length: number): number {
  return (length + 7) >> 3;
}

/** Bit i as a boolean. */
export function getBit(bitmap: Uint8Array, i: number): boolean {
  return (bitmap[i >> 3]! & (1 << (i & 7))) !== 0;
}

/** Sets bit i to 1. */
export function setBit(bitmap: Uint8Array, i: number): void {
  bitmap[i >> 3]! |= 1 << (i & 7);
}

/** Sets bit i to 0. */
export function clearBit(bitmap: Uint8Array, i: number): void {
  bitmap[i >> 3]! &= ~(1 << (i & 7));
}

const POPCOUNT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
});

/** How many of the first `length` bits are 1; bits after them are ignored. */
export function countSetBits(bitmap: Uint8Array, length: number): number {
  let count = 0;
  const whole = length >> 3;
  for (let i = 0; i < whole; i += 1) count += POPCOUNT[bitmap[i]!]!;
  const rest = length & 7;
  if (rest !== 0) count += POPCOUNT[bitmap[whole]! & ((1 << rest) - 1)]!;
  return count;
}

/** A bitmap whose first `length` bits are 1 (the rest of the last byte is 0). */
export function filledBitmap(length: number): Uint8Array {
  const bitmap = new Uint8Array(bitmapBytes(length));
  bitmap.fill(0xff, 0, length >> 3);
  if ((length & 7) !== 0) bitmap[length >> 3] = (1 << (length & 7)) - 1;
  return bitmap;
}

/** Copies `length` bits from `source` (from bit `start`) to `target` (from bit `at`); target bits must be 0 before. */
export function copyBits(source: Uint8Array, start: number, length: number, target: Uint8Array, at: number): void {
  if ((start & 7) === 0 && (at & 7) === 0) {
    const whole = length >> 3;
    target.set(source.subarray(start >> 3, (start >> 3) + whole), at >> 3);
    for (let i = whole << 3; i < length; i += 1) if (getBit(source, start + i)) setBit(target, at + i);
    return;
  }
  for (let i = 0; i < length; i += 1) if (getBit(source, start + i)) setBit(target, at + i);
}

/** Bits `[start, end)` as a bitmap of their own; shares the bytes when `start` is a multiple of 8. */
export function sliceBitmap(bitmap: Uint8Array, start: number, end: number): Uint8Array {
  if ((start & 7) === 0) return bitmap.subarray(start >> 3, (end + 7) >> 3);
  const result = new Uint8Array(bitmapBytes(end - start));
  copyBits(bitmap, start, end - start, result, 0);
  return result;
}
