import { isInfallibleCast } from '../cast/can-cast.ts';
import { isAroundNow } from './around-now.ts';
import { type Expr, typeOf } from './expr.ts';
import { columnsRead, isVolatile, operandsOf, someExpr } from './rewrite.ts';
import { writtenOut } from './written-out.ts';

/**
 * Whether evaluating an expression can raise an error: a call of a function that may fail (but not `now() - interval '1 day'`, around-now.ts), a cast
 * that may fail (not of a date, time or interval that is written out well). Comparisons never do. A parameter counts as infallible, because its bytes are checked when it is bound, before any row is looked at.
 */
export function mayFail(expr: Expr): boolean {
  return someExpr(expr, failsItself);
}

/**
 * Whether evaluating it can fail for one row and succeed for another: `mayFail`, but for subexpressions without columns (`'1'::int4`,
 * `date_trunc('day', now())`), which fail for all rows or for none and are evaluated once per execution.
 */
export function mayFailPerRow(expr: Expr): boolean {
  if (columnsRead(expr).size === 0 && !isVolatile(expr)) return false;
  return failsItself(expr) || operandsOf(expr).some(mayFailPerRow);
}

function failsItself(expr: Expr): boolean {
  if (expr.kind === 'call') return expr.fn.mayFail && !isAroundNow(expr);
  if (expr.kind !== 'cast' || isInfallibleCast(typeOf(expr.operand), expr.type)) return false;
  return writtenOut(expr) === undefined && !isAroundNow(expr);
}
