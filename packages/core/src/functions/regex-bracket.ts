import { failure } from '../errors/table.ts';
import {
  characterEscape,
  codePointSource,
  type RegexPiece,
  SPACE,
  WORD,
  WORD_END,
  WORD_START,
} from './regex-escape.ts';

const NAMED: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}\\p{N}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: SPACE,
  blank: '\\t ',
  punct: '\\p{P}\\p{S}',
  cntrl: '\\x00-\\x1f\\x7f',
  print: '\\x20-\\x7e\\x{a0}-\\x{10ffff}',
  graph: '\\x21-\\x7e\\x{a1}-\\x{10ffff}',
  xdigit: '0-9A-Fa-f',
  word: WORD,
};
const SHORTHANDS: Readonly<Record<string, string>> = { d: '0-9', s: SPACE, w: WORD };

function unbalanced(): Error {
  return failure('invalidRegex', { reason: 'brackets [] not balanced' });
}

/**
 * Translates the bracket expression at `at`: `[abc]`, `[^a-z]`, `[[:alpha:]]`, `[\d.]`, and the word constraints `[[:<:]]` and `[[:>:]]`.
 * Without `matchesNewline` a complemented one does not match a newline.
 */
export function translateBracket(text: string, at: number, matchesNewline: boolean): RegexPiece {
  if (text.startsWith('[[:<:]]', at)) return { source: WORD_START, end: at + 7, isOperand: false };
  if (text.startsWith('[[:>:]]', at)) return { source: WORD_END, end: at + 7, isOperand: false };
  const isNegated = text[at + 1] === '^';
  const first = at + (isNegated ? 2 : 1);
  let inside = '';
  let i = first;
  while (i === first || text[i] !== ']') {
    const set = setAt(text, i);
    if (set !== null) {
      inside += set.source;
      i = set.end;
      continue;
    }
    const low = memberAt(text, i);
    const isRange = text[low.end] === '-' && text[low.end + 1] !== ']' && text[low.end + 1] !== undefined;
    const high = isRange ? memberAt(text, low.end + 1) : low;
    if (high.code < low.code) throw failure('invalidRegex', { reason: 'invalid character range' });
    inside += isRange ? `${codePointSource(low.code)}-${codePointSource(high.code)}` : codePointSource(low.code);
    i = high.end;
  }
  const newline = isNegated && !matchesNewline ? '\\n' : '';
  return { source: `[${isNegated ? '^' : ''}${inside}${newline}]`, end: i + 1, isOperand: true };
}

/** A class inside brackets: `[:alpha:]`, `\d`; null where a single character stands. */
function setAt(text: string, i: number): { readonly source: string; readonly end: number } | null {
  if (text.startsWith('[:', i)) {
    const end = text.indexOf(':]', i + 2);
    const source = end < 0 ? undefined : NAMED[text.slice(i + 2, end)];
    if (source === undefined) throw failure('invalidRegex', { reason: 'invalid character class' });
    return { source, end: end + 2 };
  }
  const shorthand = text[i] === '\\' ? SHORTHANDS[text[i + 1] ?? ''] : undefined;
  return shorthand === undefined ? null : { source: shorthand, end: i + 2 };
}

/** A single character inside brackets: itself, an escape, `[.x.]` or `[=x=]`. */
function memberAt(text: string, i: number): { readonly code: number; readonly end: number } {
  const code = text.codePointAt(i);
  if (code === undefined) throw unbalanced();
  if (text[i] === '\\') {
    const character = characterEscape(text, i);
    if (character === null) throw failure('invalidRegex', { reason: 'invalid escape \\ sequence' });
    return character;
  }
  const element = /^\[([.=])(.)\1\]/su.exec(text.slice(i, i + 8));
  if (element !== null) return { code: element[2]!.codePointAt(0)!, end: i + element[0].length };
  if (text.startsWith('[.', i) || text.startsWith('[=', i)) {
    throw failure('invalidRegex', { reason: 'invalid collating element' });
  }
  return { code, end: i + String.fromCodePoint(code).length };
}
