import { type Expr, type ExprOf, MIRRORED, sameExpr } from '@millrace/core';

/** The same comparison with its sides exchanged: `5 < x` is `x > 5`. */
export function mirrored({ op, left, right }: ExprOf<'compare'>): ExprOf<'compare'> {
  return { kind: 'compare', op: MIRRORED[op], left: right, right: left };
}

/** Whether a list holds the predicate, written either way round. */
export function isListed(predicate: Expr, list: readonly Expr[]): boolean {
  const other = predicate.kind === 'compare' ? mirrored(predicate) : predicate;
  return list.some((each) => sameExpr(each, predicate) || sameExpr(each, other));
}
