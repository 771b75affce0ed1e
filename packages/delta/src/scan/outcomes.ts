import {
  type ColumnId,
  type CompareOp,
  compareValues,
  type DataType,
  type Expr,
  isTextLike,
  MIRRORED,
  type Value,
} from '@millrace/core';

/** What a predicate may come to over the rows of a file, as a set of bits. An over-estimate: a missing bit is a proof. */
export type Outcomes = number;
export const TRUE = 1;
export const FALSE = 2;
export const NULL = 4;
export const ANY: Outcomes = TRUE | FALSE | NULL;

/**
 * What is known of a column in a file. Values are bounds (not necessarily values that occur); null = no bound. A partition
 * column has its one value as both. `nulls`: whether the column's slots are NULL.
 */
export interface ColumnRange {
  readonly type: DataType;
  readonly min: Value;
  readonly max: Value;
  readonly nulls: 'none' | 'some' | 'all';
}
/** What a file's statistics and partition values say of a column; null when they say nothing. */
export type RangeOf = (id: ColumnId) => ColumnRange | null;

/** The possible outcomes of a predicate in a file, from its columns' ranges. Anything not understood may come to anything. */
export function outcomesOf(expr: Expr, rangeOf: RangeOf): Outcomes {
  switch (expr.kind) {
    case 'literal':
      return expr.value === null ? NULL : expr.value === true ? TRUE : expr.value === false ? FALSE : ANY;
    case 'column':
      return ofColumn(rangeOf(expr.id));
    case 'compare':
      return ofCompare(expr.op, expr.left, expr.right, rangeOf);
    case 'and':
      return expr.operands.reduce((sum, operand) => combine(sum, outcomesOf(operand, rangeOf), and), TRUE);
    case 'or':
      return expr.operands.reduce((sum, operand) => combine(sum, outcomesOf(operand, rangeOf), or), FALSE);
    case 'not':
      return not(outcomesOf(expr.operand, rangeOf));
    case 'is-null':
      return ofIsNull(expr.operand, expr.negated, rangeOf);
    case 'is-bool': {
      const wanted = expr.value ? TRUE : FALSE;
      const inner = outcomesOf(expr.operand, rangeOf);
      const result = ((inner & wanted) !== 0 ? TRUE : 0) | ((inner & ~wanted) !== 0 ? FALSE : 0);
      return expr.negated ? not(result) : result;
    }
    case 'in-list': {
      const tests = expr.items.map((item) => ofCompare('=', expr.operand, item, rangeOf));
      const found = tests.reduce((sum, test) => combine(sum, test, or), FALSE);
      return expr.negated ? not(found) : found;
    }
    case 'quantified':
      return ofQuantified(expr, rangeOf);
    default:
      return ANY;
  }
}

function ofColumn(range: ColumnRange | null): Outcomes {
  if (range === null || range.type.kind !== 'bool') return ANY;
  if (range.nulls === 'all') return NULL;
  const values = range.min === null || range.min !== range.max ? TRUE | FALSE : range.min === true ? TRUE : FALSE;
  return range.nulls === 'none' ? values : values | NULL;
}

function ofIsNull(operand: Expr, negated: boolean, rangeOf: RangeOf): Outcomes {
  const range = operand.kind === 'column' ? rangeOf(operand.id) : null;
  const result = range === null || range.nulls === 'some' ? TRUE | FALSE : range.nulls === 'all' ? TRUE : FALSE;
  return negated ? not(result) : result;
}

function ofQuantified(expr: Extract<Expr, { kind: 'quantified' }>, rangeOf: RangeOf): Outcomes {
  const { right } = expr;
  if (right.kind !== 'literal' || right.type.kind !== 'array') return ANY;
  if (right.value === null) return NULL;
  const type = right.type.item;
  const tests = (right.value as readonly Value[]).map((value) =>
    ofCompare(expr.op, expr.left, { kind: 'literal', value, type }, rangeOf),
  );
  return expr.quantifier === 'any'
    ? tests.reduce((sum, test) => combine(sum, test, or), FALSE)
    : tests.reduce((sum, test) => combine(sum, test, and), TRUE);
}

function ofCompare(op: CompareOp, left: Expr, right: Expr, rangeOf: RangeOf): Outcomes {
  if (left.kind === 'literal' && right.kind === 'column') return ofCompare(MIRRORED[op], right, left, rangeOf);
  if (left.kind !== 'column' || right.kind !== 'literal') return ANY;
  const range = rangeOf(left.id);
  if (range === null || !areComparable(range.type, right.type)) return ANY;
  switch (op) {
    case 'is-distinct':
      return not(ofNotDistinct(range, right.value));
    case 'is-not-distinct':
      return ofNotDistinct(range, right.value);
    default:
      return ofOrdered(op, range, right.value);
  }
}

function areComparable(a: DataType, b: DataType): boolean {
  return a.kind === b.kind || (isTextLike(a) && isTextLike(b) && a.kind !== 'bpchar' && b.kind !== 'bpchar');
}

function ofOrdered(op: '=' | '<>' | '<' | '<=' | '>' | '>=', range: ColumnRange, value: Value): Outcomes {
  if (value === null || range.nulls === 'all') return NULL;
  const known = ofValues(op, range, value);
  return range.nulls === 'none' ? known : known | NULL;
}

/** For the slots that are not NULL. */
function ofValues(op: '=' | '<>' | '<' | '<=' | '>' | '>=', range: ColumnRange, value: NonNullable<Value>): Outcomes {
  const { type } = range;
  /** The signs that `row value <=> value` may have. */
  const low = range.min === null ? -1 : compareValues(type, range.min, value);
  const high = range.max === null ? 1 : compareValues(type, range.max, value);
  const less = low < 0;
  const equal = low <= 0 && high >= 0;
  const greater = high > 0;
  const outcome = (isTrue: boolean, isFalse: boolean): Outcomes => (isTrue ? TRUE : 0) | (isFalse ? FALSE : 0);
  switch (op) {
    case '=':
      return outcome(equal, less || greater);
    case '<>':
      return outcome(less || greater, equal);
    case '<':
      return outcome(less, equal || greater);
    case '<=':
      return outcome(less || equal, greater);
    case '>':
      return outcome(greater, less || equal);
    case '>=':
      return outcome(greater || equal, less);
    default:
      return op satisfies never;
  }
}

function ofNotDistinct(range: ColumnRange, value: Value): Outcomes {
  if (value === null) return range.nulls === 'all' ? TRUE : range.nulls === 'none' ? FALSE : TRUE | FALSE;
  if (range.nulls === 'all') return FALSE;
  const known = ofValues('=', range, value);
  return range.nulls === 'none' ? known : known | FALSE;
}

type Truth = typeof TRUE | typeof FALSE | typeof NULL;
const TRUTHS: readonly Truth[] = [TRUE, FALSE, NULL];

function and(a: Truth, b: Truth): Truth {
  return a === FALSE || b === FALSE ? FALSE : a === NULL || b === NULL ? NULL : TRUE;
}
function or(a: Truth, b: Truth): Truth {
  return a === TRUE || b === TRUE ? TRUE : a === NULL || b === NULL ? NULL : FALSE;
}
function combine(a: Outcomes, b: Outcomes, operator: (a: Truth, b: Truth) => Truth): Outcomes {
  let result = 0;
  for (const x of TRUTHS) for (const y of TRUTHS) if ((a & x) !== 0 && (b & y) !== 0) result |= operator(x, y);
  return result;
}
function not(outcomes: Outcomes): Outcomes {
  return ((outcomes & TRUE) !== 0 ? FALSE : 0) | ((outcomes & FALSE) !== 0 ? TRUE : 0) | (outcomes & NULL);
}
