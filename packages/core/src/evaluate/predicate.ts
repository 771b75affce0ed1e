import type { Expr } from '../expr/expr.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { evaluationOf } from './evaluate.ts';
import { type EvaluationInput, gatherInput } from './evaluation.ts';
import { rowsWhere, TRUE } from './truth.ts';

/**
 * The rows (ascending) for which every predicate is TRUE. Law: a row is dropped at its first predicate that is not TRUE; later ones are not
 * evaluated for it.
 */
export function evaluatePredicate(
  predicates: Expr | readonly Expr[],
  input: EvaluationInput,
  context: EvaluationContext,
): Int32Array {
  const run = evaluationOf(context);
  const list: readonly Expr[] = 'kind' in predicates ? [predicates] : predicates;
  let rows: Int32Array | null = null;
  for (const predicate of list) {
    if (rows !== null && rows.length === 0) break;
    const isAll: boolean = rows === null || rows.length === input.rowCount;
    const passed: Int32Array = rowsWhere(run.truth(predicate, isAll ? input : gatherInput(input, rows!)), TRUE);
    rows = isAll ? passed : passed.map((k) => rows![k]!);
  }
  return rows ?? Int32Array.from({ length: input.rowCount }, (_, i) => i);
}
