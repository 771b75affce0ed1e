import { type Expr, type ExprOf, replaceColumns, typeOf, type Value } from '@millrace/core';
import { constantOf } from './constant-value.ts';

/**
 * Whether an expression over one column never falls as the column rises, is NULL where the column is NULL, and nowhere else for a column that is
 * compared with anything: then `c >= x` implies `f(c) >= f(x)`, `c < x` implies `f(c) <= f(x)`, `c = x` implies `f(c) = f(x)`.
 *
 * Known: casts between numbers and between date and timestamp, AT TIME ZONE 'UTC' (in other zones clocks go back an hour every autumn), date_trunc,
 * years and longer, buckets, division by a positive number, floor and ceil. The other arguments are constants.
 */
export function isMonotone(expr: Expr): boolean {
  switch (expr.kind) {
    case 'column':
      return true;
    case 'cast':
      return isMonotoneCast(expr) && isMonotone(expr.operand);
    case 'call': {
      const shape = shapeOf(expr);
      const operand = shape === null ? undefined : expr.args[shape.column];
      return operand !== undefined && isMonotone(operand);
    }
    default:
      return false;
  }
}

/** Whether a monotone expression has a value for every value of its column, also those that no row holds. */
export function isTotal(expr: Expr): boolean {
  switch (expr.kind) {
    case 'cast':
      return typeOf(expr.operand).kind === 'timestamp' && expr.type.kind === 'date' && isTotal(expr.operand);
    case 'call': {
      const shape = shapeOf(expr);
      const operand = shape === null ? undefined : expr.args[shape.column];
      return shape?.isTotal === true && operand !== undefined && isTotal(operand);
    }
    default:
      return expr.kind === 'column';
  }
}

/**
 * What a monotone expression says of a value: a literal where the value is a constant and the expression has a result for it; else the expression over
 * the value, if it cannot fail beyond the value itself. null if it might.
 */
export function imageOf(expr: Expr, value: Expr): Expr | null {
  const image = replaceColumns(expr, () => value);
  return constantOf(value) === null ? (isTotal(expr) ? image : null) : constantOf(image);
}

interface Shape {
  /** The argument that the column is in. */
  readonly column: number;
  readonly isTotal: boolean;
}

const NUMBERS = /^(int2|int4|int8|numeric|float4|float8)$/;

function isMonotoneCast(expr: ExprOf<'cast'>): boolean {
  const [from, to] = [typeOf(expr.operand).kind, expr.type.kind];
  if (NUMBERS.test(from) && NUMBERS.test(to)) return true;
  return (from === 'timestamp' && to === 'date') || (from === 'date' && to === 'timestamp');
}

/** Units whose number rises with the time; an hour or a month starts again. */
const RISING: ReadonlySet<Value> = new Set(['year', 'decade', 'century', 'millennium', 'isoyear', 'epoch', 'julian']);
/** Units that divide the days, so that the start of one is never before the first timestamp there is. */
const WITHIN_DAY: ReadonlySet<Value> = new Set(['microseconds', 'milliseconds', 'second', 'minute', 'hour', 'day']);

/** What a call does with its one column, if it rises with it. */
function shapeOf({ fn, args }: ExprOf<'call'>): Shape | null {
  const constants = args.map(constantOf);
  const [first, second] = constants.map((literal) => literal?.value ?? null);
  const isOfConstants = (column: number): boolean => constants.every((literal, i) => i === column || literal !== null);
  const name = fn.id.slice(0, fn.id.lastIndexOf('('));
  switch (name) {
    case 'timezone':
      return fn.id === 'timezone(text,timestamptz)' && first === 'UTC' ? { column: 1, isTotal: true } : null;
    case 'date_trunc':
      return fn.id === 'date_trunc(text,timestamp)' && first !== undefined && first !== null
        ? { column: 1, isTotal: WITHIN_DAY.has(first) }
        : null;
    case 'extract':
    case 'date_part':
      return /,(date|timestamp)\)$/.test(fn.id) && RISING.has(first ?? null) ? { column: 1, isTotal: true } : null;
    case 'date_bin':
    case 'time_bucket':
      return isOfConstants(1) && !fn.id.endsWith(',text)') ? { column: 1, isTotal: false } : null;
    case '/':
      return typeof second === 'number' || typeof second === 'bigint'
        ? second > 0 && /^\/\(int\d,int\d\)$/.test(fn.id)
          ? { column: 0, isTotal: true }
          : null
        : null;
    case 'floor':
    case 'ceil':
      return { column: 0, isTotal: true };
    default:
      return null;
  }
}
