import {
  type ColumnId,
  type EvaluationContext,
  type Expr,
  evaluate,
  MillraceError,
  mapOperands,
  someExpr,
  typeOf,
  valueAt,
  volatilityOf,
} from '@millrace/core';
import type { OuterColumns } from '../run/outer-columns.ts';
import { rowInput } from './inputs.ts';

/** What folding needs to know: which columns stay columns, and the values of the others. */
export interface FoldContext {
  readonly evaluation: EvaluationContext;
  readonly outer: OuterColumns | undefined;
  readonly isColumn: (id: ColumnId) => boolean;
}

/**
 * Replaces columns of enclosing rows, parameters and column-free subexpressions that are not volatile by literals, so that a table can
 * prune with what is left. null when the expression must stay as it is: something in it is volatile, or evaluating a part raised an
 * error, which must be raised only if a row reaches it.
 */
export function foldConstants(expr: Expr, context: FoldContext): Expr | null {
  if (volatilityOf(expr) === 'volatile') return null;
  try {
    return fold(expr, context);
  } catch (error) {
    if (error instanceof MillraceError) return null;
    throw error;
  }
}

function fold(expr: Expr, context: FoldContext): Expr {
  if (expr.kind === 'literal') return expr;
  if (someExpr(expr, (node) => node.kind === 'column' && context.isColumn(node.id))) {
    return mapOperands(expr, (operand) => fold(operand, context));
  }
  const value = valueAt(evaluate(expr, rowInput(context.outer), context.evaluation), 0);
  return { kind: 'literal', value, type: typeOf(expr) };
}
