import { parseJsonb } from '../types/json.ts';

/**
 * Reading parts of json and jsonb values out of their text without building a tree: a part's text is cut out as it stands (jsonb's
 * canonical form is canonical in all its parts too). Law: the text is valid JSON, as every stored value is.
 */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/** What kind of value a JSON text is. */
export function jsonKindOf(text: string): JsonKind {
  switch (text[skipSpace(text, 0)]) {
    case '{':
      return 'object';
    case '[':
      return 'array';
    case '"':
      return 'string';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
      return 'null';
    default:
      return 'number';
  }
}

/** The elements' texts of an array; nothing for other values. */
export function* jsonItems(text: string): Generator<string, void, void> {
  let at = skipSpace(text, 0);
  if (text[at] !== '[') return;
  at = skipSpace(text, at + 1);
  while (text[at] !== ']') {
    const end = valueEnd(text, at);
    yield text.slice(at, end);
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
}

/** The members of an object, keys unescaped, values as texts, in the order of the text; nothing for other values. */
export function* jsonMembers(text: string): Generator<readonly [key: string, value: string], void, void> {
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return;
  at = skipSpace(text, at + 1);
  while (text[at] !== '}') {
    const keyEnd = valueEnd(text, at);
    const key = unquote(text.slice(at, keyEnd));
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = valueEnd(text, start);
    yield [key, text.slice(start, end)];
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
}

/** `->>`: a string's contents, NULL for null, the text of anything else. 22P05 for a string that text cannot hold. */
export function jsonAsText(text: string): string | null {
  const kind = jsonKindOf(text);
  if (kind === 'null') return null;
  return kind === 'string' ? unquote(text.trim()) : text;
}

/** The member of an object with this key (the last of several), or null. */
export function jsonMember(text: string, key: string): string | null {
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACE) return null;
  const isKeyPlain = !/["\\]/.test(key);
  let found: string | null = null;
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = stringEnd(text, at);
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = valueEnd(text, start);
    const isPlain = isKeyPlain && keyEnd - at - 2 === key.length && text.startsWith(key, at + 1);
    if (isPlain || (text.slice(at, keyEnd).includes('\\') && unquote(text.slice(at, keyEnd)) === key)) {
      found = text.slice(start, end);
    }
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return found;
}

/** The element of an array at an index, from the end for a negative one, or null. */
export function jsonItem(text: string, index: number): string | null {
  if (index < 0) return Array.from(jsonItems(text)).at(index) ?? null;
  let i = 0;
  for (const item of jsonItems(text)) if (i++ === index) return item;
  return null;
}

/** `#>`: follows keys and indices; null where there is no such part. */
export function jsonAtPath(text: string, path: readonly (string | null)[]): string | null {
  let part: string | null = text;
  for (const step of path) {
    if (part === null || step === null) return null;
    const kind = jsonKindOf(part);
    if (kind === 'object') part = jsonMember(part, step);
    else if (kind === 'array' && /^\s*[+-]?\d{1,10}$/.test(step)) part = jsonItem(part, Number(step));
    else return null;
  }
  return part;
}

function unquote(literal: string): string {
  return literal.includes('\\') ? (parseJsonb(literal) as string) : literal.slice(1, -1);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** The end of the value that starts at `from`. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    if (at >= text.length) return at;
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++;
      at++;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
      at++;
    } else if (depth > 0) at++;
    else at = scalarEnd(text, at);
  } while (depth > 0);
  return at;
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) break;
    at += code === BACKSLASH ? 2 : 1;
  }
  return at + 1;
}

function scalarEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE) break;
    at++;
  }
  return at;
}
