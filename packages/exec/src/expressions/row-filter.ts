import { type EvaluationContext, type EvaluationInput, type Expr, evaluatePredicate } from '@millrace/core';

/** The rows that pass, ascending; null = all of them. */
export type RowFilter = (input: EvaluationInput, context: EvaluationContext) => Int32Array | null;

/**
 * A list of predicates made ready to run often: a row is dropped at the first that is not TRUE, later ones are not evaluated for it, so
 * they may rely on the earlier ones (a guarded division). With `compileExpr` the seam for generated code.
 */
export function compileRowFilter(predicates: readonly Expr[]): RowFilter {
  if (predicates.length === 0) return () => null;
  return (input, context) => {
    const rows = evaluatePredicate(predicates, input, context);
    return rows.length === input.rowCount ? null : rows;
  };
}
