import type { AstExpr, AstWindow } from '../ast.ts';
import { readCase, readParenthesis } from './groups.ts';
import { canNameColumn, canNameFunction, isReserved } from './keywords.ts';
import { atOf } from './level.ts';
import { type Masking, placeholder, push, pushOperand } from './masking.ts';
import { refusal, syntaxError } from './refusal.ts';
import { readSpecialForm } from './special-forms.ts';
import { isParenthesis, isSymbol, isWord, type PlainToken, type Token } from './token.ts';
import { readTypedLiteral } from './typed-literal.ts';
import { readOver } from './windows.ts';

/** Words after which an empty select list is complete. */
const AFTER_EMPTY_LIST = [
  'from',
  'where',
  'group',
  'having',
  'order',
  'window',
  'limit',
  'offset',
  'union',
  'intersect',
  'except',
];
/** Stands for the items of `SELECT FROM t`, which has none. */
export const NOTHING: AstExpr = { kind: 'row', items: [], at: null };

/** Masks what stands where an operand is expected: a prefix operator, an operand, or the end of an empty select list. */
export function maskOperand(m: Masking): void {
  const token = m.items[m.next]!;
  const at = atOf(m.reading, token);
  switch (token.kind) {
    case 'number':
      pushOperand(m, { kind: 'literal', literal: 'number', text: token.text, at }, { next: m.next + 1 });
      return;
    case 'string':
      pushOperand(m, { kind: 'literal', literal: 'string', text: token.text, at }, { next: m.next + 1 });
      return;
    case 'bits':
      pushOperand(m, { kind: 'literal', literal: 'bits', text: token.text, at }, { next: m.next + 1 });
      return;
    case 'parameter': {
      const index = Number(token.text);
      m.reading.parameterCount = Math.max(m.reading.parameterCount, index);
      pushOperand(m, { kind: 'parameter', index, at }, { next: m.next + 1 });
      m.canSubscript = true;
      return;
    }
    case 'group':
      maskGroup(m);
      return;
    case 'operator':
      maskPrefix(m, token);
      return;
    case 'word':
      maskWord(m, token);
      return;
    case 'quoted':
      maskName(m, token);
      return;
    default:
      throw syntaxError(m.reading.sql, token);
  }
}

function maskGroup(m: Masking): void {
  const token = m.items[m.next]!;
  if (m.clause === 'group' && isParenthesis(token) && token.items.length === 0) throw refusal('GROUPING SETS', token);
  if (token.kind !== 'group' || token.text === '[') throw syntaxError(m.reading.sql, token);
  const expr = token.text === 'case' ? readCase(m.reading, token) : readParenthesis(m.reading, token);
  pushOperand(m, expr, { next: m.next + 1 });
  m.canSubscript = token.text === '(';
}

function maskPrefix(m: Masking, token: PlainToken): void {
  if (token.text === '*') {
    pushOperand(m, { kind: 'star', qualifier: [], at: atOf(m.reading, token) }, { next: m.next + 1 });
    return;
  }
  if (['/', '%', '^', '<', '>', '=', '<=', '>=', '<>', '=>'].includes(token.text)) {
    throw syntaxError(m.reading.sql, token);
  }
  m.pending = [...m.pending, { part: 'prefix', op: token.text, token }];
  m.next++;
}

function maskWord(m: Masking, token: PlainToken): void {
  const last = m.pieces[m.pieces.length - 1];
  if (
    last?.kind === 'select' &&
    last.distinct === null &&
    m.pending.length === 0 &&
    AFTER_EMPTY_LIST.includes(token.text)
  ) {
    pushOperand(m, NOTHING, { next: m.next });
    return;
  }
  if (token.text === 'not') {
    m.pending = [...m.pending, { part: 'prefix', op: 'not', token }];
    m.next++;
    return;
  }
  if (m.clause === 'group') refuseGroupingSets(m, token);
  const read = readSpecialForm(m.reading, m.items, m.next) ?? readTypedLiteral(m.reading, m.items, m.next);
  if (read !== null) {
    pushOperand(m, read.expr, read);
    return;
  }
  maskName(m, token);
}

function refuseGroupingSets(m: Masking, token: PlainToken): void {
  const isCall = isParenthesis(m.items[m.next + 1]);
  if ((isCall && isWord(token, 'rollup', 'cube')) || isWord(m.items[m.next + 1], 'sets')) {
    throw refusal(isWord(token, 'grouping') ? 'GROUPING SETS' : token.text.toUpperCase(), token);
  }
  if (isWord(token, 'distinct', 'all')) throw refusal(`GROUP BY ${token.text.toUpperCase()}`, token);
}

/** A column, `t.*`, a call, or a literal `type 'text'`. */
function maskName(m: Masking, first: PlainToken): void {
  const { items, reading } = m;
  const names: PlainToken[] = [first];
  let next = m.next + 1;
  while (isSymbol(items[next], '.')) {
    const token = items[next + 1];
    if (isSymbol(token, '*')) {
      requireColumnName(m, first);
      const qualifier = names.map((name) => name.text);
      pushOperand(m, { kind: 'star', qualifier, at: atOf(reading, first) }, { next: next + 2 });
      return;
    }
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw syntaxError(reading.sql, token);
    names.push(token);
    next += 2;
  }
  if (items[next]?.kind === 'string') {
    const literal = readTypedLiteral(reading, items, m.next);
    if (literal === null) throw syntaxError(reading.sql, items[next]);
    pushOperand(m, literal.expr, literal);
    return;
  }
  if (names.length > 3) throw refusal('a name of more than three parts', first);
  const group = items[next];
  if (isParenthesis(group)) requireFunctionName(m, names);
  else requireColumnName(m, first);
  names.forEach((name, i) => {
    if (i > 0) push(m, '.', name, { kind: 'symbol', symbol: '.' });
    push(m, placeholder(m), name, { kind: 'name', name: name.text });
  });
  m.next = next;
  m.expects = 'operator';
  m.canSubscript = true;
  if (isParenthesis(group)) maskCall(m, names.length);
}

function requireColumnName(m: Masking, token: PlainToken): void {
  if (token.kind === 'word' && !canNameColumn(token.text)) throw syntaxError(m.reading.sql, token);
}

function requireFunctionName(m: Masking, names: readonly PlainToken[]): void {
  const [first] = names;
  if (first?.kind !== 'word') return;
  if (names.length === 1 ? canNameFunction(first.text) : canNameColumn(first.text)) return;
  if (isReserved(first.text)) throw syntaxError(m.reading.sql, first);
  throw refusal(`${first.text.toUpperCase()}(...)`, first);
}

function maskCall(m: Masking, nameParts: number): void {
  const group = m.items[m.next]!;
  if (group.kind !== 'group') return;
  if (nameParts > 2) throw refusal('a function name of three parts', group);
  push(m, '(', group, { kind: 'symbol', symbol: '(' });
  const text = group.items.length === 0 ? '' : placeholder(m);
  push(m, text, group, { kind: 'arguments', group, filter: filterAfter(m), over: overAfter(m) });
  push(m, ')', group, { kind: 'symbol', symbol: ')' });
  m.canSubscript = false;
}

/** Steps over a call's group and reads `FILTER (WHERE ...)` after it. */
function filterAfter(m: Masking): readonly Token[] | null {
  const { items } = m;
  m.next++;
  if (isWord(items[m.next], 'within')) throw refusal('WITHIN GROUP', items[m.next]);
  let filter: readonly Token[] | null = null;
  const group = items[m.next + 1];
  if (isWord(items[m.next], 'filter') && isParenthesis(group)) {
    if (!isWord(group.items[0], 'where')) throw syntaxError(m.reading.sql, group.items[0] ?? group);
    filter = group.items.slice(1);
    m.next += 2;
  }
  return filter;
}

/** Reads `OVER name` and `OVER (...)` behind a call. */
function overAfter(m: Masking): AstWindow | null {
  if (!isWord(m.items[m.next], 'over')) return null;
  const { over, next } = readOver(m.reading, m.items, m.next + 1);
  m.next = next;
  return over;
}

/** Masks SELECT; DISTINCT [ON (...)] and ALL after it are not shown. */
export function maskSelect(m: Masking): void {
  const { items } = m;
  const token = items[m.next++]!;
  m.expects = 'operand';
  m.clause = 'items';
  let distinct: readonly Token[] | null = null;
  if (isWord(items[m.next], 'all')) m.next++;
  else if (isWord(items[m.next], 'distinct')) {
    const group = items[m.next + 2];
    const isOn = isWord(items[m.next + 1], 'on') && isParenthesis(group);
    if (isOn && group.items.length === 0) throw syntaxError(m.reading.sql, group);
    distinct = isOn ? group.items : [];
    m.next += isOn ? 3 : 1;
  }
  push(m, 'SELECT', token, { kind: 'select', distinct, windows: [] });
  if (m.next === items.length && distinct === null) pushOperand(m, NOTHING, { next: m.next });
}
