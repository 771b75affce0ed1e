import { compareBytes, utf8Bytes } from '../codec/utf8.ts';
import { failure } from '../errors/table.ts';
import { formatNumeric, parseNumeric } from './numeric.ts';

/** A parsed JSON value. Numbers keep their text; an object keeps its members in the order of the text, duplicates included. */
export type JsonNode =
  | null
  | boolean
  | string
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [key: string, value: JsonNode])[] };

/** How deeply arrays and objects may nest. */
const DEPTH_MAX = 1_000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTE = 0x22;

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Letters, digits, `_` and everything beyond ASCII: what PostgreSQL reads on through in a word. */
function isWordUnit(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95 || unit > 127
  );
}

function invalid(detail: string): Error {
  return failure('invalidJson', {}, { detail });
}

/** How much of the escapes is looked at: json keeps them as they are, reading a value needs them whole, jsonb refuses \\u0000 as well. */
type Escapes = 'keep' | 'read' | 'store';

/** RFC 8259, strictly, as PostgreSQL reads it. */
class Parser {
  readonly #text: string;
  readonly #escapes: Escapes;
  #at = 0;
  #depth = 0;

  constructor(text: string, escapes: Escapes) {
    this.#text = text;
    this.#escapes = escapes;
  }

  parse(): JsonNode {
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#text.length) throw this.#unexpected('Expected end of input');
    return value;
  }

  #skip(): void {
    while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  /** The error of a token in the wrong place, or that is none. */
  #unexpected(what: string): Error {
    const rest = this.#text.slice(this.#at, this.#at + 80);
    const token = /^(?:"(?:[^"\\]|\\.)*"?|-?[0-9][\w.+-]*|[A-Za-z0-9_\u0080-\uffff]+|[\s\S])?/.exec(rest)![0];
    if (token === '') return invalid('The input string ended unexpectedly.');
    const isToken = /^(?:[{}[\],:]|"[\s\S]*"|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(token);
    return invalid(isToken && token !== '"' ? `${what}, but found "${token}".` : `Token "${token}" is invalid.`);
  }

  #value(): JsonNode {
    this.#skip();
    switch (this.#text.charCodeAt(this.#at)) {
      case QUOTE:
        return this.#string();
      case 0x7b:
      case 0x5b: {
        this.#depth += 1;
        if (this.#depth > DEPTH_MAX) throw failure('tooComplex');
        const value = this.#text.charCodeAt(this.#at) === 0x7b ? this.#object() : this.#array();
        this.#depth -= 1;
        return value;
      }
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #word(word: string, value: JsonNode): JsonNode {
    const end = this.#at + word.length;
    if (!this.#text.startsWith(word, this.#at) || isWordUnit(this.#text.charCodeAt(end))) {
      throw this.#unexpected('Expected JSON value');
    }
    this.#at = end;
    return value;
  }

  #number(): JsonNode {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected('Expected JSON value');
    const end = this.#at + match[0].length;
    const next = this.#text.charCodeAt(end);
    if (isWordUnit(next) || next === 0x2e || next === 0x2b || next === 0x2d) {
      throw invalid(`Token "${/^[\w.+-]+/.exec(this.#text.slice(this.#at))![0]}" is invalid.`);
    }
    this.#at = end;
    return { kind: 'number', text: match[0] };
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    let result = '';
    let from = this.#at;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === QUOTE) {
        result += this.#text.slice(from, this.#at);
        this.#at += 1;
        return result;
      }
      if (unit === 0x5c) {
        result += this.#text.slice(from, this.#at) + this.#escape();
        from = this.#at;
      } else if (unit >= 0x20) this.#at += 1;
      else if (Number.isNaN(unit)) throw invalid(`Token "${this.#text.slice(start)}" is invalid.`);
      else throw invalid(`Character with value 0x${unit.toString(16).padStart(2, '0')} must be escaped.`);
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1];
    if (letter === undefined) throw invalid('The input string ended unexpectedly.');
    if (letter !== 'u') {
      const plain = ESCAPES[letter];
      if (plain === undefined) throw invalid(`Escape sequence "\\${letter}" is invalid.`);
      this.#at += 2;
      return plain;
    }
    const unit = this.#unicode();
    if (this.#escapes === 'keep') return '';
    if (unit === 0 && this.#escapes === 'store')
      throw failure('untranslatable', {}, { detail: '\\u0000 cannot be converted to text.' });
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit >= 0xdc00) throw invalid('Unicode low surrogate must follow a high surrogate.');
    const follows = this.#text.startsWith('\\u', this.#at);
    const low = follows ? this.#unicode() : 0;
    if (low < 0xdc00 || low > 0xdfff) throw invalid('Unicode low surrogate must follow a high surrogate.');
    return String.fromCharCode(unit, low);
  }

  #unicode(): number {
    const digits = this.#text.slice(this.#at + 2, this.#at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw invalid('"\\u" must be followed by four hexadecimal digits.');
    this.#at += 6;
    return Number.parseInt(digits, 16);
  }

  #array(): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    this.#skip();
    if (this.#text[this.#at] === ']') {
      this.#at += 1;
      return { kind: 'array', items };
    }
    for (;;) {
      items.push(this.#value());
      if (this.#closes(']', 'Expected "," or "]"')) return { kind: 'array', items };
    }
  }

  #object(): JsonNode {
    const members: [string, JsonNode][] = [];
    this.#at += 1;
    this.#skip();
    if (this.#text[this.#at] === '}') {
      this.#at += 1;
      return { kind: 'object', members };
    }
    for (;;) {
      this.#skip();
      if (this.#text[this.#at] !== '"')
        throw this.#unexpected(members.length === 0 ? 'Expected string or "}"' : 'Expected string');
      const key = this.#string();
      this.#skip();
      if (this.#text[this.#at] !== ':') throw this.#unexpected('Expected ":"');
      this.#at += 1;
      members.push([key, this.#value()]);
      if (this.#closes('}', 'Expected "," or "}"')) return { kind: 'object', members };
    }
  }

  /** After an element: true at the closing bracket, false after a comma. */
  #closes(bracket: string, expected: string): boolean {
    this.#skip();
    const next = this.#text[this.#at];
    if (next !== bracket && next !== ',') throw this.#unexpected(expected);
    this.#at += 1;
    return next === bracket;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Parses JSON; 22P02 with PostgreSQL's detail when it is none, 54001 when nested deeper than 1000. */
export function parseJson(text: string): JsonNode {
  return new Parser(text, 'read').parse();
}

/** Checks that a text is JSON, as the type json does: escapes need only be well formed (`\\ud83d` alone is accepted). */
export function validateJson(text: string): void {
  new Parser(text, 'keep').parse();
}

/** As `parseJson`, but \u0000 is refused (22P05), as jsonb and `->>` do. */
export function parseJsonb(text: string): JsonNode {
  return new Parser(text, 'store').parse();
}

/** A number that is its own canonical numeric: no exponent, no minus zero. */
const PLAIN_NUMBER = /^(?:\d+(?:\.\d+)?|-[1-9]\d*(?:\.\d+)?)$/;

/** jsonb's text: keys by length then bytes, the last of equal keys, numbers exact, `{"a": 1, "b": [1, 2]}`. */
export function formatJsonb(node: JsonNode): string {
  if (node === null) return 'null';
  if (typeof node === 'boolean') return node ? 'true' : 'false';
  if (typeof node === 'string') return quoteJson(node);
  if (node.kind === 'number') return PLAIN_NUMBER.test(node.text) ? node.text : formatNumeric(parseNumeric(node.text));
  if (node.kind === 'array') return `[${node.items.map(formatJsonb).join(', ')}]`;
  return `{${sortedMembers(node.members)
    .map(([key, value]) => `${quoteJson(key)}: ${formatJsonb(value)}`)
    .join(', ')}}`;
}

/** jsonb's order of members: by key length in bytes, then bytes; of equal keys the last wins. */
export function sortedMembers(members: readonly (readonly [string, JsonNode])[]): (readonly [string, JsonNode])[] {
  if (isSorted(members)) return [...members];
  const unique = new Map(members);
  return [...unique]
    .map((member) => ({ member, bytes: utf8Bytes(member[0]) }))
    .sort(
      (a, b) => a.bytes.length - b.bytes.length || compareBytes(a.bytes, 0, a.bytes.length, b.bytes, 0, b.bytes.length),
    )
    .map((entry) => entry.member);
}

/** Keys of ASCII in strictly ascending order already: the common case, and jsonb's own output. */
function isSorted(members: readonly (readonly [string, JsonNode])[]): boolean {
  for (let i = 1; i < members.length; i += 1) {
    const a = members[i - 1]![0];
    const b = members[i]![0];
    if (a.length > b.length || (a.length === b.length && a >= b)) return false;
  }
  return members.length <= 1 || members.every(([key]) => IS_ASCII.test(key));
}

/** The canonical jsonb text of any JSON text. */
export function canonicalJsonb(text: string): string {
  return formatJsonb(parseJsonb(text));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const IS_ASCII = /^[\u0000-\u007f]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const MUST_ESCAPE = /["\\\u0000-\u001f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const HAS_ESCAPE = /["\\\u0000-\u001f]/;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A JSON string literal, escaped as PostgreSQL's escape_json does. */
export function quoteJson(text: string): string {
  if (!HAS_ESCAPE.test(text)) return `"${text}"`;
  const escaped = text.replace(MUST_ESCAPE, (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}
