import type { DataType, Expr } from '@millrace/core';
import type { AstExpr } from '../sql/ast.ts';
import { bindExpr, startOf } from './bind-expr.ts';
import { BindState } from './bind-state.ts';
import { guarded } from './bind-statement.ts';
import { coerceForColumn, resolveUnknown } from './coerce.ts';
import type { BindEnvironment } from './environment.ts';
import type { ExprContext } from './expr-context.ts';
import { EMPTY_SCOPE } from './scope.ts';

/** For messages: where the expression stands, and what it is called. */
export interface ScalarPlace {
  /** `DEFAULT expressions`, `CALL arguments`. */
  readonly clause: string;
  /** The column or argument it is assigned to. */
  readonly name: string;
}

/**
 * An expression without columns, subqueries and aggregates: a DEFAULT, an argument of CALL or EXECUTE. With `type` it is cast to it as by
 * assignment (42804 if it cannot be). Throws 0A000 for a column reference in a DEFAULT, as PostgreSQL does.
 */
export function bindScalar(
  expr: AstExpr,
  type: DataType | null,
  environment: BindEnvironment,
  place: ScalarPlace = { clause: 'EXECUTE parameters', name: '?' },
): Expr {
  const state = new BindState(environment);
  const context: ExprContext = {
    state,
    scope: EMPTY_SCOPE,
    clause: place.clause,
    applies: null,
    aggregates: null,
    isInAggregate: false,
    sets: null,
  };
  return guarded(() => {
    const bound = bindExpr(context, expr);
    if (type === null) return resolveUnknown(state, bound);
    const role = place.clause.startsWith('DEFAULT') ? 'default expression' : 'expression';
    return coerceForColumn(state, bound, { name: place.name, type }, startOf(expr), role);
  });
}
