import { canBeBareLabel, canBeLastLabel } from './keywords.ts';
import { maskPostfix } from './mask-postfix.ts';
import { maskClause } from './mask-query.ts';
import { type Masking, placeholder, push, pushWord } from './masking.ts';
import { type Infix, type InfixKind, LEVEL } from './operator-chain.ts';
import { refusal, syntaxError } from './refusal.ts';
import { isParenthesis, isSymbol, isWord, type PlainToken, type Token } from './token.ts';

/** Masks what may follow an operand: an operator, a comma, a label, or the next clause. */
export function maskOperator(m: Masking): void {
  const token = m.items[m.next]!;
  if (isSymbol(token, ',')) {
    maskComma(m, token);
    return;
  }
  if (isLastLabel(m, token)) throw refusal(`${token.text.toUpperCase()} as a label without AS`, token);
  if (maskPostfix(m, token)) return;
  const infix = readInfix(m, token);
  if (infix !== null) {
    maskInfix(m, infix);
    return;
  }
  if (maskClause(m, token)) return;
  maskLabel(m, token);
}

function maskComma(m: Masking, token: Token): void {
  m.next++;
  m.openBetweens = 0;
  if (m.clause === 'from') {
    push(m, 'JOIN', token, { kind: 'join', join: null });
    m.expects = 'relation';
  } else {
    push(m, ',', token, { kind: 'symbol', symbol: ',' });
    m.expects = 'operand';
  }
}

const BEHIND_ITEMS = [
  'from',
  'where',
  'group',
  'having',
  'window',
  'order',
  'limit',
  'offset',
  'union',
  'intersect',
  'except',
];

interface InfixRead {
  readonly infix: Infix;
  readonly length: number;
}

function maskInfix(m: Masking, { infix, length }: InfixRead): void {
  if (infix.kind === 'between') m.openBetweens++;
  if (infix.kind === 'between-and') m.openBetweens--;
  push(m, '+', infix.token, { kind: 'infix', infix });
  m.next += length;
  m.expects = 'operand';
}

const PLAIN = { negated: false, symmetric: false };

function infixOf(kind: InfixKind, level: number, op: string, token: Token): Infix {
  return { part: 'infix', kind, level, op, token, ...PLAIN };
}

const LEVELS: Readonly<Record<string, number>> = {
  '+': LEVEL.sum,
  '-': LEVEL.sum,
  '*': LEVEL.product,
  '/': LEVEL.product,
  '%': LEVEL.product,
  '^': LEVEL.power,
  '=': LEVEL.comparison,
  '<': LEVEL.comparison,
  '>': LEVEL.comparison,
  '<=': LEVEL.comparison,
  '>=': LEVEL.comparison,
  '<>': LEVEL.comparison,
};

function readInfix(m: Masking, token: Token): InfixRead | null {
  if (token.kind === 'operator') {
    if (token.text === '=>') throw syntaxError(m.reading.sql, token);
    const infix = infixOf('symbol', LEVELS[token.text] ?? LEVEL.other, token.text, token);
    return { infix, length: 1 };
  }
  return token.kind === 'word' ? readWordInfix(m, token) : null;
}

function readWordInfix(m: Masking, token: PlainToken): InfixRead | null {
  const { items, next } = m;
  const following = items[next + 1];
  switch (token.text) {
    case 'and': {
      const kind = m.openBetweens > 0 ? 'between-and' : 'and';
      return { infix: infixOf(kind, kind === 'and' ? LEVEL.and : 0, 'and', token), length: 1 };
    }
    case 'or':
      return { infix: infixOf('or', LEVEL.or, 'or', token), length: 1 };
    case 'escape':
      return { infix: infixOf('escape', LEVEL.escape, 'escape', token), length: 1 };
    case 'overlaps':
      throw refusal('OVERLAPS', token);
    case 'operator':
      return isParenthesis(following) ? { infix: namedOperator(m, token, following.items), length: 2 } : null;
    case 'at': {
      if (!isWord(following, 'time')) return null;
      if (!isWord(items[next + 2], 'zone')) throw syntaxError(m.reading.sql, items[next + 2]);
      return { infix: infixOf('time-zone', LEVEL.timeZone, 'at time zone', token), length: 3 };
    }
    case 'is':
      return readDistinct(m, token);
    case 'not':
      return readMatch(m, { token, word: following, negated: true, length: 2 });
    default:
      return readMatch(m, { token, word: token, negated: false, length: 1 });
  }
}

/** `OPERATOR(pg_catalog.~)`: a symbol of any level binds as strongly as `~`. */
function namedOperator(m: Masking, token: Token, items: readonly Token[]): Infix {
  const symbol = items[items.length - 1];
  const hasSchema = items.length === 3 && isWord(items[0], 'pg_catalog') && isSymbol(items[1], '.');
  if (symbol?.kind !== 'operator') throw syntaxError(m.reading.sql, symbol ?? token);
  if (items.length !== 1 && !hasSchema) throw refusal('an operator of another schema', token);
  return infixOf('symbol', LEVEL.other, symbol.text, token);
}

function readDistinct(m: Masking, token: Token): InfixRead | null {
  const negated = isWord(m.items[m.next + 1], 'not');
  const word = m.next + (negated ? 2 : 1);
  if (!isWord(m.items[word], 'distinct')) return null;
  if (!isWord(m.items[word + 1], 'from')) throw syntaxError(m.reading.sql, m.items[word + 1]);
  return { infix: { ...infixOf('distinct', LEVEL.is, 'is distinct from', token), negated }, length: negated ? 4 : 3 };
}

interface Match {
  readonly token: Token;
  readonly word: Token | undefined;
  readonly negated: boolean;
  readonly length: number;
}

/** [NOT] LIKE, ILIKE, SIMILAR TO and BETWEEN. */
function readMatch(m: Masking, { token, word, negated, length }: Match): InfixRead | null {
  const not = negated ? '!' : '';
  if (isWord(word, 'like')) return { infix: infixOf('like', LEVEL.match, `${not}~~`, token), length };
  if (isWord(word, 'ilike')) return { infix: infixOf('like', LEVEL.match, `${not}~~*`, token), length };
  const second = m.items[m.next + length];
  if (isWord(word, 'similar')) {
    if (!isWord(second, 'to')) throw syntaxError(m.reading.sql, second);
    return { infix: infixOf('similar', LEVEL.match, `${not}~`, token), length: length + 1 };
  }
  if (!isWord(word, 'between')) return null;
  const symmetric = isWord(second, 'symmetric');
  const infix = { ...infixOf('between', LEVEL.match, 'between', token), negated, symmetric };
  return { infix, length: symmetric || isWord(second, 'asymmetric') ? length + 1 : length };
}

/** An operator's word at the end of a select item: `SELECT 1 LIKE`. Whether it is a label there depends on all that stands before it. */
function isLastLabel(m: Masking, token: Token): boolean {
  const isLabel = token.kind === 'word' && canBeLastLabel(token.text) && !canBeBareLabel(token.text);
  if (m.clause !== 'items' || !isLabel) return false;
  const after = m.items[m.next + 1];
  return after === undefined || isSymbol(after, ',') || isWord(after, ...BEHIND_ITEMS);
}

/** `AS name`, or a name alone: the label of a select item. */
function maskLabel(m: Masking, token: Token): void {
  if (m.clause !== 'items') throw syntaxError(m.reading.sql, token);
  const hasAs = isWord(token, 'as');
  const name = hasAs ? m.items[m.next + 1] : token;
  const isName = name?.kind === 'quoted' || (name?.kind === 'word' && (hasAs || canBeBareLabel(name.text)));
  if (!isName) throw syntaxError(m.reading.sql, name);
  if (hasAs) pushWord(m, 'AS', token);
  push(m, placeholder(m), name, { kind: 'name', name: name.text });
  m.next += hasAs ? 2 : 1;
}
