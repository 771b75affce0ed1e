import * as zlib from 'node:zlib';

/**
 * CRC-32 (ISO 3309, as zlib's) of the bytes, continuing `previous`. Node has it since 20.15; older ones get the table. Node's answers 0 instead of
 * `previous` for an empty array without memory of its own (`new TextEncoder().encode('')`).
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  return bytes.byteLength === 0 ? previous : checksum(bytes, previous);
}

const checksum: (bytes: Uint8Array, previous: number) => number = zlib.crc32 ?? tableCrc32;

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The same in JavaScript. */
function tableCrc32(bytes: Uint8Array, previous: number): number {
  let crc = ~previous;
  for (let i = 0; i < bytes.byteLength; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
