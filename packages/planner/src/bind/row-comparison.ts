import { type CompareOp, type Expr, failure } from '@millrace/core';
import type { BindState } from './bind-state.ts';
import { compareExprs } from './comparison.ts';

/** The members of `ROW(a, b)` or `(a, b)`. */
export type Row = readonly Expr[];

/**
 * Two rows compared as PostgreSQL does (manual, section 9.24.5), spelt out over their members: `=` needs all equal, `<>` one different, the
 * orderings are decided by the first pair that differs. Throws 42601 for rows of different lengths.
 */
export function compareRows(
  state: BindState,
  op: CompareOp,
  rows: { readonly left: Row; readonly right: Row; readonly position: number | undefined },
): Expr {
  const { left, right, position } = rows;
  if (left.length !== right.length) {
    throw failure('syntaxError', { message: 'unequal number of entries in row expressions' }, { position });
  }
  if (left.length === 0) throw failure('notSupported', { feature: 'comparing rows of zero length' }, { position });
  const pair = (symbol: CompareOp, i: number): Expr =>
    compareExprs(state, symbol, { left: left[i]!, right: right[i]!, position });
  const all = (symbol: CompareOp): readonly Expr[] => left.map((_, i) => pair(symbol, i));
  const join = (kind: 'and' | 'or', operands: readonly Expr[]): Expr =>
    operands.length === 1 ? operands[0]! : { kind, operands };
  if (op === '=' || op === 'is-not-distinct') return join('and', all(op));
  if (op === '<>' || op === 'is-distinct') return join('or', all(op));
  const strict: CompareOp = op === '<=' ? '<' : op === '>=' ? '>' : op;
  const last = left.length - 1;
  let result = pair(op, last);
  for (let i = last - 1; i >= 0; i--) {
    result = join('or', [pair(strict, i), join('and', [pair('=', i), result])]);
  }
  return result;
}
