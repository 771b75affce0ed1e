import type { ByteWriter } from './byte-writer.ts';

/** Exactly `width` decimal digits of an integer below 2^31 at `at`, zeros in front. */
export function putDigits(target: Uint8Array, at: number, value: number, width: number): void {
  let rest = value | 0;
  for (let k = at + width - 1; k >= at; k -= 1) {
    const next = (rest / 10) | 0;
    target[k] = 48 + rest - next * 10;
    rest = next;
  }
}

function widthOf(value: number): number {
  let width = 1;
  for (let limit = 10; value >= limit; limit *= 10) width += 1;
  return width;
}

/** Exactly `width` decimal digits of a safe integer >= 0. */
export function writeDigits(value: number, width: number, out: ByteWriter): void {
  const target = out.ensure(width);
  const at = out.length;
  if (value < 1e9) putDigits(target, at, value, width);
  else {
    // int32 arithmetic is much faster than dividing doubles: nine digits at a time.
    const high = Math.floor(value / 1e9);
    const low = value - high * 1e9;
    putDigits(target, at, high, width - 9);
    putDigits(target, at + width - 9, low, 9);
  }
  out.advance(width);
}

/** Decimal digits of a safe integer. */
export function writeInteger(value: number, out: ByteWriter): void {
  let size = value;
  if (value < 0) {
    out.uint8(0x2d);
    size = -value;
  }
  writeDigits(size, widthOf(size), out);
}

const HEX: Uint8Array = new TextEncoder().encode('0123456789abcdef');

/** Two lower-case hex digits for each byte of `[start, end)`. */
export function writeHexDigits(data: Uint8Array, start: number, end: number, out: ByteWriter): void {
  const target = out.ensure((end - start) * 2);
  let at = out.length;
  for (let k = start; k < end; k += 1, at += 2) {
    target[at] = HEX[data[k]! >> 4]!;
    target[at + 1] = HEX[data[k]! & 15]!;
  }
  out.advance((end - start) * 2);
}

/** The uuid at slot i: 36 characters. */
export function writeUuidText(values: Uint8Array, i: number, out: ByteWriter): void {
  const target = out.ensure(36);
  let at = out.length;
  for (let k = 0; k < 16; k += 1) {
    if (k === 4 || k === 6 || k === 8 || k === 10) {
      target[at] = 0x2d;
      at += 1;
    }
    const byte = values[i * 16 + k]!;
    target[at] = HEX[byte >> 4]!;
    target[at + 1] = HEX[byte & 15]!;
    at += 2;
  }
  out.advance(36);
}
