import { type Expr, failure } from '@millrace/core';
import type { AstExpr } from '../sql/ast.ts';
import type { AstOf } from './ast-of.ts';
import { bindCall } from './bind-call.ts';
import { bindArray, bindCast, bindCollate, bindSubscript } from './bind-casts.ts';
import { bindBetween, bindIn, bindIsDistinct, bindOperator, bindQuantified } from './bind-comparisons.ts';
import { bindCase, bindCoalesce, bindIsBool, bindIsNull, bindMinMax, bindNullif } from './bind-conditionals.ts';
import { bindColumn, bindLiteral, bindSqlValue } from './bind-leaves.ts';
import { bindArraySubquery, bindExists, bindScalarSubquery, bindSubqueryCompare } from './bind-subqueries.ts';
import { coerceToBool } from './coerce.ts';
import type { ExprContext } from './expr-context.ts';
import { positionOf } from './position.ts';

type Binders = {
  readonly [K in AstExpr['kind']]: (context: ExprContext, expr: AstOf<K>) => Expr;
};

const BINDERS: Binders = {
  column: bindColumn,
  star: (_, expr) => refuse(expr, 'a star outside a select list'),
  literal: bindLiteral,
  parameter: (context, expr) => context.state.parameters.reference(expr.index, expr.at),
  operator: bindOperator,
  and: (context, expr) => bindLogic(context, 'and', expr.operands),
  or: (context, expr) => bindLogic(context, 'or', expr.operands),
  not: (context, expr) => ({ kind: 'not', operand: bindBool(context, expr.operand, 'NOT') }),
  'is-null': bindIsNull,
  'is-bool': bindIsBool,
  'is-distinct': bindIsDistinct,
  between: bindBetween,
  in: bindIn,
  cast: bindCast,
  case: bindCase,
  call: bindCall,
  coalesce: bindCoalesce,
  nullif: bindNullif,
  'min-max': bindMinMax,
  array: (context, expr) => bindArray(context, expr, null),
  row: (_, expr) => refuse(expr, 'a row as a value'),
  subscript: bindSubscript,
  quantified: bindQuantified,
  'sql-value': bindSqlValue,
  collate: bindCollate,
  field: (_, expr) => refuse(expr, 'selecting a field of a row'),
  'scalar-subquery': bindScalarSubquery,
  'array-subquery': bindArraySubquery,
  exists: bindExists,
  'subquery-compare': bindSubqueryCompare,
  default: (_, expr) => {
    const message = 'DEFAULT is not allowed in this context';
    throw failure('syntaxError', { message }, { position: positionOf(expr.at) });
  },
};

/** An expression with names resolved and types settled; only an untyped literal, NULL or parameter may still be `unknown`. */
export function bindExpr(context: ExprContext, expr: AstExpr): Expr {
  const bind = BINDERS[expr.kind] as (context: ExprContext, expr: AstExpr) => Expr;
  return context.state.nested(1, () => {
    const bound = bind(context, expr);
    const { positions } = context.state;
    if (!positions.has(bound)) {
      const at = startOf(expr);
      if (at !== null) positions.set(bound, at);
    }
    return bound;
  });
}

/** A condition; `construct` names it in 42804. */
export function bindBool(context: ExprContext, expr: AstExpr, construct: string): Expr {
  return coerceToBool(context.state, bindExpr(context, expr), construct, startOf(expr));
}

function bindLogic(context: ExprContext, kind: 'and' | 'or', operands: readonly AstExpr[]): Expr {
  return { kind, operands: operands.map((operand) => bindBool(context, operand, kind.toUpperCase())) };
}

/** The top-level conjuncts of a condition, in the text's order. */
export function conjunctsOf(expr: AstExpr): readonly AstExpr[] {
  return expr.kind === 'and' ? expr.operands.flatMap(conjunctsOf) : [expr];
}

function refuse(expr: AstExpr, feature: string): never {
  throw failure('notSupported', { feature }, { position: positionOf(expr.at) });
}

/** Where an expression begins: PostgreSQL points at the leftmost part, an operator's own place is its symbol. */
export function startOf(expr: AstExpr): number | null {
  const parts: (number | null)[] = [expr.at];
  switch (expr.kind) {
    case 'operator':
      if (expr.left !== null) parts.push(startOf(expr.left));
      break;
    case 'cast':
    case 'is-null':
    case 'is-bool':
    case 'between':
    case 'in':
    case 'collate':
    case 'subscript':
    case 'field':
      parts.push(startOf(expr.operand));
      break;
    case 'is-distinct':
    case 'quantified':
    case 'subquery-compare':
      parts.push(startOf(expr.left));
      break;
    case 'and':
    case 'or':
      parts.push(startOf(expr.operands[0]!));
      break;
    default:
      return expr.at;
  }
  const known = parts.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}
