/**
 * substitute-params: puts the values where the parameters stand.
 *
 *   Filter project_id = $1      =>   Filter project_id = 'p1'
 *     Scan events                      Scan events
 *
 * Runs at each execution (phase bind), on a plan that was made without the values and is kept for the next one.
 *
 * Why not more: a parameter whose bytes are not a value of its type stays, so that the statement fails where it would have failed.
 */
import {
  type EvaluationContext,
  type Expr,
  type ExprOf,
  MillraceError,
  parameterValue,
  rewriteExprUp,
} from '@millrace/core';
import { defineRule, mapExprs, type OptimizerRule } from '@millrace/planner';
import { bindingContext, NODES_WITH_EXPRS, type NodeWithExprs, someExprOf } from './shared/bind-values.ts';

export const substituteParams: OptimizerRule<NodeWithExprs> = defineRule({
  name: 'substitute-params',
  summary: 'Replaces parameters by their values at execution.',
  phase: 'bind',
  on: NODES_WITH_EXPRS,
  order: 'up',
  before: ['fold-cast-literals', 'values-to-memory'],
  contract: { errors: 'same' },
  examples: [
    {
      title: 'in a filter',
      sql: 'SELECT k FROM a WHERE x > $1',
      parameters: [3],
      before: 'Project k\n  Filter x > $1\n    Scan a [k, x]',
      after: 'Project k\n  Filter x > 3\n    Scan a [k, x]',
    },
    {
      title: 'nothing to replace',
      sql: 'SELECT k FROM a WHERE x > 3',
      before: 'Project k\n  Filter x > 3\n    Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  couldApply: (plan) => someExprOf(plan, (expr) => expr.kind === 'parameter'),
  rewrite(node, context) {
    const { binding } = context;
    if (binding === null) return node;
    const evaluation = bindingContext(binding);
    const substitute = (expr: Expr): Expr =>
      expr.kind === 'parameter' ? substituteOne(expr, evaluation, context.note) : expr;
    return mapExprs(node, (expr) => rewriteExprUp(expr, substitute));
  },
});

/** The parameter as a literal; itself, with a note, if its bytes are not a value of its type. */
function substituteOne(
  parameter: ExprOf<'parameter'>,
  evaluation: EvaluationContext,
  note: (reason: string) => void,
): Expr {
  const { index, type } = parameter;
  try {
    return { kind: 'literal', value: parameterValue(index, type, evaluation), type };
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    note(`$${index}: ${error.message}`);
    return parameter;
  }
}
