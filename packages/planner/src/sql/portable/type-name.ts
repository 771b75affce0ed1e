import type { AstTypeName } from '../ast.ts';
import { canNameFunction } from './keywords.ts';
import { atOf, type Reading } from './level.ts';
import { refusal, syntaxError } from './refusal.ts';
import { type GroupToken, isParenthesis, isSymbol, isWord, splitAtCommas, type Token } from './token.ts';

/** A type read from tokens. */
export interface TypeRead {
  readonly type: AstTypeName;
  /** The first token after it. */
  readonly next: number;
}

/** PostgreSQL's internal names of the types that its grammar spells in words of its own. */
const SPELLINGS: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  smallint: 'int2',
  bigint: 'int8',
  real: 'float4',
  float: 'float8',
  decimal: 'numeric',
  dec: 'numeric',
  numeric: 'numeric',
  boolean: 'bool',
  char: 'bpchar',
  character: 'bpchar',
  varchar: 'varchar',
  bit: 'bit',
  timestamp: 'timestamp',
  time: 'time',
  interval: 'interval',
  json: 'json',
};

/**
 * Reads a type, from a word that may name one or a quoted name on. Modifiers are integers; SETOF, %TYPE and fields of intervals are refused.
 * `isConstant` for the type of a `type 'text'` literal, where CHAR and BIT have no length unless given one.
 */
export function readType(reading: Reading, items: readonly Token[], from: number, isConstant: boolean): TypeRead {
  const first = items[from];
  if (first === undefined || (first.kind !== 'word' && first.kind !== 'quoted')) throw syntaxError(reading.sql, first);
  if (isWord(first, 'setof', 'national', 'nchar')) throw refusal(first.text.toUpperCase(), first);
  if (isWord(first, 'double') && isWord(items[from + 1], 'precision')) {
    const type = { ...typeOf('float8', null, []), at: atOf(reading, first) };
    return withDimensions(items, { type, next: from + 2 });
  }
  const spelled = first.kind === 'word' && isSpelledType(items, from) ? SPELLINGS[first.text] : undefined;
  const read =
    spelled === undefined
      ? readGeneric(reading, items, from)
      : readSpelled(reading, { items, from, name: spelled, isConstant });
  return withDimensions(items, { ...read, type: { ...read.type, at: atOf(reading, first) } });
}

function readGeneric(reading: Reading, items: readonly Token[], from: number): TypeRead {
  const parts: string[] = [];
  let next = from;
  for (;;) {
    const token = items[next];
    const isName = token?.kind === 'quoted' || (token?.kind === 'word' && (next > from || canNameFunction(token.text)));
    if (!isName) throw syntaxError(reading.sql, token);
    parts.push(token.text);
    next++;
    if (!isSymbol(items[next], '.')) break;
    next++;
  }
  if (isSymbol(items[next], '%')) throw refusal('%TYPE', items[next]);
  const { modifiers, next: end } = readModifiers(items, next);
  const schema = parts.length < 2 ? null : parts.slice(0, -1).join('.');
  const name = parts[parts.length - 1]!;
  return { type: typeOf(name, schema === 'pg_catalog' ? null : schema, modifiers), next: end };
}

function typeOf(name: string, schema: string | null, modifiers: readonly number[]): AstTypeName {
  return { name, schema, modifiers, arrayDimensions: 0, at: null };
}

interface Spelled {
  readonly items: readonly Token[];
  readonly from: number;
  readonly name: string;
  readonly isConstant: boolean;
}

function readSpelled(reading: Reading, { items, from, name, isConstant }: Spelled): TypeRead {
  const word = items[from]!.text;
  let next = from + 1;
  let typeName = name;
  if (isWord(items[next], 'varying') && (name === 'bpchar' || name === 'bit')) {
    typeName = name === 'bit' ? 'varbit' : 'varchar';
    next++;
  }
  const read = readModifiers(items, next);
  let { modifiers } = read;
  next = read.next;
  if (modifiers.length > 0 && ['int4', 'int2', 'int8', 'float4', 'bool', 'json'].includes(name)) {
    throw syntaxError(reading.sql, items[from + 1]);
  }
  if (word === 'float' && modifiers.length > 0) {
    if (modifiers.length > 1 || modifiers[0]! < 1 || modifiers[0]! > 53)
      throw refusal('this precision', items[from + 1]);
    typeName = modifiers[0]! <= 24 ? 'float4' : 'float8';
    modifiers = [];
  }
  if (!isConstant && modifiers.length === 0 && (typeName === 'bpchar' || typeName === 'bit')) modifiers = [1];
  if (name === 'timestamp' || name === 'time') {
    const zone = isWord(items[next + 1], 'time') && isWord(items[next + 2], 'zone');
    if (zone && isWord(items[next], 'with', 'without')) {
      if (isWord(items[next], 'with')) typeName = `${name}tz`;
      next += 3;
    }
  }
  return { type: typeOf(typeName, null, modifiers), next };
}

/** `(10, 2)` after a type; a group that holds anything but integers is no list of modifiers of ours. */
function readModifiers(
  items: readonly Token[],
  from: number,
): { readonly modifiers: readonly number[]; readonly next: number } {
  const group = items[from];
  if (!isParenthesis(group)) return { modifiers: [], next: from };
  return { modifiers: splitAtCommas(group.items).map((part) => modifierOf(group, part)), next: from + 1 };
}

function modifierOf(group: GroupToken, part: readonly Token[]): number {
  const [token] = part;
  const isInteger = part.length === 1 && token?.kind === 'number' && /^\d{1,10}$/.test(token.text);
  const value = Number(token?.text);
  if (!isInteger || value > 0x7fffffff) throw refusal('a type modifier that is not an integer', group);
  return value;
}

function withDimensions(items: readonly Token[], read: TypeRead): TypeRead {
  let { next } = read;
  let dimensions = 0;
  for (;;) {
    const token = items[next];
    if (token?.kind !== 'group' || token.text !== '[') break;
    const [size] = token.items;
    if (token.items.length > 1 || (size !== undefined && size.kind !== 'number')) break;
    dimensions++;
    next++;
  }
  if (isWord(items[next], 'array')) throw refusal('ARRAY as part of a type', items[next]);
  return { type: { ...read.type, arrayDimensions: dimensions }, next };
}

/** Whether the type that starts here has a spelling of its own in PostgreSQL's grammar: INTEGER, DOUBLE PRECISION, TIMESTAMP ... */
export function isSpelledType(items: readonly Token[], from: number): boolean {
  const first = items[from];
  if (first?.kind !== 'word') return false;
  return Object.hasOwn(SPELLINGS, first.text) || (first.text === 'double' && isWord(items[from + 1], 'precision'));
}
