import { castVector } from '../cast/cast-vector.ts';
import { type Expr, typeOf } from '../expr/expr.ts';
import { standardFunctions } from '../functions/standard.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import type { Value } from '../types/value.ts';
import { constantVector, valueAt } from '../vector/access.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { evaluateArray } from './array.ts';
import { evaluateCall } from './call.ts';
import { evaluateCompare } from './compare.ts';
import { evaluateCase, evaluateCoalesce } from './conditional.ts';
import { type Evaluation, type EvaluationInput, SINGLE_ROW } from './evaluation.ts';
import { evaluateConnective, evaluateIsBool, evaluateIsNull, evaluateNot } from './logic.ts';
import { evaluateInList, evaluateQuantified } from './membership.ts';
import { parameterValue } from './parameter.ts';
import { traitsOf } from './traits.ts';
import { type Truth, truthOf, vectorOfTruth } from './truth.ts';

/** One interpreter per statement execution; it remembers the values of constant subtrees. */
const evaluations = new WeakMap<EvaluationContext, Evaluation>();

/**
 * The value of an expression for every row of the input, as a vector of `input.rowCount` rows and of the expression's type. Subtrees that read
 * no column and are not volatile are evaluated once per context, on first need; volatile ones once per row. An error is raised only for a
 * row that reaches it: see the laziness rules of Expr.
 */
export function evaluate(expr: Expr, input: EvaluationInput, context: EvaluationContext): ColumnVector {
  return evaluationOf(context).vector(expr, input);
}

/** The interpreter of a context. */
export function evaluationOf(context: EvaluationContext): Evaluation {
  let evaluation = evaluations.get(context);
  if (evaluation === undefined) {
    evaluation = createEvaluation(context);
    evaluations.set(context, evaluation);
  }
  return evaluation;
}

function createEvaluation(context: EvaluationContext): Evaluation {
  const constants = new Map<Expr, Value>();
  const run: Evaluation = {
    context,
    registry: context.functions ?? standardFunctions,
    vector: (expr, input) => {
      // No row, no error: a column that is a constant must not be computed with for nobody.
      if (input.rowCount === 0) return constantVector(typeOf(expr), null, 0);
      if (!isConstant(expr)) return dispatch(expr, input, run);
      let value = constants.get(expr);
      if (value === undefined) {
        value = valueAt(dispatch(expr, SINGLE_ROW, run), 0);
        constants.set(expr, value);
      }
      return constantVector(typeOf(expr), value, input.rowCount);
    },
    truth: (expr, input) => {
      if (isConstant(expr)) return truthOf(run.vector(expr, input));
      return dispatchTruth(expr, input, run) ?? truthOf(dispatch(expr, input, run));
    },
  };
  return run;
}

/** Evaluated once per statement. Literals and parameters are as good as that already. */
function isConstant(expr: Expr): boolean {
  if (expr.kind === 'column' || expr.kind === 'literal') return false;
  const traits = traitsOf(expr);
  return !traits.readsColumns && traits.volatility !== 'volatile';
}

function dispatch(expr: Expr, input: EvaluationInput, run: Evaluation): ColumnVector {
  switch (expr.kind) {
    case 'column':
      return input.column(expr.id);
    case 'literal':
      return constantVector(expr.type, expr.value, input.rowCount);
    case 'parameter':
      return constantVector(expr.type, parameterValue(expr.index, expr.type, run.context), input.rowCount);
    case 'call':
      return evaluateCall(expr, input, run);
    case 'cast':
      return castVector(run.vector(expr.operand, input), expr.type, expr.context, run.context);
    case 'case':
      return evaluateCase(expr, input, run);
    case 'coalesce':
      return evaluateCoalesce(expr, input, run);
    case 'array':
      return evaluateArray(expr, input, run);
    default:
      return vectorOfTruth(dispatchTruth(expr, input, run));
  }
}

type BooleanExpr = Exclude<
  Expr,
  { readonly kind: 'column' | 'literal' | 'parameter' | 'call' | 'cast' | 'case' | 'coalesce' | 'array' }
>;

function dispatchTruth(expr: BooleanExpr, input: EvaluationInput, run: Evaluation): Truth;
function dispatchTruth(expr: Expr, input: EvaluationInput, run: Evaluation): Truth | null;
function dispatchTruth(expr: Expr, input: EvaluationInput, run: Evaluation): Truth | null {
  switch (expr.kind) {
    case 'compare':
      return evaluateCompare(expr, input, run);
    case 'and':
    case 'or':
      return evaluateConnective(expr, input, run);
    case 'not':
      return evaluateNot(expr, input, run);
    case 'is-null':
      return evaluateIsNull(expr, input, run);
    case 'is-bool':
      return evaluateIsBool(expr, input, run);
    case 'in-list':
      return evaluateInList(expr, input, run);
    case 'quantified':
      return evaluateQuantified(expr, input, run);
    default:
      return null;
  }
}
