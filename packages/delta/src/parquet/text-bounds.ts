import { type BytesVector, isNullAt } from '@millrace/core';

const PREFIX_CHARACTERS = 32;
const PREFIX_CHARACTERS_MAX = 64;
const DECODER = new TextDecoder();

/** Bounds of a text column by UTF-8 bytes; `max` null if no short text is above the greatest. */
export function textBounds(vector: BytesVector): { readonly min: string; readonly max: string | null } {
  let min = -1;
  let max = -1;
  for (let i = 0; i < vector.length; i++) {
    if (isNullAt(vector, i)) continue;
    if (min < 0 || compareSlots(vector, i, min) < 0) min = i;
    if (max < 0 || compareSlots(vector, i, max) > 0) max = i;
  }
  return { min: lowerBound(slotText(vector, min)), max: upperBound(slotText(vector, max)) };
}

function compareSlots(vector: BytesVector, a: number, b: number): number {
  const { data, offsets } = vector;
  const startA = offsets[a]!;
  const startB = offsets[b]!;
  const lengthA = offsets[a + 1]! - startA;
  const lengthB = offsets[b + 1]! - startB;
  const length = Math.min(lengthA, lengthB);
  for (let i = 0; i < length; i++) {
    const difference = data[startA + i]! - data[startB + i]!;
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

/** Enough of the text for every bound (a character has at most 4 bytes), so that a field of megabytes is not decoded. */
function slotText(vector: BytesVector, i: number): string {
  const start = vector.offsets[i]!;
  const end = vector.offsets[i + 1]!;
  const bytesMax = (PREFIX_CHARACTERS_MAX + 2) * 4;
  // The copy leaves shared memory, which decoders may refuse; a character cut in the middle lies beyond every prefix.
  return DECODER.decode(vector.data.slice(start, Math.min(end, start + bytesMax)));
}

/** A prefix is never above the text. */
export function lowerBound(text: string): string {
  const characters = Array.from(text);
  return characters.length <= PREFIX_CHARACTERS ? text : characters.slice(0, PREFIX_CHARACTERS).join('');
}

/**
 * A short text that is not below the given one: the prefix and a character above the one that was cut off (`\u007f` if that is enough, so
 * that the bound stays ASCII). A cut U+10FFFF has nothing above it: the prefix grows, up to 64 characters, then null.
 */
export function upperBound(text: string): string | null {
  const characters = Array.from(text);
  if (characters.length <= PREFIX_CHARACTERS) return text;
  for (let length = PREFIX_CHARACTERS; length <= PREFIX_CHARACTERS_MAX; length++) {
    const prefix = characters.slice(0, length).join('');
    const cut = characters[length]?.codePointAt(0);
    if (cut === undefined) return prefix;
    if (cut < 0x7f) return `${prefix}\u007f`;
    if (cut < 0x10ffff) return `${prefix}\u{10ffff}`;
  }
  return null;
}
