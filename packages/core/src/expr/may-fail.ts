import { isInfallibleCast } from '../cast/can-cast.ts';
import { DEFAULT_FORMAT } from '../codec/default-format.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { DataType } from '../types/data-type.ts';
import { type Expr, type ExprOf, typeOf } from './expr.ts';
import { columnsRead, isVolatile, operandsOf, someExpr } from './rewrite.ts';

/**
 * Whether evaluating an expression can raise an error: a call of a function that may fail, a cast that may fail (not of
 * a date or time that is written out well). Comparisons never do. A
 * parameter counts as infallible, because its bytes are checked when it is bound, before any row is looked at.
 */
export function mayFail(expr: Expr): boolean {
  return someExpr(expr, failsItself);
}

/**
 * Whether evaluating it can fail for one row and succeed for another: `mayFail`, but for subexpressions without columns (`now() - interval
 * '1 day'`, `'2024-01-01'::date`), which fail for all rows or for none and are evaluated once per execution.
 */
export function mayFailPerRow(expr: Expr): boolean {
  if (columnsRead(expr).size === 0 && !isVolatile(expr)) return false;
  return failsItself(expr) || operandsOf(expr).some(mayFailPerRow);
}

function failsItself(expr: Expr): boolean {
  if (expr.kind === 'call') return expr.fn.mayFail;
  return expr.kind === 'cast' && !isInfallibleCast(typeOf(expr.operand), expr.type) && !isReadableMoment(expr);
}

const READABLE: WeakMap<Expr, boolean> = new WeakMap();
/** Between these no time zone takes a moment out of range. */
const [FIRST_MICROS, LAST_MICROS] = [-210_000_000_000_000_000n, 2n ** 63n - 2n ** 50n];

/** A date or time that is written out: which moment it is may depend on the session, but not whether it is one. */
function isReadableMoment(expr: ExprOf<'cast'>): boolean {
  const { operand, type } = expr;
  if (type.kind !== 'date' && type.kind !== 'timestamp' && type.kind !== 'timestamptz') return false;
  if (operand.kind !== 'literal' || typeof operand.value !== 'string') return false;
  let readable = READABLE.get(expr);
  if (readable === undefined) {
    readable = isReadable(type, operand.value);
    READABLE.set(expr, readable);
  }
  return readable;
}

function isReadable(type: DataType, text: string): boolean {
  try {
    const value = valueFromText(type, text, DEFAULT_FORMAT, 0n);
    return typeof value === 'number' || (typeof value === 'bigint' && value > FIRST_MICROS && value < LAST_MICROS);
  } catch (error) {
    if (error instanceof MillraceError) return false;
    throw error;
  }
}
