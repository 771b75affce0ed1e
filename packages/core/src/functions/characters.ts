import { failure } from '../errors/table.ts';
import { LIMITS } from '../limits.ts';
import { characterCount } from '../types/text-length.ts';

/** Text functions count code points, not UTF-16 units; most text has no surrogates and needs no conversion. */
const SURROGATE = /[\ud800-\udfff]/;

/** Characters `start` to `end` (0-based, end excluded), like String.slice without negative positions. */
export function characterSlice(text: string, start: number, end: number): string {
  const from = Math.max(0, start);
  if (end <= from) return '';
  if (!SURROGATE.test(text)) return text.slice(from, end);
  return Array.from(text).slice(from, end).join('');
}

/** The text one character at a time. */
export function charactersOf(text: string): string[] {
  return SURROGATE.test(text) ? Array.from(text) : text.split('');
}

/** The number of characters before UTF-16 offset `at`. */
export function characterOffset(text: string, at: number): number {
  return SURROGATE.test(text) ? characterCount(text.slice(0, at)) : at;
}

/** 54000 unless a result of `length` characters is allowed: no function builds more than a field may hold. */
export function checkLength(length: number): void {
  if (length > LIMITS.fieldBytesMax) throw failure('programLimit', { message: 'requested length too large' });
}

/**
 * Upper and lower case per character, as PostgreSQL's towupper does: a character whose other case is not one character stays (`ß`).
 */
export function upperCase(text: string): string {
  return mapCase(text, (part) => part.toUpperCase());
}
/** See `upperCase`. */
export function lowerCase(text: string): string {
  return mapCase(text, (part) => part.toLowerCase());
}

const ASCII = /^[\0-\x7f]*$/;

function mapCase(text: string, map: (part: string) => string): string {
  if (ASCII.test(text)) return map(text);
  let result = '';
  for (const character of text) {
    const mapped = map(character);
    result += characterCount(mapped) === 1 ? mapped : character;
  }
  return result;
}
