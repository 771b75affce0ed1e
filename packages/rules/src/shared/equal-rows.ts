import { type DataType, type Expr, operandsOf, someExpr } from '@millrace/core';

/**
 * Whether equal values of a type are the same value. Not so: 0 and -0, numeric 1.0 and 1.00, 'a' and 'a ' as bpchar, 1 month and 30 days,
 * {"a": 1.0} and {"a": 1.00}: Distinct and GROUP BY take them for one and keep either.
 */
function isExactType(type: DataType): boolean {
  switch (type.kind) {
    case 'float4':
    case 'float8':
    case 'bpchar':
    case 'interval':
    case 'json':
    case 'jsonb':
    case 'unknown':
      return false;
    case 'numeric':
      return type.scale !== null;
    case 'array':
      return isExactType(type.item);
    default:
      return true;
  }
}

/** Whether an expression reads only columns of exact types, and so has one answer for all rows that Distinct takes for one. */
export function readsExactTypes(expr: Expr): boolean {
  return !someExpr(expr, (node) => node.kind === 'column' && !isExactType(node.type));
}

/**
 * Whether a predicate answers alike for all rows that Distinct takes for one: columns of types that are not exact stand only in comparisons
 * (`x > 0` cannot tell 0 from -0, `x::text = '-0'` can).
 */
export function answersAlike(expr: Expr): boolean {
  switch (expr.kind) {
    case 'column':
      return isExactType(expr.type);
    case 'compare':
    case 'in-list':
    case 'is-null':
      return operandsOf(expr).every((operand) => operand.kind === 'column' || answersAlike(operand));
    default:
      return operandsOf(expr).every(answersAlike);
  }
}
