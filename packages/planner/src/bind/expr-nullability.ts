import type { Expr } from '@millrace/core';
import type { BindState } from './bind-state.ts';

/** Whether an expression may be NULL; true where in doubt. */
export function isNullableExpr(state: BindState, expr: Expr): boolean {
  const nullable = (part: Expr): boolean => isNullableExpr(state, part);
  switch (expr.kind) {
    case 'column':
      return state.isNullable(expr.id);
    case 'literal':
      return expr.value === null;
    case 'is-null':
    case 'is-bool':
    case 'array':
      return false;
    case 'compare':
      if (expr.op === 'is-distinct' || expr.op === 'is-not-distinct') return false;
      return nullable(expr.left) || nullable(expr.right);
    case 'and':
    case 'or':
      return expr.operands.some(nullable);
    case 'not':
    case 'cast':
      return nullable(expr.operand);
    case 'case':
      return nullable(expr.otherwise) || expr.branches.some((branch) => nullable(branch.then));
    case 'coalesce':
      return expr.args.every(nullable);
    case 'in-list':
      return nullable(expr.operand) || expr.items.some(nullable);
    case 'parameter':
    case 'call':
    case 'quantified':
      return true;
    default:
      return expr satisfies never;
  }
}
