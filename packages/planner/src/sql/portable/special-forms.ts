import type { AstExpr } from '../ast.ts';
import { callOf } from './climb.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { isQuery, readQueryGroup } from './groups.ts';
import { atOf, type Reading } from './level.ts';
import type { Quantified } from './operator-chain.ts';
import { refusal, syntaxError } from './refusal.ts';
import { type GroupToken, isParenthesis, isWord, splitAtCommas, type Token } from './token.ts';
import { readType } from './type-name.ts';
import type { OperandRead } from './typed-literal.ts';

/** An operand of a syntax of its own; `quantified` for ANY and ALL, which are no operands by themselves. */
export interface SpecialRead extends OperandRead {
  readonly quantified?: Quantified;
}

interface Form {
  readonly reading: Reading;
  readonly group: GroupToken;
  readonly at: number | null;
}

const SQL_VALUES: Readonly<Record<string, string | null>> = {
  current_catalog: null,
  current_date: null,
  current_role: null,
  current_user: null,
  session_user: null,
  user: null,
  current_schema: null,
  current_time: 'timetz',
  current_timestamp: 'timestamptz',
  localtime: 'time',
  localtimestamp: 'timestamp',
};

/** Words with a parenthesis that SQL spells in its own way. */
const FORMS: Readonly<Record<string, (form: Form) => AstExpr>> = {
  cast: readCast,
  coalesce: ({ reading, group, at }) => ({ kind: 'coalesce', args: atLeastOne(reading, group), at }),
  greatest: ({ reading, group, at }) => ({ kind: 'min-max', greatest: true, args: atLeastOne(reading, group), at }),
  least: ({ reading, group, at }) => ({ kind: 'min-max', greatest: false, args: atLeastOne(reading, group), at }),
  nullif({ reading, group, at }) {
    const [left, right, ...rest] = readExpressions(reading, group.items);
    if (left === undefined || right === undefined || rest.length > 0) throw syntaxError(reading.sql, group);
    return { kind: 'nullif', left, right, at };
  },
  row: ({ reading, group, at }) => ({ kind: 'row', items: readExpressions(reading, group.items), at }),
  exists: ({ reading, group, at }) => ({ kind: 'exists', query: readQueryGroup(reading, group), at }),
  array: ({ reading, group, at }) => ({ kind: 'array-subquery', query: readQueryGroup(reading, group), at }),
  extract: readExtract,
  position: readPosition,
  substring: readSubstring,
  overlay: readOverlay,
  trim: readTrim,
};

/** CAST, EXTRACT, EXISTS, ARRAY[...], current_date, TRUE and the like; null if none starts here. */
export function readSpecialForm(reading: Reading, items: readonly Token[], from: number): SpecialRead | null {
  const token = items[from]!;
  const at = atOf(reading, token);
  const group = items[from + 1];
  const word = token.text;
  if (word === 'true' || word === 'false')
    return { expr: { kind: 'literal', literal: 'bool', text: word, at }, next: from + 1 };
  if (word === 'null') return { expr: { kind: 'literal', literal: 'null', text: '', at }, next: from + 1 };
  if (word === 'default') return { expr: { kind: 'default', at }, next: from + 1 };
  if (Object.hasOwn(SQL_VALUES, word)) return readSqlValue(reading, items, from);
  if (word === 'system_user') throw refusal('SYSTEM_USER', token);
  if (word === 'array' && group?.kind === 'group' && group.text === '[') {
    return { expr: readArray(reading, group, at), next: from + 2 };
  }
  if (!isParenthesis(group)) return null;
  if (isWord(token, 'any', 'some', 'all')) return { ...readQuantified(reading, group, token), next: from + 2 };
  const read = Object.hasOwn(FORMS, word) ? FORMS[word] : undefined;
  return read === undefined ? null : { expr: read({ reading, group, at }), next: from + 2 };
}

function readSqlValue(reading: Reading, items: readonly Token[], from: number): SpecialRead | null {
  const name = items[from]!.text;
  const at = atOf(reading, items[from]);
  const group = items[from + 1];
  const expr: AstExpr = { kind: 'sql-value', name, at };
  if (!isParenthesis(group)) return { expr, next: from + 1 };
  if (name === 'current_schema') return null;
  const typeName = SQL_VALUES[name];
  const [precision] = group.items;
  if (
    typeName == null ||
    group.items.length !== 1 ||
    precision?.kind !== 'number' ||
    !/^\d{1,9}$/.test(precision.text)
  ) {
    throw syntaxError(reading.sql, group);
  }
  const type = { name: typeName, schema: null, modifiers: [Number(precision.text)], arrayDimensions: 0, at };
  return { expr: { kind: 'cast', operand: expr, type, at }, next: from + 2 };
}

function readQuantified(reading: Reading, group: GroupToken, token: Token): Omit<SpecialRead, 'next'> {
  const query = isQuery(group.items) ? readQueryGroup(reading, group) : null;
  const expr = query === null ? readExpression(reading, group.items) : null;
  const quantifier = token.text === 'all' ? 'all' : 'any';
  return { expr: { kind: 'default', at: null }, quantified: { quantifier, query, expr, token } };
}

function atLeastOne(reading: Reading, group: GroupToken): readonly AstExpr[] {
  if (group.items.length === 0) throw syntaxError(reading.sql, group);
  return readExpressions(reading, group.items);
}

/** `[1, 2]`, `[[1], [2]]` after ARRAY. */
function readArray(reading: Reading, group: GroupToken, at: number | null): AstExpr {
  const parts = splitAtCommas(group.items);
  const inner = parts.filter((part) => part[0]?.kind === 'group' && part[0].text === '[');
  if (inner.length === 0) return { kind: 'array', items: readExpressions(reading, group.items), at };
  const items = parts.map((part) => {
    const [nested] = part;
    if (part.length !== 1 || nested?.kind !== 'group' || nested.text !== '[')
      throw syntaxError(reading.sql, nested ?? group);
    return readArray(reading, nested, atOf(reading, nested));
  });
  return { kind: 'array', items, at };
}

/** The tokens around each of these words, in the order given; null for a word that is not there. */
function splitAtWords(items: readonly Token[], words: readonly string[]): readonly (readonly Token[] | null)[] {
  // The FROM of IS DISTINCT FROM is none of them.
  const isSplit = (token: Token, i: number): boolean => !isWord(items[i - 1], 'distinct') || token.text !== 'from';
  const starts = words.map((word) => items.findIndex((token, i) => isWord(token, word) && isSplit(token, i)));
  const found = starts.filter((start) => start >= 0);
  if (found.some((start, i) => i > 0 && start < found[i - 1]!)) throw refusal('this order of words', items[found[0]!]);
  const end = (start: number): number => Math.min(items.length, ...starts.filter((other) => other > start));
  const first = Math.min(items.length, ...found);
  return [items.slice(0, first), ...starts.map((start) => (start < 0 ? null : items.slice(start + 1, end(start))))];
}

function readCast({ reading, group, at }: Form): AstExpr {
  const as = group.items.findLastIndex((token) => isWord(token, 'as'));
  if (as < 0) throw syntaxError(reading.sql, group.items[group.items.length - 1] ?? group);
  const { type, next } = readType(reading, group.items, as + 1, false);
  const rest = group.items[next];
  if (isWord(rest, 'year', 'month', 'day', 'hour', 'minute', 'second'))
    throw refusal('an interval type with fields', rest);
  if (rest !== undefined) throw syntaxError(reading.sql, rest);
  return { kind: 'cast', operand: readExpression(reading, group.items.slice(0, as)), type, at };
}

function readExtract({ reading, group, at }: Form): AstExpr {
  const [field, from] = group.items;
  const isField = field?.kind === 'word' || field?.kind === 'quoted' || field?.kind === 'string';
  if (!isField || !isWord(from, 'from')) throw syntaxError(reading.sql, from ?? group);
  const literal: AstExpr = { kind: 'literal', literal: 'string', text: field.text, at: atOf(reading, field) };
  return callOf('extract', [literal, readExpression(reading, group.items.slice(2))], at);
}

function readPosition({ reading, group, at }: Form): AstExpr {
  const [part, whole] = splitAtWords(group.items, ['in']);
  if (part == null || whole == null) throw syntaxError(reading.sql, group);
  return callOf('position', [readExpression(reading, whole, true), readExpression(reading, part, true)], at);
}

function readSubstring({ reading, group, at }: Form): AstExpr {
  const [text, from, count, similar] = splitAtWords(group.items, ['from', 'for', 'similar']);
  if (similar != null) throw refusal('SUBSTRING ... SIMILAR', group);
  if (from == null && count == null) {
    return { ...callOf('substring', readExpressions(reading, group.items), at), name: ['substring'] } as AstExpr;
  }
  if (text == null || from == null) throw refusal('SUBSTRING without FROM', group);
  const parts = count == null ? [text, from] : [text, from, count];
  return callOf(
    'substring',
    parts.map((part) => readExpression(reading, part)),
    at,
  );
}

function readOverlay({ reading, group, at }: Form): AstExpr {
  const [text, placing, from, count] = splitAtWords(group.items, ['placing', 'from', 'for']);
  if (text == null || placing == null || from == null) throw refusal('OVERLAY without PLACING', group);
  const parts = count == null ? [text, placing, from] : [text, placing, from, count];
  return callOf(
    'overlay',
    parts.map((part) => readExpression(reading, part)),
    at,
  );
}

function readTrim({ reading, group, at }: Form): AstExpr {
  const [side] = group.items;
  const hasSide = isWord(side, 'both', 'leading', 'trailing');
  const items = hasSide ? group.items.slice(1) : group.items;
  const name = isWord(side, 'leading') ? 'ltrim' : isWord(side, 'trailing') ? 'rtrim' : 'btrim';
  const [characters, text] = splitAtWords(items, ['from']);
  if (text == null) {
    const args = readExpressions(reading, items);
    if (args.length !== 1) throw refusal('TRIM of a list', group);
    return callOf(name, args, at);
  }
  const arg = readExpression(reading, text);
  return callOf(
    name,
    characters == null || characters.length === 0 ? [arg] : [arg, readExpression(reading, characters)],
    at,
  );
}
