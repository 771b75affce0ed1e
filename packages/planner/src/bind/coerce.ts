import {
  type CastContext,
  type DataType,
  type Expr,
  failure,
  formatType,
  sameType,
  typeOf,
  types,
} from '@millrace/core';
import type { BindState } from './bind-state.ts';
import { canCoerce } from './cast-rules.ts';
import { checkLiteral } from './check-literal.ts';
import { positionOf } from './position.ts';
import { sameBaseType, withoutModifiers } from './type-facts.ts';

/**
 * The expression as exactly `target`, modifiers included. Literals without a type become casts (checked here where their meaning cannot
 * depend on the session, folded by a rule later), NULLs typed NULLs, untyped parameters take the type. The caller has checked `canCoerce`.
 */
export function coerceTo(state: BindState, expr: Expr, target: DataType, context: CastContext): Expr {
  const from = typeOf(expr);
  if (sameType(from, target)) return expr;
  if (from.kind === 'unknown') {
    if (expr.kind === 'literal' && expr.value === null) return { kind: 'literal', value: null, type: target };
    if (expr.kind === 'parameter') return coerceTo(state, state.parameters.resolve(expr, target), target, context);
    if (expr.kind === 'literal') checkLiteral(state, expr, target);
  }
  const cast: Expr = { kind: 'cast', operand: expr, type: target, context };
  const position = state.positions.get(expr);
  if (position !== undefined) state.positions.set(cast, position);
  return cast;
}

/** The expression as `target`, whatever its modifiers: what arguments of functions need. */
export function coerceToBase(state: BindState, expr: Expr, target: DataType): Expr {
  return sameBaseType(typeOf(expr), target) ? expr : coerceTo(state, expr, withoutModifiers(target), 'implicit');
}

/** What is still without a type becomes text. */
export function resolveUnknown(state: BindState, expr: Expr): Expr {
  return typeOf(expr).kind === 'unknown' ? coerceTo(state, expr, types.text, 'implicit') : expr;
}

/** A condition: 42804 `argument of WHERE must be type boolean, not type integer`. */
export function coerceToBool(state: BindState, expr: Expr, construct: string, at: number | null): Expr {
  return coerceArgument(state, expr, types.bool, construct, at);
}

/** What a clause needs to be of one type: `argument of LIMIT must be type bigint, not type text`. */
export function coerceArgument(
  state: BindState,
  expr: Expr,
  target: DataType,
  construct: string,
  at: number | null,
): Expr {
  const from = typeOf(expr);
  if (!canCoerce(from, target, target.kind === 'bool' ? 'implicit' : 'assignment')) {
    const message = `argument of ${construct} must be type ${formatType(target)}, not type ${formatType(withoutModifiers(from))}`;
    throw failure('typeMismatch', { message }, { position: positionOf(at) });
  }
  return coerceTo(state, expr, target, 'assignment');
}

/** An expression that goes into a column: 42804 with a hint if there is no assignment cast. `role` is `expression` or `default expression`. */
export function coerceForColumn(
  state: BindState,
  expr: Expr,
  column: { readonly name: string; readonly type: DataType },
  at: number | null,
  role = 'expression',
): Expr {
  const from = typeOf(expr);
  if (!canCoerce(from, column.type, 'assignment')) {
    const target = formatType(withoutModifiers(column.type));
    const message = `column "${column.name}" is of type ${target} but ${role} is of type ${formatType(withoutModifiers(from))}`;
    const hint = 'You will need to rewrite or cast the expression.';
    throw failure('typeMismatch', { message }, { position: positionOf(at), hint });
  }
  return coerceTo(state, expr, column.type, 'assignment');
}
