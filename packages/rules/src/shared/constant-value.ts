import {
  assert,
  type DataType,
  DEFAULT_FORMAT,
  type EvaluationContext,
  type Expr,
  type ExprOf,
  evaluate,
  MillraceError,
  someExpr,
  standardFunctions,
  traitsOf,
  typeOf,
  type Value,
  valueAt,
} from '@millrace/core';
import { bindingContext } from './bind-values.ts';

/** Characters of text, or items of an array, that a plan may get for an expression. */
const SIZE_MAX = 1_000;
/** Functions whose results, or whose time, can be much larger than their arguments: left to execution, which can be cancelled. */
const EXPENSIVE: ReadonlySet<string> = new Set([
  ...['repeat', 'lpad', 'rpad', 'array_fill', 'factorial', '^', 'power', 'exp', 'replace', 'translate', 'format'],
  ...['~', '~*', '!~', '!~*', 'regexp_match', 'regexp_replace', 'regexp_split_to_array', 'regexp_like', 'regexp_count'],
  ...['regexp_instr', 'regexp_substr', 'substring', 'similar_to_escape'],
]);

/**
 * The literal that an expression without columns and parameters always is, or null if there is none: it is not immutable, depends on a setting
 * (`1.5::float8::text` on extra_float_digits), fails, is too large, or its functions are not the standard ones. Dates and timestamps written out
 * (`'2024-05-01'::date`) count as immutable; 'today' does not, nor does a timestamptz without its zone.
 */
export function constantOf(expr: Expr): ExprOf<'literal'> | null {
  if (expr.kind === 'literal') return expr;
  if (traitsOf(expr).readsColumns || typeOf(expr).kind === 'unknown' || someExpr(expr, isOpen)) return null;
  try {
    const value = valueAt(evaluate(expr, ONE_ROW, FIXED), 0);
    return isSmall(value) ? { kind: 'literal', value, type: typeOf(expr) } : null;
  } catch (error) {
    if (error instanceof MillraceError) return null;
    throw error;
  }
}

const FIXED: EvaluationContext = bindingContext({ parameters: [], format: DEFAULT_FORMAT, transactionMicros: 0n });
const ONE_ROW = {
  rowCount: 1,
  column(): never {
    assert(false, 'a constant reads no column');
  },
};

/** Whether what the node itself does may come out differently in another session, or take too long. */
function isOpen(expr: Expr): boolean {
  if (expr.kind === 'parameter') return true;
  if (expr.kind === 'cast') return !isFixedCast(expr);
  if (expr.kind !== 'call') return false;
  const { id, volatility } = expr.fn;
  const name = id.slice(0, id.lastIndexOf('('));
  return volatility !== 'immutable' || EXPENSIVE.has(name) || standardFunctions.kernel(id) === undefined;
}

/** Kinds whose text forms depend on DateStyle, TimeZone, bytea_output or extra_float_digits, or on the catalog. */
const FORMATTED = /^(date|timestamp|timestamptz|bytea|float4|float8|reg.*)$/;
const MOMENT = /^(date|timestamp|timestamptz)$/;
const WRITTEN_OUT = /^\s*\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?\s*(?<zone>[zZ]|[+-]\d\d(:?\d\d)?)?\s*$/;

function isFixedCast(expr: ExprOf<'cast'>): boolean {
  const { operand } = expr;
  const [from, to] = [itemOf(typeOf(operand)).kind, itemOf(expr.type).kind];
  if (from === to || (from === 'date' && to === 'timestamp') || (from === 'timestamp' && to === 'date')) return true;
  if (
    operand.kind === 'literal' &&
    typeof operand.value === 'string' &&
    MOMENT.test(to) &&
    expr.type.kind !== 'array'
  ) {
    const match = WRITTEN_OUT.exec(operand.value);
    return match !== null && (to !== 'timestamptz' || match.groups?.['zone'] !== undefined);
  }
  if (isNumber(from) && isNumber(to)) return true;
  const readsNumber = !FORMATTED.test(from) && isNumber(to);
  return readsNumber || (!FORMATTED.test(from) && !FORMATTED.test(to));
}

function isNumber(kind: string): boolean {
  return kind === 'float4' || kind === 'float8' || kind === 'numeric' || /^int\d$/.test(kind);
}

function itemOf(type: DataType): DataType {
  return type.kind === 'array' ? itemOf(type.item) : type;
}

function isSmall(value: Value): boolean {
  return typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array
    ? value.length <= SIZE_MAX
    : true;
}
