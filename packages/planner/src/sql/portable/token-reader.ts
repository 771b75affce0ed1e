import type { AstName } from '../ast.ts';
import { canNameColumn } from './keywords.ts';
import { atOf, type Reading } from './level.ts';
import { syntaxError } from './refusal.ts';
import { type GroupToken, isParenthesis, isSymbol, isWord, type PlainToken, type Token } from './token.ts';

/** Tokens that are read from the left: for statements whose grammar is words in a row. */
export interface TokenReader {
  readonly reading: Reading;
  readonly items: readonly Token[];
  next: number;
}

/** A reader of these tokens. */
export function readerOf(reading: Reading, items: readonly Token[], next = 0): TokenReader {
  return { reading, items, next };
}

/** The next token. */
export function nextToken(r: TokenReader): Token | undefined {
  return r.items[r.next];
}

/** 42601 at the next token. */
export function unexpected(r: TokenReader): Error {
  return syntaxError(r.reading.sql, nextToken(r));
}

/** Steps over these words if they are next, all of them. */
export function skipWords(r: TokenReader, ...words: readonly string[]): boolean {
  if (!words.every((word, i) => isWord(r.items[r.next + i], word))) return false;
  r.next += words.length;
  return true;
}

/** Steps over these words, which must be next. */
export function expectWords(r: TokenReader, ...words: readonly string[]): void {
  for (const word of words) if (!skipWords(r, word)) throw unexpected(r);
}

/** Steps over a symbol if it is next. */
export function skipSymbol(r: TokenReader, ...symbols: readonly string[]): boolean {
  if (!isSymbol(nextToken(r), ...symbols)) return false;
  r.next++;
  return true;
}

/** A name, unquoted or quoted; Reserved words and those for functions only are none. */
export function takeName(r: TokenReader): PlainToken {
  const token = nextToken(r);
  const isName = token?.kind === 'quoted' || (token?.kind === 'word' && canNameColumn(token.text));
  if (!isName) throw unexpected(r);
  r.next++;
  return token;
}

/** `name`, `schema.name`, `database.schema.name`. */
export function takeQualifiedName(r: TokenReader): AstName {
  const first = takeName(r);
  const parts = [first.text];
  while (skipSymbol(r, '.')) {
    const token = nextToken(r);
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw unexpected(r);
    parts.push(token.text);
    r.next++;
  }
  if (parts.length > 3) throw syntaxError(r.reading.sql, first);
  return { parts, at: atOf(r.reading, first) };
}

/** A group in parentheses, which must be next. */
export function takeGroup(r: TokenReader): GroupToken {
  const group = nextToken(r);
  if (!isParenthesis(group)) throw unexpected(r);
  r.next++;
  return group;
}

/** Nothing may be left. */
export function expectEnd(r: TokenReader): void {
  if (r.next < r.items.length) throw unexpected(r);
}
