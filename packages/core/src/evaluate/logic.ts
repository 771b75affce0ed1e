import type { Expr, ExprOf } from '../expr/expr.ts';
import { isNullAt } from '../vector/access.ts';
import { type Evaluation, type EvaluationInput, gatherInput } from './evaluation.ts';
import { traitsOf } from './traits.ts';
import { FALSE, rowsWhere, TRUE, type Truth, UNKNOWN } from './truth.ts';

/**
 * AND and OR, left to right: an operand is evaluated only for the rows that the operands before it left open. One that can neither fail
 * nor change between calls may be evaluated for the others too, where gathering would cost more.
 */
export function evaluateConnective(
  expr: Extract<Expr, { readonly operands: readonly Expr[] }>,
  input: EvaluationInput,
  run: Evaluation,
): Truth {
  const decided = expr.kind === 'and' ? FALSE : TRUE;
  const [first, ...rest] = expr.operands;
  if (first === undefined) return new Uint8Array(input.rowCount).fill(1 - decided);
  let truth: Truth = run.truth(first, input).slice();
  for (const operand of rest) {
    const open = rowsWhere(truth, decided, true);
    if (open.length === 0) break;
    if (open.length === input.rowCount || (open.length * 2 > input.rowCount && isHarmless(operand))) {
      truth = combineAll(truth, run.truth(operand, input), decided);
      continue;
    }
    const more = run.truth(operand, gatherInput(input, open));
    for (let k = 0; k < open.length; k++) {
      const row = open[k]!;
      const value = more[k]!;
      if (value === decided || truth[row] !== UNKNOWN) truth[row] = value;
    }
  }
  return truth;
}

function combineAll(truth: Truth, more: Truth, decided: number): Truth {
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === decided) continue;
    const value = more[i]!;
    if (value === decided || truth[i] !== UNKNOWN) truth[i] = value;
  }
  return truth;
}

function isHarmless(expr: Expr): boolean {
  const traits = traitsOf(expr);
  return !traits.mayFail && traits.volatility !== 'volatile';
}

/** NOT, three-valued. */
export function evaluateNot(expr: ExprOf<'not'>, input: EvaluationInput, run: Evaluation): Truth {
  return run.truth(expr.operand, input).map((value) => (value === UNKNOWN ? UNKNOWN : 1 - value));
}

/** IS [NOT] NULL: never UNKNOWN. */
export function evaluateIsNull(expr: ExprOf<'is-null'>, input: EvaluationInput, run: Evaluation): Truth {
  const vector = run.vector(expr.operand, input);
  const whenNull = expr.negated ? FALSE : TRUE;
  const truth = new Uint8Array(input.rowCount);
  if (vector.kind === 'constant') return truth.fill(vector.value === null ? whenNull : 1 - whenNull);
  if (vector.validity === null) return truth.fill(1 - whenNull);
  for (let i = 0; i < truth.length; i++) truth[i] = isNullAt(vector, i) ? whenNull : 1 - whenNull;
  return truth;
}

/** IS [NOT] TRUE | FALSE: never UNKNOWN. */
export function evaluateIsBool(expr: ExprOf<'is-bool'>, input: EvaluationInput, run: Evaluation): Truth {
  const wanted = expr.value ? TRUE : FALSE;
  const hit = expr.negated ? FALSE : TRUE;
  return run.truth(expr.operand, input).map((value) => (value === wanted ? hit : 1 - hit));
}
