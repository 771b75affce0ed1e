import { type Expr, evaluate, failure, type Value, valueAt } from '@millrace/core';
import { evaluationContext } from '../session/evaluation-context.ts';
import type { Session } from '../session/session.ts';

/** The value of a column-free expression (arguments of CALL and EXECUTE). */
export function evaluateScalar(session: Session, expr: Expr): Value {
  const input = {
    rowCount: 1,
    column: (): never => {
      throw failure('internal', { message: 'a column in a column-free expression' });
    },
  };
  return valueAt(evaluate(expr, input, evaluationContext(session, [])), 0);
}
