import { failure } from '../errors/table.ts';

/** PostgreSQL's array literals: `{1,2,NULL,"a b"}`, one dimension. */

const NEEDS_QUOTES = /[{},"\\\s]/;

/** The items' texts as an array literal; null = NULL. */
export function formatArrayText(items: readonly (string | null)[]): string {
  return `{${items.map((item) => (item === null ? 'NULL' : quoteItem(item))).join(',')}}`;
}

function quoteItem(text: string): string {
  if (text === '' || NEEDS_QUOTES.test(text) || /^null$/i.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`;
  return text;
}

function malformed(text: string, detail: string): Error {
  return failure('malformedArray', { value: text }, { detail });
}

/** The items of an array literal, unquoted; null = NULL. 22P02 for malformed ones, 0A000 for more than one dimension or bounds. */
export function parseArrayText(text: string): (string | null)[] {
  const space = /[ \t\n\r\v\f]/;
  let at = 0;
  const skip = (): void => {
    while (at < text.length && space.test(text[at]!)) at += 1;
  };
  skip();
  if (text[at] === '[') throw failure('notSupported', { feature: 'an array with explicit bounds' });
  if (text[at] !== '{') throw malformed(text, 'Array value must start with "{" or dimension information.');
  at += 1;
  const items: (string | null)[] = [];
  skip();
  if (text[at] === '}') at += 1;
  else {
    for (;;) {
      skip();
      const item = readItem(text, at);
      items.push(item.value);
      at = item.end;
      skip();
      const next = text[at];
      at += 1;
      if (next === '}') break;
      if (next !== ',')
        throw malformed(text, next === undefined ? 'Unexpected end of input.' : `Unexpected array element.`);
    }
  }
  skip();
  if (at < text.length) throw malformed(text, 'Junk after closing right brace.');
  return items;
}

function readItem(text: string, start: number): { readonly value: string | null; readonly end: number } {
  const first = text[start];
  if (first === '{') throw failure('notSupported', { feature: 'an array with more than one dimension' });
  if (first === '"') return readQuoted(text, start);
  let value = '';
  let trimmedLength = 0;
  let escaped = false;
  let at = start;
  for (; at < text.length; at += 1) {
    let c = text[at]!;
    if (c === ',' || c === '}') break;
    if (c === '{') throw malformed(text, 'Unexpected "{" character.');
    if (c === '"') throw malformed(text, 'Unexpected array element.');
    if (c === '\\') {
      at += 1;
      if (at >= text.length) break;
      c = text[at]!;
      escaped = true;
      value += c;
      trimmedLength = value.length;
      continue;
    }
    value += c;
    if (!/[ \t\n\r\v\f]/.test(c)) trimmedLength = value.length;
  }
  if (at >= text.length) throw malformed(text, 'Unexpected end of input.');
  value = value.slice(0, trimmedLength);
  if (value === '') throw malformed(text, `Unexpected "${text[at]}" character.`);
  return { value: !escaped && /^null$/i.test(value) ? null : value, end: at };
}

function readQuoted(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const c = text[at]!;
    if (c === '"') return { value, end: at + 1 };
    if (c === '\\') {
      at += 1;
      if (at >= text.length) break;
    }
    value += text[at]!;
  }
  throw malformed(text, 'Unexpected end of input.');
}
