import type { AstSortKey } from '../ast.ts';
import { readExpression } from './expressions.ts';
import type { Reading } from './level.ts';
import { refusal, syntaxError } from './refusal.ts';
import { isWord, splitAtCommas, type Token } from './token.ts';

/** The keys of ORDER BY: `a DESC NULLS LAST, b`. */
export function readSortKeys(reading: Reading, items: readonly Token[]): readonly AstSortKey[] {
  return splitAtCommas(items).map((part) => readSortKey(reading, part));
}

function readSortKey(reading: Reading, part: readonly Token[]): AstSortKey {
  let items = part;
  let nullsFirst: boolean | null = null;
  const last = items[items.length - 1];
  if (isWord(items[items.length - 2], 'nulls') && isWord(last, 'first', 'last') && items.length > 2) {
    nullsFirst = last.text === 'first';
    items = items.slice(0, -2);
  }
  const direction = items[items.length - 1];
  const hasDirection = isWord(direction, 'asc', 'desc');
  if (hasDirection) items = items.slice(0, -1);
  const using = items.find((token) => isWord(token, 'using'));
  if (using !== undefined) throw refusal('ORDER BY ... USING', using);
  if (items.length === 0) throw syntaxError(reading.sql, direction);
  const expr = readExpression(reading, items);
  return { expr, descending: hasDirection && direction.text === 'desc', nullsFirst, at: expr.at };
}
