import type { CompareOp, Expr, ExprOf } from '../expr/expr.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { isNullAt, valueAt } from '../vector/access.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { compareValues, trimBlanks } from '../vector/compare.ts';
import { answerTo, compareVectors } from './compare.ts';
import { type Evaluation, type EvaluationInput, SINGLE_ROW } from './evaluation.ts';
import { traitsOf } from './traits.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';

/** From this many constants on, IN looks values up in a hash set. */
const HASHED_ITEMS_MIN = 4;

/** `operand [NOT] IN (items)`: TRUE on a match, else UNKNOWN if a side was NULL. */
export function evaluateInList(expr: ExprOf<'in-list'>, input: EvaluationInput, run: Evaluation): Truth {
  const operand = run.vector(expr.operand, input);
  const truth = searchItems(operand, expr, input, run);
  return expr.negated ? truth.map((value) => (value === UNKNOWN ? UNKNOWN : 1 - value)) : truth;
}

function searchItems(operand: ColumnVector, expr: ExprOf<'in-list'>, input: EvaluationInput, run: Evaluation): Truth {
  if (input.rowCount === 0) return new Uint8Array(0);
  const isConstant = (item: Expr): boolean => !traitsOf(item).readsColumns && traitsOf(item).volatility !== 'volatile';
  if (expr.items.length >= HASHED_ITEMS_MIN && keyOf(operand.type) !== null && expr.items.every(isConstant)) {
    return searchValues(operand, constantSet(expr, operand.type, run));
  }
  const truth = new Uint8Array(input.rowCount);
  for (const item of expr.items) {
    const more = compareVectors('=', operand, run.vector(item, input), input.rowCount);
    for (let i = 0; i < truth.length; i++) if (truth[i] !== TRUE && more[i] !== FALSE) truth[i] = more[i]!;
  }
  return truth;
}

/** The distinct non-null items of an IN list as hash keys. */
export interface ValueSet {
  readonly keys: ReadonlySet<unknown>;
  readonly hasNull: boolean;
}

/** Per statement: the set of a list of constants. */
const sets = new WeakMap<Evaluation, Map<Expr, ValueSet>>();

function constantSet(expr: ExprOf<'in-list'>, type: DataType, run: Evaluation): ValueSet {
  const known = sets.get(run) ?? new Map<Expr, ValueSet>();
  sets.set(run, known);
  let set = known.get(expr);
  if (set === undefined) {
    const values = expr.items.map((item) => valueAt(run.vector(item, SINGLE_ROW), 0));
    set = valueSet(type, values);
    known.set(expr, set);
  }
  return set;
}

function valueSet(type: DataType, values: readonly Value[]): ValueSet {
  const key = keyOf(type)!;
  const present = values.filter((value) => value !== null);
  return { keys: new Set(present.map(key)), hasNull: present.length < values.length };
}

function searchValues(operand: ColumnVector, set: ValueSet): Truth {
  const key = keyOf(operand.type)!;
  const missing = set.hasNull ? UNKNOWN : FALSE;
  if (operand.kind === 'dictionary') {
    const byCode = searchValues(operand.dictionary, set);
    return Uint8Array.from(operand.codes, (code, i) => (isNullAt(operand, i) ? UNKNOWN : (byCode[code] ?? UNKNOWN)));
  }
  const truth = new Uint8Array(operand.length);
  for (let i = 0; i < truth.length; i++) {
    if (isNullAt(operand, i)) truth[i] = UNKNOWN;
    else truth[i] = set.keys.has(key(valueAt(operand, i))) ? TRUE : missing;
  }
  return truth;
}

/** A function to keys that are the same exactly where the values are equal; null for types that have no cheap one. */
function keyOf(type: DataType): ((value: Value) => unknown) | null {
  switch (type.kind) {
    case 'float4':
    case 'float8':
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
    case 'date':
    case 'timestamp':
    case 'timestamptz':
    case 'bool':
    case 'uuid':
    case 'text':
    case 'varchar':
    case 'name':
    case 'char':
      return (value) => value;
    case 'bpchar':
      return (value) => trimBlanks(value as string);
    case 'numeric':
      return (value) => trimScale(value as string);
    default:
      return null;
  }
}

function trimScale(numeric: string): string {
  const trimmed = numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric;
  return trimmed === '-0' ? '0' : trimmed;
}

/**
 * `left op ANY|ALL (array)`: a NULL array is UNKNOWN; of no items ANY is FALSE and ALL is TRUE, whatever `left`; else as OR and AND
 * of the comparisons.
 */
export function evaluateQuantified(expr: ExprOf<'quantified'>, input: EvaluationInput, run: Evaluation): Truth {
  const left = run.vector(expr.left, input);
  const right = run.vector(expr.right, input);
  const truth = new Uint8Array(input.rowCount);
  if (
    truth.length > 0 &&
    right.kind === 'constant' &&
    right.value !== null &&
    expr.op === '=' &&
    expr.quantifier === 'any'
  ) {
    const items = right.value as readonly Value[];
    if (items.length >= HASHED_ITEMS_MIN && keyOf(left.type) !== null)
      return searchValues(left, valueSet(left.type, items));
  }
  for (let i = 0; i < truth.length; i++) {
    const items = valueAt(right, i) as readonly Value[] | null;
    truth[i] = items === null ? UNKNOWN : quantify(expr, { type: left.type, value: valueAt(left, i) }, items);
  }
  return truth;
}

function quantify(
  expr: { readonly op: CompareOp; readonly quantifier: 'any' | 'all' },
  left: { readonly type: DataType; readonly value: Value },
  items: readonly Value[],
): number {
  const decided = expr.quantifier === 'any' ? TRUE : FALSE;
  let result = 1 - decided;
  for (const item of items) {
    const answer = compareItem(expr.op, left, item);
    if (answer === decided) return decided;
    if (answer === UNKNOWN) result = UNKNOWN;
  }
  return result;
}

/** IS [NOT] DISTINCT FROM knows NULL; the other operators answer UNKNOWN. */
function compareItem(op: CompareOp, left: { readonly type: DataType; readonly value: Value }, item: Value): number {
  if (left.value !== null && item !== null) return answerTo(op, compareValues(left.type, left.value, item));
  if (op !== 'is-distinct' && op !== 'is-not-distinct') return UNKNOWN;
  return (left.value === item) === (op === 'is-not-distinct') ? TRUE : FALSE;
}
