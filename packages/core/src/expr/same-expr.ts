import type { Expr } from './expr.ts';

/** Whether two expressions are structurally the same: then they have the same value on the same row, unless they are volatile. */
export function sameExpr(a: Expr, b: Expr): boolean {
  return sameTree(a, b);
}

/** Whether two trees of plain data (expressions, parts of plans) have the same shape and the same values: NaN is NaN, 0 is not -0. */
export function sameTree(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return (
      a instanceof Uint8Array && b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i])
    );
  }
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([key, value]) => key in b && sameTree(value, Reflect.get(b, key)));
}
