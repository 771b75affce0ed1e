import type { AstExpr, AstQuery } from '../ast.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { atOf, deeper, type Reading } from './level.ts';
import { readQuery } from './query.ts';
import { syntaxError } from './refusal.ts';
import { type GroupToken, isParenthesis, isWord, type Token } from './token.ts';

/** Whether what stands in parentheses is a query and not an expression. */
export function isQuery(items: readonly Token[]): boolean {
  const [first, second] = items;
  if (isWord(first, 'select', 'with', 'table')) return true;
  if (isWord(first, 'values')) return isParenthesis(second);
  if (!isParenthesis(first) || !isQuery(first.items)) return false;
  return (
    second === undefined || isWord(second, 'union', 'intersect', 'except', 'order', 'limit', 'offset', 'fetch', 'for')
  );
}

/** The query in parentheses, of which there may be several pairs. */
export function readQueryGroup(reading: Reading, group: GroupToken): AstQuery {
  if (!isQuery(group.items)) throw syntaxError(reading.sql, group.items[0] ?? group);
  return deeper(reading, () => readQuery(reading, group.items));
}

/** `(expr)`, `(a, b)` (a row) or `(query)`. */
export function readParenthesis(reading: Reading, group: GroupToken): AstExpr {
  const at = atOf(reading, group);
  if (isQuery(group.items)) return { kind: 'scalar-subquery', query: readQueryGroup(reading, group), at };
  const items = readExpressions(reading, group.items);
  const [only] = items;
  if (only === undefined) throw syntaxError(reading.sql, group);
  return items.length === 1 ? only : { kind: 'row', items, at };
}

/** What stands between CASE and END, cut at its WHEN, THEN and ELSE: a CASE inside is a group of its own. */
export function readCase(reading: Reading, group: GroupToken): AstExpr {
  return deeper(reading, () => {
    const parts: { readonly word: string; readonly items: Token[]; readonly token: Token }[] = [];
    let items: Token[] = [];
    const head = items;
    for (const token of group.items) {
      if (isWord(token, 'when', 'then', 'else')) {
        items = [];
        parts.push({ word: token.text, items, token });
      } else {
        items.push(token);
      }
    }
    const last = parts[parts.length - 1];
    const otherwise = last?.word === 'else' ? last.items : null;
    const whens = otherwise === null ? parts : parts.slice(0, -1);
    const wrong = whens.find((part, i) => part.word !== (i % 2 === 0 ? 'when' : 'then')) ?? null;
    if (wrong !== null || whens.length === 0 || whens.length % 2 === 1)
      throw syntaxError(reading.sql, wrong?.token ?? group);
    const branches = whens
      .filter((_, i) => i % 2 === 0)
      .map((when, i) => ({
        when: readExpression(reading, when.items),
        // biome-ignore lint/suspicious/noThenProperty: SQL's word, and nothing awaits a tree
        then: readExpression(reading, whens[2 * i + 1]!.items),
      }));
    return {
      kind: 'case',
      operand: head.length === 0 ? null : readExpression(reading, head),
      branches,
      otherwise: otherwise === null ? null : readExpression(reading, otherwise),
      at: atOf(reading, group),
    };
  });
}
