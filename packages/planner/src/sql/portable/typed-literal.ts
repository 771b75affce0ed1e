import type { AstExpr } from '../ast.ts';
import { canNameFunction } from './keywords.ts';
import { atOf, type Reading } from './level.ts';
import { refusal } from './refusal.ts';
import { isSymbol, isWord, type Token } from './token.ts';
import { isSpelledType, readType } from './type-name.ts';

/** An operand that was read, and the first token after it. */
export interface OperandRead {
  readonly expr: AstExpr;
  readonly next: number;
}

const UNITS = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** `date '2020-01-01'`, `interval '2' hour`, `pg_catalog.int4 '5'`; null if none starts here. */
export function readTypedLiteral(reading: Reading, items: readonly Token[], from: number): OperandRead | null {
  if (!startsType(items, from)) return null;
  const { type, next } = readType(reading, items, from, true);
  const text = items[next];
  if (text?.kind !== 'string' || type.arrayDimensions > 0) return null;
  const at = atOf(reading, text);
  const unit = type.name === 'interval' ? unitAfter(items, next + 1) : null;
  let literal = text.text;
  if (unit !== null) {
    const isCount = unit === 'second' ? /^\s*[+-]?\d+(\.\d*)?\s*$/ : /^\s*[+-]?\d+\s*$/;
    if (!isCount.test(literal) || type.modifiers.length > 0) throw refusal('an interval with fields', items[next + 1]);
    literal = `${literal.trim()} ${unit}`;
  }
  const operand: AstExpr = { kind: 'literal', literal: 'string', text: literal, at };
  return { expr: { kind: 'cast', operand, type, at: null }, next: next + (unit === null ? 1 : 2) };
}

/** Only where a string follows the type's words: anything else is a column or a call. */
function startsType(items: readonly Token[], from: number): boolean {
  const first = items[from];
  if (first?.kind === 'word' && isSpelledType(items, from)) {
    const end = items.slice(from + 1, from + 6).findIndex((token) => token.kind === 'string');
    const between = items.slice(from + 1, from + 1 + end);
    const isTypeText = (token: Token): boolean =>
      (token.kind === 'group' && token.text === '(') ||
      isWord(token, 'precision', 'varying', 'with', 'without', 'time', 'zone');
    return end >= 0 && between.every(isTypeText);
  }
  if (first?.kind !== 'quoted' && !(first?.kind === 'word' && canNameFunction(first.text))) return false;
  let next = from + 1;
  while (isSymbol(items[next], '.') && items[next + 1] !== undefined) next += 2;
  return items[next]?.kind === 'string';
}

function unitAfter(items: readonly Token[], from: number): string | null {
  const token = items[from];
  if (!isWord(token, ...UNITS)) return null;
  const group = items[from + 1];
  if (isWord(group, 'to')) throw refusal('an interval type with several fields', token);
  if (group?.kind === 'group' && group.text === '(') throw refusal('an interval type with a precision', token);
  return token.text;
}
