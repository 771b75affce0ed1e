/** decimal128 coefficients: 16 bytes, little-endian two's complement, at any alignment. */

const MASK_64 = 0xffff_ffff_ffff_ffffn;

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** The coefficient at value i. */
export function readDecimal128(bytes: Uint8Array, i: number): bigint {
  const at = i * 16;
  const w0 = uint32(bytes, at);
  const w1 = uint32(bytes, at + 4);
  const w2 = uint32(bytes, at + 8);
  const w3 = uint32(bytes, at + 12);
  if (w2 === 0 && w3 === 0 && w1 < 0x20_0000) return BigInt(w1 * 0x1_0000_0000 + w0);
  if (w2 === 0xffff_ffff && w3 === 0xffff_ffff && w1 >= 0xffe0_0000 && (w0 !== 0 || w1 !== 0xffe0_0000)) {
    return BigInt((w1 - 0x1_0000_0000) * 0x1_0000_0000 + w0);
  }
  const high = (BigInt(w3 | 0) << 32n) | BigInt(w2);
  return (high << 64n) | (BigInt(w1) << 32n) | BigInt(w0);
}

/** The coefficient at value i as a double, or NaN when it is not a safe integer: for kernels that avoid bigint. */
export function readDecimal128Safe(bytes: Uint8Array, i: number): number {
  const at = i * 16;
  const w1 = uint32(bytes, at + 4);
  const w2 = uint32(bytes, at + 8);
  const w3 = uint32(bytes, at + 12);
  if (w2 === 0 && w3 === 0 && w1 < 0x20_0000) return w1 * 0x1_0000_0000 + uint32(bytes, at);
  if (w2 === 0xffff_ffff && w3 === 0xffff_ffff && w1 > 0xffe0_0000) {
    return (w1 - 0x1_0000_0000) * 0x1_0000_0000 + uint32(bytes, at);
  }
  return Number.NaN;
}

/** Stores a coefficient at value i. */
export function writeDecimal128(bytes: Uint8Array, i: number, coefficient: bigint): void {
  if (coefficient >= -9_007_199_254_740_991n && coefficient <= 9_007_199_254_740_991n) {
    writeDecimal128Safe(bytes, i, Number(coefficient));
    return;
  }
  const at = i * 16;
  const low = coefficient & MASK_64;
  const high = (coefficient >> 64n) & MASK_64;
  putUint32(bytes, at, Number(low & 0xffff_ffffn));
  putUint32(bytes, at + 4, Number(low >> 32n));
  putUint32(bytes, at + 8, Number(high & 0xffff_ffffn));
  putUint32(bytes, at + 12, Number(high >> 32n));
}

/** Stores a safe integer as the coefficient at value i. */
export function writeDecimal128Safe(bytes: Uint8Array, i: number, coefficient: number): void {
  const at = i * 16;
  const high = Math.floor(coefficient / 0x1_0000_0000);
  putUint32(bytes, at, coefficient - high * 0x1_0000_0000);
  putUint32(bytes, at + 4, high >>> 0);
  const sign = coefficient < 0 ? 0xffff_ffff : 0;
  putUint32(bytes, at + 8, sign);
  putUint32(bytes, at + 12, sign);
}
