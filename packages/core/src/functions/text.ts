import { utf8Length } from '../codec/utf8.ts';
import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import { characterCount } from '../types/text-length.ts';
import { characterOffset, characterSlice, charactersOf, checkLength, lowerCase, upperCase } from './characters.ts';
import type { FunctionDefinition } from './definition.ts';
import { safe, simple } from './shorthand.ts';

const { text, int4, bool, bytea } = types;

/** `substring(text FROM start FOR length)`: positions before the first character count. 22011 for a negative length. */
export function substring(value: string, start: number, length: number | null): string {
  if (length === null) return characterSlice(value, start - 1, Number.MAX_SAFE_INTEGER);
  if (length < 0) throw failure('negativeSubstring');
  return characterSlice(value, start - 1, start - 1 + length);
}

function substringOfBytes(value: Uint8Array, start: number, length: number | null): Uint8Array {
  if (length !== null && length < 0) throw failure('negativeSubstring');
  return value.slice(Math.max(0, start - 1), length === null ? undefined : Math.max(0, start - 1 + length));
}

function overlay(value: string, replacement: string, start: number, length: number): string {
  if (start <= 0) throw failure('negativeSubstring');
  return substring(value, 1, start - 1) + replacement + substring(value, start + length, null);
}

/** `left`: the first characters, or all but the last ones for a negative count. */
function left(value: string, count: number): string {
  return characterSlice(value, 0, count < 0 ? characterCount(value) + count : count);
}

function right(value: string, count: number): string {
  const length = characterCount(value);
  return characterSlice(value, count < 0 ? -count : length - count, length);
}

function pad(value: string, length: number, fill: string, isLeft: boolean): string {
  const missing = length - characterCount(value);
  if (missing <= 0) return characterSlice(value, 0, length);
  if (fill === '') return value;
  checkLength(length);
  const characters = charactersOf(fill);
  const repeated =
    fill.repeat(Math.floor(missing / characters.length)) + characters.slice(0, missing % characters.length).join('');
  return isLeft ? repeated + value : value + repeated;
}

/** Removes the characters of `set` from the chosen ends. */
function trim(value: string, set: string, ends: 'left' | 'right' | 'both'): string {
  const unwanted = new Set(set);
  const characters = charactersOf(value);
  let start = 0;
  let end = characters.length;
  if (ends !== 'right') while (start < end && unwanted.has(characters[start]!)) start++;
  if (ends !== 'left') while (end > start && unwanted.has(characters[end - 1]!)) end--;
  return characters.slice(start, end).join('');
}

function position(value: string, part: string): number {
  const at = value.indexOf(part);
  return at < 0 ? 0 : characterOffset(value, at) + 1;
}

function splitPart(value: string, delimiter: string, field: number): string {
  if (field === 0) throw failure('invalidParameterValue', { message: 'field position must not be zero' });
  const parts = delimiter === '' ? [value] : value === '' ? [] : value.split(delimiter);
  return parts.at(field > 0 ? field - 1 : field) ?? '';
}

function repeat(value: string, count: number): string {
  if (count <= 0) return '';
  checkLength(utf8Length(value) * count);
  return value.repeat(count);
}

const WORD_CHARACTER = /[\p{L}\p{N}]/u;

function initcap(value: string): string {
  let isInWord = false;
  let result = '';
  for (const character of value) {
    result += isInWord ? lowerCase(character) : upperCase(character);
    isInWord = WORD_CHARACTER.test(character);
  }
  return result;
}

function translate(value: string, from: string, to: string): string {
  const source = charactersOf(from);
  const target = charactersOf(to);
  const map = new Map<string, string>();
  source.forEach((character, i) => {
    if (!map.has(character)) map.set(character, target[i] ?? '');
  });
  return charactersOf(value)
    .map((character) => map.get(character) ?? character)
    .join('');
}

function chr(code: number): string {
  if (code < 0) throw failure('invalidParameterValue', { message: 'character number must be positive' });
  if (code === 0) throw failure('programLimit', { message: 'null character not permitted' });
  if (code > 0x10ffff) {
    throw failure('programLimit', { message: `requested character too large for encoding: ${code}` });
  }
  if (code >= 0xd800 && code < 0xe000) {
    throw failure('programLimit', { message: `requested character not valid for encoding: ${code}` });
  }
  return String.fromCodePoint(code);
}

const trims = (['ltrim', 'rtrim', 'btrim'] as const).flatMap((name) => {
  const ends = name === 'ltrim' ? 'left' : name === 'rtrim' ? 'right' : 'both';
  return [
    safe<[string]>(name, ['text'], text, (value) => trim(value, ' ', ends)),
    safe<[string, string]>(name, ['text', 'text'], text, (value, set) => trim(value, set, ends)),
  ];
});

const substrings = ['substring', 'substr'].flatMap((name) => [
  safe<[string, number]>(name, ['text', 'int4'], text, (value, start) => substring(value, start, null)),
  simple<[string, number, number]>(name, ['text', 'int4', 'int4'], text, substring),
  safe<[Uint8Array, number]>(name, ['bytea', 'int4'], bytea, (value, start) => substringOfBytes(value, start, null)),
  simple<[Uint8Array, number, number]>(name, ['bytea', 'int4', 'int4'], bytea, substringOfBytes),
]);

/** String functions (PostgreSQL manual 9.4). Characters are code points; case mapping is Unicode's, one character to one. */
export const textFunctions: readonly FunctionDefinition[] = [
  safe<[string]>('lower', ['text'], text, lowerCase),
  safe<[string]>('upper', ['text'], text, upperCase),
  safe<[string]>('initcap', ['text'], text, initcap),
  ...['length', 'char_length', 'character_length'].map((name) => safe<[string]>(name, ['text'], int4, characterCount)),
  safe<[Uint8Array]>('length', ['bytea'], int4, (value) => value.length),
  safe<[string]>('octet_length', ['text'], int4, utf8Length),
  safe<[string]>('octet_length', ['bpchar'], int4, utf8Length),
  safe<[Uint8Array]>('octet_length', ['bytea'], int4, (value) => value.length),
  safe<[string]>('bit_length', ['text'], int4, (value) => utf8Length(value) * 8),
  ...substrings,
  ...trims,
  simple<[string, string, number]>('overlay', ['text', 'text', 'int4'], text, (value, replacement, start) =>
    overlay(value, replacement, start, characterCount(replacement)),
  ),
  simple<[string, string, number, number]>('overlay', ['text', 'text', 'int4', 'int4'], text, overlay),
  safe<[string, number]>('left', ['text', 'int4'], text, left),
  safe<[string, number]>('right', ['text', 'int4'], text, right),
  simple<[string, number]>('lpad', ['text', 'int4'], text, (value, length) => pad(value, length, ' ', true)),
  simple<[string, number, string]>('lpad', ['text', 'int4', 'text'], text, (value, length, fill) =>
    pad(value, length, fill, true),
  ),
  simple<[string, number]>('rpad', ['text', 'int4'], text, (value, length) => pad(value, length, ' ', false)),
  simple<[string, number, string]>('rpad', ['text', 'int4', 'text'], text, (value, length, fill) =>
    pad(value, length, fill, false),
  ),
  safe<[string, string]>('strpos', ['text', 'text'], int4, position),
  safe<[string, string]>('position', ['text', 'text'], int4, position),
  simple<[string, string, string]>('replace', ['text', 'text', 'text'], text, (value, from, to) =>
    from === '' ? value : value.split(from).join(to),
  ),
  simple<[string, string, number]>('split_part', ['text', 'text', 'int4'], text, splitPart),
  simple<[string, number]>('repeat', ['text', 'int4'], text, repeat),
  safe<[string]>('reverse', ['text'], text, (value) => charactersOf(value).reverse().join('')),
  safe<[string]>('ascii', ['text'], int4, (value) => value.codePointAt(0) ?? 0),
  simple<[number]>('chr', ['int4'], text, chr),
  safe<[string, string, string]>('translate', ['text', 'text', 'text'], text, translate),
  safe<[string, string]>('starts_with', ['text', 'text'], bool, (value, prefix) => value.startsWith(prefix)),
  safe<[string, string]>('^@', ['text', 'text'], bool, (value, prefix) => value.startsWith(prefix)),
  safe<[number]>('to_hex', ['int4'], text, (value) => (value >>> 0).toString(16)),
  safe<[bigint]>('to_hex', ['int8'], text, (value) => BigInt.asUintN(64, value).toString(16)),
];
