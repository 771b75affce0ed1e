import type { AstCte, AstQuery } from '../ast.ts';
import { isQuery, readQueryGroup } from './groups.ts';
import { canNameColumn } from './keywords.ts';
import { atOf, type Reading } from './level.ts';
import { maskLevel } from './mask-level.ts';
import { maskingOf } from './masking.ts';
import { parseMasked } from './node-sql-parser.ts';
import { refusal, syntaxError } from './refusal.ts';
import { isParenthesis, isSymbol, isWord, type Token } from './token.ts';
import { walkOf } from './walk.ts';
import { walkQuery } from './walk-query.ts';

/** A query: WITH, then SELECT, VALUES, a set operation, or any of them in parentheses. */
export function readQuery(reading: Reading, items: readonly Token[]): AstQuery {
  const { ctes, isRecursive, next } = readWith(reading, items);
  const rest = items.slice(next);
  const masking = maskingOf(reading, rest, 'query');
  maskLevel(masking);
  const { pieces } = masking;
  const [first] = pieces;
  const isLone = first?.kind === 'query' && pieces.length === 1;
  const query = isLone ? first.query : walkQuery(walkOf(reading, pieces), parseMasked(reading, '', pieces));
  if (ctes.length === 0) return query;
  if (query.with.length > 0) throw refusal('WITH before a query that has one', first?.token);
  const result = { ...query, with: ctes, isRecursive };
  if (reading.withTail.has(query)) reading.withTail.add(result);
  return result;
}

/** A list of WITH. */
export interface WithRead {
  readonly ctes: readonly AstCte[];
  readonly isRecursive: boolean;
  /** The first token after it. */
  readonly next: number;
}

/** `WITH [RECURSIVE] name (columns) AS [NOT] MATERIALIZED (query), ...`; nothing if it is not there. */
export function readWith(reading: Reading, items: readonly Token[]): WithRead {
  if (!isWord(items[0], 'with')) return { ctes: [], isRecursive: false, next: 0 };
  const isRecursive = isWord(items[1], 'recursive');
  const ctes: AstCte[] = [];
  let next = isRecursive ? 1 : 0;
  do {
    const read = readCte(reading, items, next + 1);
    ctes.push(read.cte);
    next = read.next;
  } while (isSymbol(items[next], ','));
  if (isWord(items[next], 'search', 'cycle')) throw refusal(items[next]!.text.toUpperCase(), items[next]);
  return { ctes, isRecursive, next };
}

function readCte(
  reading: Reading,
  items: readonly Token[],
  from: number,
): { readonly cte: AstCte; readonly next: number } {
  const name = items[from];
  const isName = name?.kind === 'quoted' || (name?.kind === 'word' && canNameColumn(name.text));
  if (!isName) throw syntaxError(reading.sql, name);
  let next = from + 1;
  let columnNames: readonly string[] = [];
  const columns = items[next];
  if (isParenthesis(columns)) {
    columnNames = namesBetweenCommas(reading, columns.items, columns);
    next++;
  }
  if (!isWord(items[next], 'as')) throw syntaxError(reading.sql, items[next]);
  next++;
  const isNegated = isWord(items[next], 'not');
  if (isNegated) next++;
  const isMarked = isWord(items[next], 'materialized');
  if (isMarked) next++;
  else if (isNegated) throw syntaxError(reading.sql, items[next]);
  const group = items[next];
  if (!isParenthesis(group)) throw syntaxError(reading.sql, group);
  if (isWord(group.items[0], 'insert', 'update', 'delete', 'merge'))
    throw refusal('a statement that writes in WITH', group);
  if (!isQuery(group.items)) throw syntaxError(reading.sql, group.items[0] ?? group);
  const query = readQueryGroup(reading, group);
  const cte: AstCte = {
    name: name.text,
    columnNames,
    statement: { kind: 'query', query, at: 0 },
    materialized: isMarked ? !isNegated : null,
    at: atOf(reading, name),
  };
  return { cte, next: next + 1 };
}

/** Names between commas, at least one. */
export function namesBetweenCommas(reading: Reading, items: readonly Token[], place: Token): readonly string[] {
  const names = items.filter((_, i) => i % 2 === 0);
  const wrong = items.find((token, i) =>
    i % 2 === 1
      ? !isSymbol(token, ',')
      : token.kind !== 'quoted' && !(token.kind === 'word' && canNameColumn(token.text)),
  );
  if (wrong !== undefined || items.length % 2 === 0) throw syntaxError(reading.sql, wrong ?? place);
  return names.map((token) => token.text);
}
