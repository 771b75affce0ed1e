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
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids control characters in strings
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;

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
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
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
    const start = this.#text[this.#at];
    if (start === '"') return this.#string();
    if (start === '{') return this.#nested(() => this.#object());
    if (start === '[') return this.#nested(() => this.#array());
    const word = /^[\w.+-]*/.exec(this.#text.slice(this.#at, this.#at + 8))![0];
    if (word === 'true' || word === 'false' || word === 'null') {
      this.#at += word.length;
      return word === 'null' ? null : word === 'true';
    }
    return this.#number();
  }

  #nested(parse: () => JsonNode): JsonNode {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw failure('tooComplex');
    const value = parse();
    this.#depth -= 1;
    return value;
  }

  #number(): JsonNode {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected('Expected JSON value');
    const end = this.#at + match[0].length;
    if (/[\w.+-]/.test(this.#text[end] ?? '')) {
      const token = /^[\w.+-]+/.exec(this.#text.slice(this.#at))![0];
      throw invalid(`Token "${token}" is invalid.`);
    }
    this.#at = end;
    return { kind: 'number', text: match[0] };
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    let result = '';
    for (;;) {
      PLAIN.lastIndex = this.#at;
      result += PLAIN.exec(this.#text)![0];
      this.#at = PLAIN.lastIndex;
      const next = this.#text[this.#at];
      if (next === '"') {
        this.#at += 1;
        return result;
      }
      if (next === undefined) throw invalid(`Token "${this.#text.slice(start)}" is invalid.`);
      if (next !== '\\') {
        const code = next.charCodeAt(0).toString(16).padStart(2, '0');
        throw invalid(`Character with value 0x${code} must be escaped.`);
      }
      result += this.#escape();
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

/** jsonb's text: keys by length then bytes, the last of equal keys, numbers exact, `{"a": 1, "b": [1, 2]}`. */
export function formatJsonb(node: JsonNode): string {
  if (node === null) return 'null';
  if (typeof node === 'boolean') return node ? 'true' : 'false';
  if (typeof node === 'string') return quoteJson(node);
  if (node.kind === 'number') return formatNumeric(parseNumeric(node.text));
  if (node.kind === 'array') return `[${node.items.map(formatJsonb).join(', ')}]`;
  return `{${sortedMembers(node.members)
    .map(([key, value]) => `${quoteJson(key)}: ${formatJsonb(value)}`)
    .join(', ')}}`;
}

/** jsonb's order of members: by key length in bytes, then bytes; of equal keys the last wins. */
export function sortedMembers(members: readonly (readonly [string, JsonNode])[]): (readonly [string, JsonNode])[] {
  const unique = new Map(members);
  if (unique.size <= 1) return [...unique];
  return [...unique]
    .map((member) => ({ member, bytes: utf8Bytes(member[0]) }))
    .sort(
      (a, b) => a.bytes.length - b.bytes.length || compareBytes(a.bytes, 0, a.bytes.length, b.bytes, 0, b.bytes.length),
    )
    .map((entry) => entry.member);
}

/** The canonical jsonb text of any JSON text. */
export function canonicalJsonb(text: string): string {
  return formatJsonb(parseJsonb(text));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const MUST_ESCAPE = /["\\\u0000-\u001f]/g;
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
  const escaped = text.replace(MUST_ESCAPE, (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}
