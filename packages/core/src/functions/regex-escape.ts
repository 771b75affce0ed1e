import { failure } from '../errors/table.ts';

/** A piece of a translated pattern, and where it ended in the original. */
export interface RegexPiece {
  readonly source: string;
  readonly end: number;
  /** Whether a quantifier may follow. */
  readonly isOperand: boolean;
}

/** Text as a pattern that matches just it. */
export function literalOf(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** A code point as it may stand anywhere in a pattern or a class. */
export function codePointSource(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

/** Inside of the classes; `\w` is Unicode's letters and digits. */
export const WORD = '\\p{L}\\p{N}_';
export const SPACE = '\\t\\n\\x0b\\f\\r ';

const CLASSES: Readonly<Record<string, string>> = {
  d: '[0-9]',
  D: '[^0-9]',
  s: `[${SPACE}]`,
  S: `[^${SPACE}]`,
  w: `[${WORD}]`,
  W: `[^${WORD}]`,
};

/** Constraints: `\m` and `\M` are the beginning and the end of a word. */
export const WORD_START = '(?:\\b(?<![A-Za-z0-9_]))';
export const WORD_END = '(?:\\b(?<=[A-Za-z0-9_]))';
const CONSTRAINTS: Readonly<Record<string, string>> = {
  A: '\\A',
  Z: '\\z',
  y: '\\b',
  Y: '\\B',
  m: WORD_START,
  M: WORD_END,
};

const CONTROLS: Readonly<Record<string, number>> = { a: 7, b: 8, B: 92, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11, 0: 0 };

/** The code point that a character escape at `at` (a backslash) means, or null where it is no character. */
export function characterEscape(text: string, at: number): { readonly code: number; readonly end: number } | null {
  const next = text[at + 1];
  if (next === undefined) throw failure('invalidRegex', { reason: 'invalid escape \\ sequence' });
  const rest = text.slice(at + 1);
  const hexadecimal = /^(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]+))/.exec(rest);
  if (hexadecimal !== null) {
    const code = Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? hexadecimal[3]!, 16);
    if (code > 0x10ffff) throw failure('invalidRegex', { reason: 'invalid escape \\ sequence' });
    return { code, end: at + 1 + hexadecimal[0].length };
  }
  const octal = /^0[0-7]{1,2}/.exec(rest);
  if (octal !== null) return { code: Number.parseInt(octal[0], 8), end: at + 1 + octal[0].length };
  if (next === 'c' && rest.length > 1) return { code: rest.charCodeAt(1) & 31, end: at + 3 };
  const control = CONTROLS[next];
  if (control !== undefined) return { code: control, end: at + 2 };
  if (/[A-Za-z0-9]/.test(next)) return null;
  const code = text.codePointAt(at + 1)!;
  return { code, end: at + 1 + String.fromCodePoint(code).length };
}

/** Translates the escape at `at` outside brackets. */
export function escapeOf(text: string, at: number): RegexPiece {
  const next = text[at + 1] ?? '';
  const constraint = CONSTRAINTS[next];
  if (constraint !== undefined) return { source: constraint, end: at + 2, isOperand: false };
  const shorthand = CLASSES[next];
  if (shorthand !== undefined) return { source: shorthand, end: at + 2, isOperand: true };
  const character = characterEscape(text, at);
  if (character !== null) return { source: codePointSource(character.code), end: character.end, isOperand: true };
  if (/[1-9]/.test(next)) throw failure('notSupported', { feature: 'a back reference in a regular expression' });
  throw failure('invalidRegex', { reason: 'invalid escape \\ sequence' });
}
