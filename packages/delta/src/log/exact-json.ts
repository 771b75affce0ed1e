import { failure } from '@millrace/core';

/** A number exactly as the text had it: statistics hold int64s and decimals that a double cannot. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What `parseExactJson` gives: numbers as `number` where a double has them exactly as integers, as `bigint` beyond, or all as text. */
export type ExactJson = null | boolean | number | bigint | string | JsonNumber | readonly ExactJson[] | JsonObject;
/** An object, its members in the order of the text. */
export interface JsonObject {
  readonly [key: string]: ExactJson;
}

/** How numbers come out: `integers` = number or bigint (fractions as doubles), `text` = JsonNumber, always. */
export type NumberMode = 'integers' | 'text';

const LONG_DIGITS = /\d{16}/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHITESPACE = /[ \t\n\r]*/y;
const DEPTH_MAX = 200;

/**
 * Parses JSON without losing digits. `JSON.parse` turns 9007199254740993 into ...992, which in a Delta log corrupts txn versions
 * and prunes files that hold the row; Node 20's revivers do not see the source text. Texts without long numbers take the
 * fast path. Throws XX001 for anything that is not JSON.
 */
export function parseExactJson(text: string, numbers: NumberMode = 'integers'): ExactJson {
  if (numbers === 'integers' && !LONG_DIGITS.test(text)) {
    try {
      return JSON.parse(text) as ExactJson;
    } catch (error) {
      throw failure('dataCorrupted', { message: `invalid JSON: ${excerpt(text, 0)}` }, { cause: error });
    }
  }
  const parser = { text, position: 0, numbers };
  const value = parseValue(parser, 0);
  skipWhitespace(parser);
  if (parser.position !== text.length) throw syntaxError(parser);
  return value;
}

/** Compact JSON text; bigints and JsonNumbers digit by digit. Properties that are undefined are left out, as JSON.stringify does. */
export function formatExactJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(formatExactJson).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${JSON.stringify(key)}:${formatExactJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

interface Parser {
  readonly text: string;
  position: number;
  readonly numbers: NumberMode;
}

function parseValue(parser: Parser, depth: number): ExactJson {
  if (depth > DEPTH_MAX) throw failure('dataCorrupted', { message: 'JSON is too deeply nested' });
  skipWhitespace(parser);
  switch (parser.text[parser.position]) {
    case '{':
      return parseObject(parser, depth);
    case '[':
      return parseArray(parser, depth);
    case '"':
      return parseString(parser);
    case 't':
      return parseWord(parser, 'true', true);
    case 'f':
      return parseWord(parser, 'false', false);
    case 'n':
      return parseWord(parser, 'null', null);
    default:
      return parseNumber(parser);
  }
}

function parseObject(parser: Parser, depth: number): JsonObject {
  const object: Record<string, ExactJson> = {};
  parser.position++;
  if (takeIf(parser, '}')) return object;
  for (;;) {
    skipWhitespace(parser);
    if (parser.text[parser.position] !== '"') throw syntaxError(parser);
    const key = parseString(parser);
    if (!takeIf(parser, ':')) throw syntaxError(parser);
    const value = parseValue(parser, depth + 1);
    if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
    else object[key] = value;
    if (takeIf(parser, '}')) return object;
    if (!takeIf(parser, ',')) throw syntaxError(parser);
  }
}

function parseArray(parser: Parser, depth: number): readonly ExactJson[] {
  const items: ExactJson[] = [];
  parser.position++;
  if (takeIf(parser, ']')) return items;
  for (;;) {
    items.push(parseValue(parser, depth + 1));
    if (takeIf(parser, ']')) return items;
    if (!takeIf(parser, ',')) throw syntaxError(parser);
  }
}

function parseString(parser: Parser): string {
  const { text, position } = parser;
  let end = text.indexOf('"', position + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  if (end < 0) throw syntaxError(parser);
  try {
    const value = JSON.parse(text.slice(position, end + 1)) as string;
    parser.position = end + 1;
    return value;
  } catch {
    throw syntaxError(parser);
  }
}

/** Whether an odd number of backslashes stands before the character. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function parseNumber(parser: Parser): ExactJson {
  const text = match(parser, NUMBER);
  if (text === null) throw syntaxError(parser);
  if (parser.numbers === 'text') return new JsonNumber(text);
  const value = Number(text);
  const isInteger = !/[.eE]/.test(text);
  return isInteger && !Number.isSafeInteger(value) ? BigInt(text) : value;
}

function parseWord<T>(parser: Parser, word: string, value: T): T {
  if (!parser.text.startsWith(word, parser.position)) throw syntaxError(parser);
  parser.position += word.length;
  return value;
}

function takeIf(parser: Parser, character: string): boolean {
  skipWhitespace(parser);
  if (parser.text[parser.position] !== character) return false;
  parser.position++;
  return true;
}

function skipWhitespace(parser: Parser): void {
  match(parser, WHITESPACE);
}

function match(parser: Parser, pattern: RegExp): string | null {
  pattern.lastIndex = parser.position;
  const found = pattern.exec(parser.text);
  if (found === null) return null;
  parser.position += found[0].length;
  return found[0];
}

function syntaxError(parser: Parser): Error {
  return failure('dataCorrupted', {
    message: `invalid JSON at ${parser.position}: ${excerpt(parser.text, parser.position)}`,
  });
}

function excerpt(text: string, position: number): string {
  return JSON.stringify(text.slice(Math.max(0, position - 10), position + 30));
}
