import type { AstExpr } from '../ast.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { isQuery, readQueryGroup } from './groups.ts';
import { canNameColumn } from './keywords.ts';
import { atOf } from './level.ts';
import type { Masking } from './masking.ts';
import { LEVEL, type Postfix } from './operator-chain.ts';
import { refusal, syntaxError } from './refusal.ts';
import { type GroupToken, isParenthesis, isSymbol, isWord, type Token } from './token.ts';
import { readType } from './type-name.ts';

interface PostfixRead {
  readonly apply: Postfix['apply'];
  readonly level: number;
  readonly isTest: boolean;
  readonly next: number;
}

/** Takes a cast, subscript, COLLATE or test that follows an operand out of the text and keeps it with that operand; false if none follows. */
export function maskPostfix(m: Masking, token: Token): boolean {
  const read = readPostfix(m, token);
  if (read === null) return false;
  const { apply, level, isTest, next } = read;
  const last = m.pieces[m.pieces.length - 1]!;
  last.after.push({ part: 'postfix', apply, level, isTest, token });
  m.next = next;
  if (level !== LEVEL.subscript) m.canSubscript = false;
  return true;
}

function readPostfix(m: Masking, token: Token): PostfixRead | null {
  const { items, next, reading } = m;
  const at = atOf(reading, token);
  if (isSymbol(token, '::')) {
    const { type, next: end } = readType(reading, items, next + 1, false);
    const apply = (operand: AstExpr): AstExpr => ({ kind: 'cast', operand, type, at });
    return { apply, level: LEVEL.cast, isTest: false, next: end };
  }
  if (token.kind === 'group' && token.text === '[') return readSubscript(m, token);
  if (isSymbol(token, '.')) throw refusal('selection of a field', token);
  if (token.kind !== 'word') return null;
  switch (token.text) {
    case 'isnull':
    case 'notnull':
      return nullTest(at, token.text === 'notnull', next + 1);
    case 'is':
      return readIs(m, at);
    case 'collate':
      return readCollate(m, at);
    case 'in':
      return readIn(m, { negated: false, at });
    case 'not':
      return isWord(items[next + 1], 'in') ? readIn(m, { negated: true, at }) : null;
    default:
      return null;
  }
}

function nullTest(at: number | null, negated: boolean, next: number): PostfixRead {
  return { apply: (operand) => ({ kind: 'is-null', operand, negated, at }), level: LEVEL.is, isTest: true, next };
}

function readIs(m: Masking, at: number | null): PostfixRead | null {
  const negated = isWord(m.items[m.next + 1], 'not');
  const next = m.next + (negated ? 2 : 1);
  const word = m.items[next];
  if (isWord(word, 'distinct')) return null;
  if (isWord(word, 'null')) return nullTest(at, negated, next + 1);
  if (isWord(word, 'true', 'false', 'unknown')) {
    const value = word.text as 'true' | 'false' | 'unknown';
    const apply = (operand: AstExpr): AstExpr => ({ kind: 'is-bool', operand, value, negated, at });
    return { apply, level: LEVEL.is, isTest: true, next: next + 1 };
  }
  if (isWord(word, 'json', 'document', 'normalized', 'nfc', 'nfd', 'nfkc', 'nfkd')) {
    throw refusal(`IS ${word.text.toUpperCase()}`, word);
  }
  throw syntaxError(m.reading.sql, word);
}

function readCollate(m: Masking, at: number | null): PostfixRead {
  const collation: string[] = [];
  let { next } = m;
  do {
    const name = m.items[next + 1];
    if (name?.kind !== 'quoted' && name?.kind !== 'word') throw syntaxError(m.reading.sql, name);
    if (name.kind === 'word' && collation.length === 0 && !canNameColumn(name.text))
      throw syntaxError(m.reading.sql, name);
    collation.push(name.text);
    next += 2;
  } while (isSymbol(m.items[next], '.'));
  return {
    apply: (operand) => ({ kind: 'collate', operand, collation, at }),
    level: LEVEL.collate,
    isTest: false,
    next,
  };
}

function readIn(m: Masking, { negated, at }: { readonly negated: boolean; readonly at: number | null }): PostfixRead {
  const { reading } = m;
  const start = m.next + (negated ? 2 : 1);
  const group = m.items[start];
  if (!isParenthesis(group) || group.items.length === 0) throw syntaxError(reading.sql, group);
  const rest = { level: LEVEL.match, isTest: true, next: start + 1 };
  if (!isQuery(group.items)) {
    const items = readExpressions(reading, group.items);
    return { ...rest, apply: (operand) => ({ kind: 'in', operand, items, negated, at }) };
  }
  const query = readQueryGroup(reading, group);
  const apply = (left: AstExpr): AstExpr => {
    const compare: AstExpr = { kind: 'subquery-compare', op: '=', quantifier: 'any', left, query, negated, at };
    if (!negated) reading.writtenWithIn.add(compare);
    return compare;
  };
  return { ...rest, apply };
}

function readSubscript(m: Masking, group: GroupToken): PostfixRead {
  const { reading } = m;
  if (!m.canSubscript) throw refusal('a subscript of this operand', group);
  const colon = group.items.findIndex((token) => isSymbol(token, ':'));
  const optional = (items: readonly Token[]): AstExpr | null =>
    items.length === 0 ? null : readExpression(reading, items);
  const index = optional(colon < 0 ? group.items : group.items.slice(0, colon));
  const upper = colon < 0 ? null : optional(group.items.slice(colon + 1));
  const isSlice = colon >= 0;
  if (!isSlice && index === null) throw syntaxError(reading.sql, group);
  const apply = (operand: AstExpr): AstExpr => ({ kind: 'subscript', operand, index, upper, isSlice, at: operand.at });
  return { apply, level: LEVEL.subscript, isTest: false, next: m.next + 1 };
}
