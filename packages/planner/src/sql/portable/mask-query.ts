import type { AstQuery } from '../ast.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { isQuery, readQueryGroup } from './groups.ts';
import { atOf } from './level.ts';
import { maskSelect } from './mask-operand.ts';
import { maskJoin } from './mask-relation.ts';
import { type Masking, placeholder, push, pushWord } from './masking.ts';
import { refusal, syntaxError } from './refusal.ts';
import { readSortKeys } from './sort-keys.ts';
import { isParenthesis, isSymbol, isWord, type Token } from './token.ts';
import { readWindowClause } from './windows.ts';

/** Masks SELECT, or a query in parentheses or VALUES, which the parser sees as `SELECT v0`. */
export function maskQueryStart(m: Masking): void {
  const token = m.items[m.next]!;
  if (isWord(token, 'select')) {
    maskSelect(m);
    return;
  }
  if (isWord(token, 'table')) throw refusal('TABLE as a query', token);
  const isValues = isWord(token, 'values');
  if (!isValues && !(isParenthesis(token) && isQuery(token.items))) throw syntaxError(m.reading.sql, token);
  const query = isValues ? readValues(m) : readQueryGroup(m.reading, token as Token & { readonly kind: 'group' });
  push(m, `SELECT ${placeholder(m)}`, token, { kind: 'query', query, isValues });
  if (!isValues) m.next++;
  m.expects = 'operator';
  m.clause = 'other';
}

function readValues(m: Masking): AstQuery {
  const { items, reading } = m;
  const rows = [];
  do {
    const group = items[++m.next];
    if (!isParenthesis(group) || group.items.length === 0) throw syntaxError(reading.sql, group);
    rows.push(readExpressions(reading, group.items));
  } while (isSymbol(items[++m.next], ','));
  return queryOf({ kind: 'values', rows, at: rows[0]?.[0]?.at ?? null });
}

/** A query that is only a body. */
export function queryOf(body: AstQuery['body']): AstQuery {
  return {
    with: [],
    isRecursive: false,
    body,
    orderBy: [],
    limit: null,
    offset: null,
    withTies: false,
    locking: null,
    at: body.at,
  };
}

const REFUSED: Readonly<Record<string, string>> = {
  fetch: 'FETCH FIRST',
  for: 'FOR UPDATE and its like',
  into: 'SELECT INTO',
  returning: 'RETURNING',
};

/** Masks the word or words that begin the next clause; false if none does. */
export function maskClause(m: Masking, token: Token): boolean {
  if (token.kind !== 'word') return false;
  if (m.clause === 'from' && maskJoin(m, token)) return true;
  const refused = Object.hasOwn(REFUSED, token.text) ? REFUSED[token.text] : undefined;
  if (refused !== undefined) throw refusal(refused, token);
  m.openBetweens = 0;
  switch (token.text) {
    case 'from':
      startClause(m, { word: 'FROM', length: 1, clause: 'from', expects: 'relation' });
      return true;
    case 'where':
    case 'having':
      startClause(m, { word: token.text.toUpperCase(), length: 1, clause: 'other', expects: 'operand' });
      return true;
    case 'group':
      requireBy(m);
      startClause(m, { word: 'GROUP BY', length: 2, clause: 'group', expects: 'operand' });
      return true;
    case 'order':
      maskOrder(m);
      return true;
    case 'window':
      maskWindows(m);
      return true;
    case 'limit':
    case 'offset':
      maskLimit(m, token.text);
      return true;
    case 'union':
    case 'intersect':
    case 'except':
      maskSetOperation(m, token.text);
      return true;
    default:
      return false;
  }
}

interface ClauseStart {
  readonly word: string;
  readonly length: number;
  readonly clause: Masking['clause'];
  readonly expects: Masking['expects'];
}

function startClause(m: Masking, { word, length, clause, expects }: ClauseStart): void {
  pushWord(m, word, m.items[m.next]!);
  m.next += length;
  m.clause = clause;
  m.expects = expects;
}

function requireBy(m: Masking): void {
  const by = m.items[m.next + 1];
  if (!isWord(by, 'by')) throw syntaxError(m.reading.sql, by);
}

/** Gives its windows to the SELECT they belong to. */
function maskWindows(m: Masking): void {
  const { items, pieces, reading } = m;
  const select = pieces.findLast((piece) => piece.kind === 'select' || piece.kind === 'set-operation');
  const { windows, next } = readWindowClause(reading, items, m.next);
  const after = items[next];
  const isEnd =
    after === undefined || isWord(after, 'union', 'intersect', 'except', 'order', 'limit', 'offset', 'fetch', 'for');
  if (select?.kind !== 'select' || select.windows.length > 0 || !isEnd) throw syntaxError(reading.sql, after);
  if (pieces[pieces.length - 1]?.kind === 'sort' || pieces[pieces.length - 1]?.kind === 'limit') {
    throw syntaxError(reading.sql, items[m.next]);
  }
  select.windows = windows;
  m.next = next;
  m.clause = 'other';
}

/** Where the tail of a query that begins at `from` ends: at LIMIT, OFFSET, FETCH, FOR, a set operation. */
function endOfTail(m: Masking, from: number): number {
  const words = [
    'limit',
    'offset',
    'fetch',
    'for',
    'union',
    'intersect',
    'except',
    'order',
    'where',
    'group',
    'having',
    'from',
    'window',
    'into',
    'returning',
  ];
  const isEnd = (token: Token, i: number): boolean =>
    isWord(token, ...words) && !isSymbol(m.items[from + i - 1], '.') && !isFromOfDistinct(m.items, from + i);
  const length = m.items.slice(from).findIndex(isEnd);
  return length < 0 ? m.items.length : from + length;
}

function isFromOfDistinct(items: readonly Token[], i: number): boolean {
  return isWord(items[i], 'from') && isWord(items[i - 1], 'distinct');
}

function maskOrder(m: Masking): void {
  const token = m.items[m.next]!;
  requireBy(m);
  const end = endOfTail(m, m.next + 2);
  const items = m.items.slice(m.next + 2, end);
  if (items.length === 0) throw syntaxError(m.reading.sql, m.items[end]);
  push(m, `ORDER BY ${placeholder(m)}`, token, { kind: 'sort', keys: readSortKeys(m.reading, items) });
  m.next = end;
  m.clause = 'other';
}

function maskLimit(m: Masking, word: 'limit' | 'offset'): void {
  const token = m.items[m.next]!;
  const end = endOfTail(m, m.next + 1);
  const items = m.items.slice(m.next + 1, end);
  const last = items[items.length - 1];
  if (last === undefined) throw syntaxError(m.reading.sql, m.items[end]);
  if (word === 'offset' && items.length > 1 && isWord(last, 'row', 'rows')) throw refusal('OFFSET ... ROWS', last);
  const isAll = word === 'limit' && items.length === 1 && isWord(last, 'all');
  const expr = isAll
    ? ({ kind: 'literal', literal: 'null', text: '', at: atOf(m.reading, last) } as const)
    : readExpression(m.reading, items);
  push(m, `${word.toUpperCase()} 0`, token, { kind: 'limit', word, expr });
  m.next = end;
  m.clause = 'other';
}

function maskSetOperation(m: Masking, word: string): void {
  const quantifier = m.items[m.next + 1];
  const all = isWord(quantifier, 'all');
  const length = all || isWord(quantifier, 'distinct') ? 2 : 1;
  push(m, 'UNION', m.items[m.next]!, { kind: 'set-operation', op: word as 'union' | 'intersect' | 'except', all });
  m.next += length;
  m.clause = 'other';
  m.expects = 'query';
}
