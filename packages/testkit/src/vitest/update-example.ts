import { readFileSync, writeFileSync } from 'node:fs';
import { assert } from '@millrace/core';
import type { RuleExample } from '@millrace/planner';

const LINE_WIDTH = 120;

/**
 * Writes an example's plans into the source of its rule. The example is the one whose `title` is this literal; its `before` and `after` are string
 * literals behind it. An AssertionError if the source has no such example.
 */
export function updateExample(path: string, title: string, plans: Pick<RuleExample, 'before' | 'after'>): void {
  const before = readFileSync(path, 'utf8');
  const text = withPlans(before, title, plans);
  if (text !== before) writeFileSync(path, text);
}

/** The same on text. */
export function withPlans(source: string, title: string, plans: Pick<RuleExample, 'before' | 'after'>): string {
  let text = source;
  for (const key of ['before', 'after'] as const) {
    const start = endOfTitle(text, title);
    const place = literalOf(text, key, start);
    assert(place !== null, `the example "${title}" has no ${key}: '...'`);
    text = text.slice(0, place.key) + property(text, place.key, key, plans[key]) + text.slice(place.end);
  }
  return text;
}

function endOfTitle(text: string, title: string): number {
  for (const match of text.matchAll(/\btitle:\s*/g)) {
    const end = endOfLiteral(text, match.index + match[0].length);
    if (end !== null && textOf(text.slice(match.index + match[0].length, end)) === title) return end;
  }
  assert(false, `the source has no example "${title}"`);
}

/** Where `key: '...'` stands behind the title and in front of the next one. */
function literalOf(text: string, key: string, start: number): { readonly key: number; readonly end: number } | null {
  const next = text.indexOf('title:', start);
  const pattern = new RegExp(`\\b${key}:\\s*(?=['"\`])`, 'g');
  pattern.lastIndex = start;
  const match = pattern.exec(text);
  if (match === null || (next >= 0 && match.index > next)) return null;
  const end = endOfLiteral(text, match.index + match[0].length);
  return end === null ? null : { key: match.index, end };
}

/** Behind the closing quote of the string literal that starts here; null if none does. */
function endOfLiteral(text: string, start: number): number | null {
  const quote = text[start];
  if (quote !== "'" && quote !== '"' && quote !== '`') return null;
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i + 1;
  }
  return null;
}

/** The text of a string literal; the escapes that plans and titles need. */
function textOf(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/** `key: 'text'`, as the formatter writes it: on a line of its own if it is too long. */
function property(text: string, at: number, key: string, value: string): string {
  const indent = at - (text.lastIndexOf('\n', at) + 1);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const body = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll(quote, `\\${quote}`);
  const line = `${key}: ${quote}${body}${quote}`;
  if (indent + line.length + 1 <= LINE_WIDTH) return line;
  return `${key}:\n${' '.repeat(indent + 2)}${quote}${body}${quote}`;
}
