import type { CompareOp, ExprOf } from '../expr/expr.ts';
import { isNullAt } from '../vector/access.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import type { Evaluation, EvaluationInput } from './evaluation.ts';
import { type Order, orderVectors, UNORDERED } from './order.ts';
import { FALSE, TRUE, type Truth, UNKNOWN } from './truth.ts';

/** What an operator says to less, equal, greater and NULL, in that order. */
const ANSWERS: Readonly<Record<CompareOp, Uint8Array>> = {
  '=': Uint8Array.of(FALSE, TRUE, FALSE, UNKNOWN),
  '<>': Uint8Array.of(TRUE, FALSE, TRUE, UNKNOWN),
  '<': Uint8Array.of(TRUE, FALSE, FALSE, UNKNOWN),
  '<=': Uint8Array.of(TRUE, TRUE, FALSE, UNKNOWN),
  '>': Uint8Array.of(FALSE, FALSE, TRUE, UNKNOWN),
  '>=': Uint8Array.of(FALSE, TRUE, TRUE, UNKNOWN),
  'is-distinct': Uint8Array.of(TRUE, FALSE, TRUE, UNKNOWN),
  'is-not-distinct': Uint8Array.of(FALSE, TRUE, FALSE, UNKNOWN),
};

/** A comparison, row by row. */
export function evaluateCompare(expr: ExprOf<'compare'>, input: EvaluationInput, run: Evaluation): Truth {
  const left = run.vector(expr.left, input);
  const right = run.vector(expr.right, input);
  return compareVectors(expr.op, left, right, input.rowCount);
}

/** `left op right`, row by row. */
export function compareVectors(op: CompareOp, left: ColumnVector, right: ColumnVector, rowCount: number): Truth {
  const order = orderVectors(left, right, rowCount);
  const truth = truthOfOrder(op, order);
  if (op === 'is-distinct' || op === 'is-not-distinct') resolveNulls(op, { left, right, order, truth });
  return truth;
}

/** The operator's answer to one comparison (2 = a side is NULL). */
export function answerTo(op: CompareOp, order: number): number {
  return ANSWERS[op][order === UNORDERED ? 3 : order + 1]!;
}

function truthOfOrder(op: CompareOp, order: Order): Truth {
  const answers = ANSWERS[op];
  const less = answers[0]!;
  const equal = answers[1]!;
  const greater = answers[2]!;
  const truth = new Uint8Array(order.length);
  for (let i = 0; i < truth.length; i++) {
    const at = order[i]!;
    truth[i] = at === 0 ? equal : at === 1 ? greater : at === UNORDERED ? UNKNOWN : less;
  }
  return truth;
}

interface Compared {
  readonly left: ColumnVector;
  readonly right: ColumnVector;
  readonly order: Order;
  readonly truth: Truth;
}

function resolveNulls(op: CompareOp, { left, right, order, truth }: Compared): void {
  for (let i = 0; i < truth.length; i++) {
    if (order[i] !== UNORDERED) continue;
    const isDistinct = isNullAt(left, i) !== isNullAt(right, i);
    truth[i] = isDistinct === (op === 'is-distinct') ? TRUE : FALSE;
  }
}
