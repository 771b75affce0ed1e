import { failure } from '@millrace/core';
import { compareDecimals, parseDecimal, printDecimal } from './decimal.ts';

/** A JSON value; numbers keep their digits. */
export type Json =
  | null
  | boolean
  | string
  | { readonly number: string }
  | readonly Json[]
  | { readonly pairs: readonly (readonly [string, Json])[] };

const encoder = new TextEncoder();

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;

/** Reads JSON; 22P02 for anything else. */
export function parseJson(text: string): Json {
  let at = 0;
  const fail = (): never => {
    throw failure('invalidJson');
  };
  const blank = (): void => {
    while (/[ \t\n\r]/.test(text[at] ?? '')) at++;
  };
  const takes = (token: string): boolean => {
    blank();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const match = (pattern: RegExp): string | null => {
    blank();
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const list = <T>(close: string, item: () => T): T[] => {
    const items: T[] = [];
    if (takes(close)) return items;
    do items.push(item());
    while (takes(','));
    return takes(close) ? items : fail();
  };
  const value = (): Json => {
    if (takes('null')) return null;
    if (takes('true')) return true;
    if (takes('false')) return false;
    if (takes('[')) return list(']', value);
    if (takes('{')) return { pairs: sorted(list('}', () => [key(), value()] as const)) };
    const quoted = match(STRING);
    if (quoted !== null) return unquoted(quoted);
    return { number: printDecimal(parseDecimal(match(NUMBER) ?? fail())) };
  };
  const key = (): string => {
    const name = unquoted(match(STRING) ?? fail());
    return takes(':') ? name : fail();
  };
  const result = value();
  blank();
  return at === text.length ? result : fail();
}

function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw failure('invalidJson');
  }
}

/** jsonb's order of keys: shorter ones first, then by bytes. Of equal keys the last stays. */
function sorted(entries: readonly (readonly [string, Json])[]): readonly (readonly [string, Json])[] {
  return [...new Map(entries)].sort(([a], [b]) => compareKeys(a, b));
}

function compareKeys(a: string, b: string): number {
  return encoder.encode(a).length - encoder.encode(b).length || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(x.length - y.length);
}

/** jsonb's canonical text. */
export function printJson(json: Json): string {
  if (json === null || typeof json === 'boolean') return String(json);
  if (typeof json === 'string') return JSON.stringify(json);
  if ('number' in json) return json.number;
  if ('pairs' in json)
    return `{${json.pairs.map(([name, item]) => `${JSON.stringify(name)}: ${printJson(item)}`).join(', ')}}`;
  return `[${json.map(printJson).join(', ')}]`;
}

const RANKS = ['null', 'string', 'number', 'boolean', 'array', 'object'] as const;

/** What kind of value it is, by jsonb_typeof's name. */
export function typeOfJson(json: Json): (typeof RANKS)[number] {
  if (json === null) return 'null';
  if (typeof json === 'string' || typeof json === 'boolean') return typeof json as 'string' | 'boolean';
  return 'number' in json ? 'number' : 'pairs' in json ? 'object' : 'array';
}

/** jsonb's order: by kind, longer arrays and objects after shorter ones. At the top an empty array comes before everything else. */
export function compareJson(a: Json, b: Json, isTop = true): number {
  const [kind, other] = [typeOfJson(a), typeOfJson(b)];
  if (isTop && kind !== other) {
    const isEmpty = (json: Json): boolean => Array.isArray(json) && json.length === 0;
    if (isEmpty(a) && other !== 'object') return -1;
    if (isEmpty(b) && kind !== 'object') return 1;
  }
  if (kind !== other) return Math.sign(RANKS.indexOf(kind) - RANKS.indexOf(other));
  if (a === null || b === null) return 0;
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'string') return compareTexts(a, String(b));
  if ('number' in a)
    return 'number' in (b as object)
      ? compareDecimals(parseDecimal(a.number), parseDecimal((b as { number: string }).number))
      : 0;
  return compareItems(itemsOf(a), itemsOf(b));
}

type Container = readonly Json[] | { readonly pairs: readonly (readonly [string, Json])[] };

/** The elements, or the keys and values by turns. */
function itemsOf(json: Json): readonly Json[] {
  const container = json as Container;
  return 'pairs' in container ? container.pairs.flat() : container;
}

function compareItems(a: readonly Json[], b: readonly Json[]): number {
  if (a.length !== b.length) return Math.sign(a.length - b.length);
  for (const [i, item] of a.entries()) {
    const order = compareJson(item, b[i] ?? null, false);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * `->`: a field of an object, an element of an array (from the end if negative; a scalar counts as an array of itself); undefined if there is none.
 */
export function accessJson(json: Json, key: string | number): Json | undefined {
  const kind = typeOfJson(json);
  if (typeof key === 'string' && kind === 'object')
    return (json as Extract<Json, { pairs: unknown }>).pairs.find(([name]) => name === key)?.[1];
  if (typeof key === 'number' && kind === 'array') return (json as readonly Json[]).at(key);
  if (typeof key === 'number' && kind !== 'object') return [json].at(key);
  return undefined;
}
