import type { AstQuery, AstStatement } from '../ast.ts';
import { isQuery } from './groups.ts';
import { atOf, type Reading } from './level.ts';
import { readQuery, readWith } from './query.ts';
import { refusal, syntaxError } from './refusal.ts';
import { isParenthesis, isSymbol, isWord, type Token } from './token.ts';
import {
  expectEnd,
  expectWords,
  nextToken,
  readerOf,
  skipSymbol,
  skipWords,
  type TokenReader,
  takeName,
  takeQualifiedName,
  unexpected,
} from './token-reader.ts';

type InsertColumns = (AstStatement & { readonly kind: 'insert' })['columns'];

/** `[WITH ...] INSERT INTO table [AS alias] [(columns)] query | DEFAULT VALUES`; ON CONFLICT, RETURNING and OVERRIDING are refused. */
export function readInsert(reading: Reading, items: readonly Token[]): AstStatement {
  const { ctes, isRecursive, next } = readWith(reading, items);
  if (isRecursive) throw refusal('WITH RECURSIVE before INSERT', items[1]);
  const r = readerOf(reading, items, next);
  expectWords(r, 'insert', 'into');
  const table = takeQualifiedName(r);
  const alias = skipWords(r, 'as') ? takeName(r).text : null;
  const columns = readColumns(r);
  if (isWord(nextToken(r), 'overriding')) throw refusal('OVERRIDING', nextToken(r));
  const insert = { kind: 'insert', table, alias, columns, with: ctes, unsupported: [], at: 0 } as const;
  if (skipWords(r, 'default', 'values')) {
    if (columns !== null) throw syntaxError(reading.sql, r.items[r.next - 2]);
    refuseTail(r);
    expectEnd(r);
    return { ...insert, source: null };
  }
  return { ...insert, source: readSource(r) };
}

function readColumns(r: TokenReader): InsertColumns {
  const group = nextToken(r);
  if (!isParenthesis(group) || isQuery(group.items)) return null;
  r.next++;
  const inner = readerOf(r.reading, group.items);
  const columns: { readonly name: string; readonly at: number | null }[] = [];
  do {
    if (nextToken(inner) === undefined) throw syntaxError(r.reading.sql, group);
    const name = takeName(inner);
    columns.push({ name: name.text, at: atOf(r.reading, name) });
    const after = nextToken(inner);
    const isElement = isSymbol(after, '.') || (after?.kind === 'group' && after.text === '[');
    if (isElement) throw refusal('assignment to a field or element', after);
  } while (skipSymbol(inner, ','));
  expectEnd(inner);
  return columns;
}

function refuseTail(r: TokenReader): void {
  const rest = r.items.slice(r.next);
  const conflict = rest.find((token, i) => isWord(token, 'on') && isWord(rest[i + 1], 'conflict'));
  if (conflict !== undefined) throw refusal('ON CONFLICT', conflict);
  const returning = rest.find((token) => isWord(token, 'returning'));
  if (returning !== undefined) throw refusal('RETURNING', returning);
}

function readSource(r: TokenReader): AstQuery {
  refuseTail(r);
  const first = nextToken(r);
  if (!isParenthesis(first) && !isWord(first, 'select', 'values', 'with', 'table')) throw unexpected(r);
  return readQuery(r.reading, r.items.slice(r.next));
}
