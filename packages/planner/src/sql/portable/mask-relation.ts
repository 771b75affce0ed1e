import type { AstAlias, AstFrom } from '../ast.ts';
import { readArguments } from './call-arguments.ts';
import { callOf } from './climb.ts';
import { isQuery, readQueryGroup } from './groups.ts';
import { canNameColumn, canNameFunction } from './keywords.ts';
import { atOf, deeper } from './level.ts';
import { maskLevel } from './mask-level.ts';
import { type Masking, maskingOf, placeholder, push, pushWord } from './masking.ts';
import { parseMasked } from './node-sql-parser.ts';
import type { JoinWords } from './piece.ts';
import { refusal, syntaxError } from './refusal.ts';
import { type GroupToken, isParenthesis, isSymbol, isWord, type PlainToken, type Token } from './token.ts';
import { walkOf } from './walk.ts';
import { walkJoins } from './walk-query.ts';

/** Reads an item of FROM with its alias; the parser is shown a table. */
export function maskRelation(m: Masking): void {
  const { items } = m;
  const lateral = isWord(items[m.next], 'lateral');
  if (lateral) m.next++;
  const token = items[m.next];
  if (token === undefined) throw syntaxError(m.reading.sql, token);
  const relation = isParenthesis(token) ? readGroup(m, token, lateral) : readNamed(m, token, lateral);
  push(m, placeholder(m), token, { kind: 'relation', relation });
  m.expects = 'operator';
  m.clause = 'from';
}

function readGroup(m: Masking, group: GroupToken, lateral: boolean): AstFrom {
  const { reading } = m;
  m.next++;
  if (isQuery(group.items)) {
    const query = readQueryGroup(reading, group);
    return { kind: 'subquery', query, alias: readAlias(m), lateral, at: query.at };
  }
  if (lateral) throw syntaxError(reading.sql, group);
  const joined = deeper(reading, () => {
    const inner = maskingOf(reading, group.items, 'relation');
    maskLevel(inner);
    return walkJoins(walkOf(reading, inner.pieces), parseMasked(reading, 'SELECT x FROM', inner.pieces));
  });
  const [only] = joined;
  if (joined.length !== 1 || only?.kind !== 'join') throw syntaxError(reading.sql, group);
  const alias = readAlias(m);
  if (alias !== null && only.alias !== null) throw refusal('an alias of an aliased join', group);
  return alias === null ? only : { ...only, alias };
}

function readNamed(m: Masking, first: Token, lateral: boolean): AstFrom {
  const { items, reading } = m;
  if (isWord(first, 'only')) throw refusal('ONLY', first);
  if (isWord(first, 'rows') && isWord(items[m.next + 1], 'from')) throw refusal('ROWS FROM', first);
  const names: PlainToken[] = [];
  let token: Token | undefined = first;
  for (;;) {
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw syntaxError(reading.sql, token);
    names.push(token);
    m.next++;
    if (!isSymbol(items[m.next], '.')) break;
    token = items[++m.next];
  }
  const group = items[m.next];
  if (isParenthesis(group)) return readFunction(m, { names, group, lateral });
  const name = names[0]!;
  if (name.kind === 'word' && !canNameColumn(name.text)) throw syntaxError(reading.sql, name);
  if (lateral) throw syntaxError(reading.sql, items[m.next]);
  if (names.length > 3) throw refusal('a name of more than three parts', first);
  if (isSymbol(items[m.next], '*')) throw refusal('a table name followed by *', items[m.next]);
  const at = atOf(reading, first);
  const parts = names.map(({ text }) => text);
  const alias = readAlias(m);
  if (isWord(items[m.next], 'tablesample')) throw refusal('TABLESAMPLE', items[m.next]);
  return { kind: 'table', name: { parts, at }, alias, sample: false, at };
}

interface FunctionCall {
  readonly names: readonly PlainToken[];
  readonly group: GroupToken;
  readonly lateral: boolean;
}

function readFunction(m: Masking, { names, group, lateral }: FunctionCall): AstFrom {
  const { reading, items } = m;
  const first = names[0]!;
  const isName =
    first.kind === 'quoted' || (names.length === 1 ? canNameFunction(first.text) : canNameColumn(first.text));
  if (!isName) throw refusal(`${first.text.toUpperCase()}(...) in FROM`, first);
  m.next++;
  if (isWord(items[m.next], 'filter', 'within', 'over'))
    throw refusal(items[m.next]!.text.toUpperCase(), items[m.next]);
  const at = atOf(reading, first);
  const read = readArguments(reading, group, null);
  const base = callOf('', [], at);
  const call = { ...base, ...read, name: names.map(({ text }) => text) } as typeof base;
  const withOrdinality = isWord(items[m.next], 'with') && isWord(items[m.next + 1], 'ordinality');
  if (withOrdinality) m.next += 2;
  return { kind: 'function', call, alias: readAlias(m), withOrdinality, lateral, hasColumnDefinitions: false, at };
}

/** `AS name (columns)`, AS being optional. */
function readAlias(m: Masking): AstAlias | null {
  const { items, reading } = m;
  const hasAs = isWord(items[m.next], 'as');
  const name = items[m.next + (hasAs ? 1 : 0)];
  if (hasAs && isParenthesis(name)) throw refusal('a column definition list', name);
  const isName = name?.kind === 'quoted' || (name?.kind === 'word' && canNameColumn(name.text));
  if (!isName) {
    if (hasAs) throw syntaxError(reading.sql, name);
    return null;
  }
  m.next += hasAs ? 2 : 1;
  const group = items[m.next];
  if (!isParenthesis(group)) return { name: name.text, columnNames: [] };
  m.next++;
  return { name: name.text, columnNames: readNames(m, group, 'a column definition list') };
}

/** Names between commas. */
function readNames(m: Masking, group: GroupToken, otherwise: string): readonly string[] {
  const names = group.items.map((token, i) => {
    if (i % 2 === 1 && isSymbol(token, ',')) return '';
    const isName = token.kind === 'quoted' || (token.kind === 'word' && canNameColumn(token.text));
    if (i % 2 === 0 && isName) return token.text;
    if (i % 2 === 1 && token.kind === 'word') throw refusal(otherwise, token);
    throw syntaxError(m.reading.sql, token);
  });
  if (names.length % 2 === 0) throw syntaxError(m.reading.sql, group);
  return names.filter((_, i) => i % 2 === 0);
}

/** Masks the words of a join, ON and USING; false if none of them is next. */
export function maskJoin(m: Masking, token: PlainToken): boolean {
  if (token.text === 'on') {
    pushWord(m, 'ON', token);
    m.awaitsCondition = false;
    m.next++;
    m.expects = 'operand';
    return true;
  }
  if (token.text === 'using') {
    const group = m.items[m.next + 1];
    if (!isParenthesis(group)) throw syntaxError(m.reading.sql, group);
    const names = readNames(m, group, 'this USING');
    if (isWord(m.items[m.next + 2], 'as')) throw refusal('an alias of JOIN ... USING', m.items[m.next + 2]);
    push(m, `USING (${placeholder(m)})`, token, { kind: 'using', names });
    m.next += 2;
    m.awaitsCondition = false;
    return true;
  }
  const read = readJoinWords(m);
  if (read === null) return false;
  const { type, natural } = read.join;
  // `a JOIN b JOIN c ON ... ON ...`: the second ON belongs to the first JOIN.
  if (m.awaitsCondition) throw refusal('a join inside a join without parentheses', token);
  m.awaitsCondition = type !== 'cross' && !natural;
  push(m, type === 'inner' || type === 'cross' ? 'JOIN' : `${type.toUpperCase()} JOIN`, token, {
    kind: 'join',
    join: read.join,
  });
  m.openBetweens = 0;
  m.next = read.next;
  m.expects = 'relation';
  return true;
}

function readJoinWords(m: Masking): { readonly join: JoinWords; readonly next: number } | null {
  const { items } = m;
  let { next } = m;
  const natural = isWord(items[next], 'natural');
  if (natural) next++;
  let type: JoinWords['type'] = 'inner';
  if (isWord(items[next], 'cross') && !natural) {
    type = 'cross';
    next++;
  } else if (isWord(items[next], 'inner')) next++;
  else if (isWord(items[next], 'left', 'right', 'full')) {
    type = items[next]!.text as 'left' | 'right' | 'full';
    next += isWord(items[next + 1], 'outer') ? 2 : 1;
  }
  if (isWord(items[next], 'join')) return { join: { type, natural }, next: next + 1 };
  if (next > m.next) throw syntaxError(m.reading.sql, items[next]);
  return null;
}
