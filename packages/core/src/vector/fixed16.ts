import type { Interval } from '../types/value.ts';

/** uuid and interval in 16 bytes a value (Layout `fixed16`). */

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The uuid at value i: lower case with dashes. */
export function readUuid(bytes: Uint8Array, i: number): string {
  let text = '';
  for (let k = 0; k < 16; k += 1) {
    if (k === 4 || k === 6 || k === 8 || k === 10) text += '-';
    text += HEX[bytes[i * 16 + k]!]!;
  }
  return text;
}

/** Stores a canonical uuid text (lower case, dashes) at value i. */
export function writeUuid(bytes: Uint8Array, i: number, uuid: string): void {
  let at = i * 16;
  for (let k = 0; k < 36; k += 2) {
    if (k === 8 || k === 13 || k === 18 || k === 23) k += 1;
    bytes[at] = Number.parseInt(uuid.slice(k, k + 2), 16);
    at += 1;
  }
}

function view(bytes: Uint8Array, i: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + i * 16, 16);
}

/** The interval at value i. */
export function readInterval(bytes: Uint8Array, i: number): Interval {
  const data = view(bytes, i);
  return { months: data.getInt32(0, true), days: data.getInt32(4, true), micros: data.getBigInt64(8, true) };
}

/** Stores an interval at value i. */
export function writeInterval(bytes: Uint8Array, i: number, value: Interval): void {
  const data = view(bytes, i);
  data.setInt32(0, value.months, true);
  data.setInt32(4, value.days, true);
  data.setBigInt64(8, value.micros, true);
}
