import { failure } from '../errors/table.ts';
import { charactersOf } from './characters.ts';

/** Whether a text matches a LIKE pattern. */
export type LikeMatcher = (value: string) => boolean;

const ANY = 0;
const ONE = 1;
/** A backslash at the pattern's end: an error once matching gets there. */
const DANGLING = 2;
type Token = string | typeof ANY | typeof ONE | typeof DANGLING;

/**
 * Makes a matcher of a LIKE pattern: `%` any text, `_` one character, `\` takes the next character literally. The plain shapes
 * (`abc`, `abc%`, `%abc`, `%abc%`) become string searches. Matching raises 22025 where it reaches a backslash that ends the pattern.
 */
export function likeMatcher(pattern: string): LikeMatcher {
  const tokens = tokenize(pattern);
  const isLiteral = (from: number, to: number): boolean => tokens.slice(from, to).every((t) => typeof t === 'string');
  const literal = (from: number, to: number): string => tokens.slice(from, to).join('');
  const last = tokens.length - 1;
  if (isLiteral(0, tokens.length)) return equals(literal(0, tokens.length));
  if (tokens[last] === ANY && isLiteral(0, last)) return startsWith(literal(0, last));
  if (tokens[0] === ANY && isLiteral(1, tokens.length)) return endsWith(literal(1, tokens.length));
  if (last > 0 && tokens[0] === ANY && tokens[last] === ANY && isLiteral(1, last)) return contains(literal(1, last));
  return (value) => matchTokens(charactersOf(value), tokens);
}

const equals =
  (literal: string): LikeMatcher =>
  (value) =>
    value === literal;
const startsWith =
  (literal: string): LikeMatcher =>
  (value) =>
    value.startsWith(literal);
const endsWith =
  (literal: string): LikeMatcher =>
  (value) =>
    value.endsWith(literal);
const contains =
  (literal: string): LikeMatcher =>
  (value) =>
    value.includes(literal);

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const characters = charactersOf(pattern);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '\\') tokens.push(++i < characters.length ? characters[i]! : DANGLING);
    else if (character === '%') {
      if (tokens.at(-1) !== ANY) tokens.push(ANY);
    } else tokens.push(character === '_' ? ONE : character);
  }
  return tokens;
}

/** Greedy matching that only ever goes back to the last `%`: at most pattern times text steps. */
function matchTokens(text: readonly string[], tokens: readonly Token[]): boolean {
  let t = 0;
  let p = 0;
  let starToken = -1;
  let starText = 0;
  while (t < text.length) {
    const token = tokens[p];
    if (token === DANGLING) throw failure('invalidEscape');
    if (token === ANY) {
      starToken = p++;
      starText = t;
    } else if (token !== undefined && (token === ONE || token === text[t])) {
      p++;
      t++;
    } else if (starToken >= 0) {
      p = starToken + 1;
      t = ++starText;
    } else return false;
  }
  while (tokens[p] === ANY) p++;
  return p === tokens.length;
}

/** `like_escape`: rewrites a pattern with another escape character (or none) to one with backslash. 22025 for a longer escape. */
export function likeEscape(pattern: string, escapeText: string): string {
  const [character, ...more] = charactersOf(escapeText);
  if (more.length > 0) throw invalidEscapeString();
  if (character === '\\') return pattern;
  let result = '';
  let isEscaped = false;
  for (const next of pattern) {
    if (next === character && !isEscaped) {
      result += '\\';
      isEscaped = true;
    } else {
      result += next === '\\' && !isEscaped ? '\\\\' : next;
      isEscaped = false;
    }
  }
  return result;
}

/** 22025: an ESCAPE of more than one character. */
export function invalidEscapeString(): Error {
  return failure('invalidEscapeString');
}
