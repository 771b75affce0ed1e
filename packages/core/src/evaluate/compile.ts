import type { Expr } from '../expr/expr.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluationInput } from './evaluation.ts';

/** An expression made ready to run often. */
export type CompiledExpr = (input: EvaluationInput, context: EvaluationContext) => ColumnVector;

/** The seam for generated code: operators compile their expressions once and run the result per batch. Today that is the interpreter. */
export function compileExpr(expr: Expr): CompiledExpr {
  return (input, context) => evaluate(expr, input, context);
}
