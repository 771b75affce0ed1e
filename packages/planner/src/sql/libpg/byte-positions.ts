/**
 * Positions of a text: the parser counts UTF-8 bytes, PostgreSQL's messages count characters (code points), JavaScript counts UTF-16 units.
 */
export interface BytePositions {
  /** The number of characters before a byte offset. */
  charactersBefore(byte: number): number;
  /** The text between two byte offsets. */
  slice(startByte: number, endByte: number): string;
  readonly byteLength: number;
}

const STRIDE_BYTES = 256;
const ASCII = /^[\0-\x7f]*$/;

/** Costs nothing for ASCII; otherwise one pass that remembers the count at every 256th byte. Law: `sql` has no lone surrogates. */
export function bytePositionsOf(sql: string): BytePositions {
  if (ASCII.test(sql)) {
    return {
      charactersBefore: (byte) => byte,
      slice: (startByte, endByte) => sql.slice(startByte, endByte),
      byteLength: sql.length,
    };
  }
  const bytes = new TextEncoder().encode(sql);
  const marks = new Uint32Array(Math.floor(bytes.length / STRIDE_BYTES) + 1);
  let characters = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (i % STRIDE_BYTES === 0) marks[i / STRIDE_BYTES] = characters;
    if (startsCharacter(bytes[i]!)) characters++;
  }
  return {
    charactersBefore(byte) {
      const end = Math.min(byte, bytes.length);
      const mark = Math.min(Math.floor(end / STRIDE_BYTES), marks.length - 1);
      let count = marks[mark]!;
      for (let i = mark * STRIDE_BYTES; i < end; i++) if (startsCharacter(bytes[i]!)) count++;
      return count;
    },
    slice: (startByte, endByte) =>
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(startByte, endByte)),
    byteLength: bytes.length,
  };
}

function startsCharacter(byte: number): boolean {
  return (byte & 0xc0) !== 0x80;
}
