import type { AstExpr, AstSortKey } from '../ast.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { canNameFunction } from './keywords.ts';
import type { Reading } from './level.ts';
import { refusal, syntaxError } from './refusal.ts';
import { readSortKeys } from './sort-keys.ts';
import { type GroupToken, isSymbol, isWord, splitAtCommas, type Token } from './token.ts';

type Call = AstExpr & { readonly kind: 'call' };
/** What stands between a call's parentheses, and its FILTER. */
export type CallArguments = Pick<
  Call,
  'args' | 'isStar' | 'isDistinct' | 'isVariadic' | 'orderBy' | 'filter' | 'argNames'
>;

/** `*`, `DISTINCT a, b`, `a ORDER BY b`, `VARIADIC a`, `a, name => b`. */
export function readArguments(reading: Reading, group: GroupToken, filter: readonly Token[] | null): CallArguments {
  let { items } = group;
  const base = { isStar: false, isDistinct: false, isVariadic: false, orderBy: [] as readonly AstSortKey[] };
  const filterExpr = filter === null ? null : readExpression(reading, filter);
  if (items.length === 1 && isSymbol(items[0], '*'))
    return { ...base, isStar: true, args: [], argNames: [], filter: filterExpr };
  const order = items.findIndex((token, i) => isWord(token, 'order') && isWord(items[i + 1], 'by'));
  if (order >= 0) base.orderBy = readSortKeys(reading, items.slice(order + 2));
  if (order >= 0) items = items.slice(0, order);
  if (isWord(items[0], 'distinct', 'all')) {
    base.isDistinct = isWord(items[0], 'distinct');
    items = items.slice(1);
    if (items.length === 0) throw syntaxError(reading.sql, group);
    if (items.some((token) => isWord(token, 'variadic'))) throw syntaxError(reading.sql, group);
  }
  if (order >= 0 && items.length === 0) throw syntaxError(reading.sql, group);
  const parts = splitAtCommas(items).map((part) => stripped(reading, part));
  const variadics = parts.filter((part) => part.isVariadic).length;
  if (variadics > 1 || (variadics === 1 && !parts[parts.length - 1]!.isVariadic)) throw refusal('VARIADIC here', group);
  const named = parts.findIndex((part) => part.name !== null);
  if (named >= 0 && parts.slice(named).some((part) => part.name === null))
    throw refusal('a positional argument after a named one', group);
  const isPlain = parts.every((part) => part.name === null && !part.isVariadic);
  const args = isPlain ? readExpressions(reading, items) : parts.map((part) => readExpression(reading, part.items));
  return { ...base, isVariadic: variadics === 1, args, argNames: parts.map((part) => part.name), filter: filterExpr };
}

interface Argument {
  readonly name: string | null;
  readonly isVariadic: boolean;
  readonly items: readonly Token[];
}

function stripped(reading: Reading, part: readonly Token[]): Argument {
  const isVariadic = isWord(part[0], 'variadic');
  const items = isVariadic ? part.slice(1) : part;
  const [name, arrow] = items;
  if (!isSymbol(arrow, '=>', ':=') || name === undefined) return { name: null, isVariadic, items };
  if (name.kind !== 'quoted' && !(name.kind === 'word' && canNameFunction(name.text)))
    throw syntaxError(reading.sql, name);
  return { name: name.text, isVariadic, items: items.slice(2) };
}
