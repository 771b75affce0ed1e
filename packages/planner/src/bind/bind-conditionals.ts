import { type DataType, type Expr, failure, isVolatile, typeOf, types } from '@millrace/core';
import type { AstExpr } from '../sql/ast.ts';
import type { AstOf } from './ast-of.ts';
import { callFunction } from './bind-call.ts';
import { bindExpr, startOf } from './bind-expr.ts';
import { bindLazily } from './bind-lazily.ts';
import { coerceTo, coerceToBool, resolveUnknown } from './coerce.ts';
import { commonTypeOf } from './common-type.ts';
import { compareExprs, comparisonType } from './comparison.ts';
import { type ExprContext, withoutSets } from './expr-context.ts';
import { positionOf } from './position.ts';
import { categoryOf, sameBaseType } from './type-facts.ts';

/** `CASE`: the simple form becomes `operand = value` in each branch; all results are brought to one type, ELSE's first in line. */
export function bindCase(outer: ExprContext, expr: AstOf<'case'>): Expr {
  const context = withoutSets(outer, 'CASE');
  const { state } = context;
  const operand = expr.operand === null ? null : resolveUnknown(state, bindExpr(context, expr.operand));
  if (operand !== null && expr.branches.length > 1 && isVolatile(operand)) {
    throw failure('notSupported', { feature: 'CASE over a volatile expression' }, { position: positionOf(expr.at) });
  }
  const branches: { readonly when: Expr; readonly then: Expr }[] = [];
  const before = (): Expr[] => branches.map((earlier) => isTrue(earlier.when, true));
  for (const branch of expr.branches) {
    const value = bindLazily(context, branch.when, before);
    const at = startOf(branch.when);
    const when =
      operand === null
        ? coerceToBool(state, value, 'CASE/WHEN', at)
        : compareExprs(state, '=', { left: operand, right: value, position: positionOf(at) });
    // biome-ignore lint/suspicious/noThenProperty: a branch is data, never awaited
    branches.push({ when, then: bindLazily(context, branch.then, () => [...before(), isTrue(when, false)]) });
  }
  const otherwise: Expr =
    expr.otherwise === null
      ? { kind: 'literal', value: null, type: types.unknown }
      : bindLazily(context, expr.otherwise, before);
  const results = [otherwise, ...branches.map((branch) => branch.then)];
  const parts = [expr.otherwise, ...expr.branches.map((branch) => branch.then)];
  const type = commonOf('CASE', results, parts);
  return {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: a branch is data, never awaited
    branches: branches.map(({ when, then }) => ({ when, then: coerceTo(state, then, type, 'implicit') })),
    otherwise: coerceTo(state, otherwise, type, 'implicit'),
    type,
  };
}

function isTrue(operand: Expr, negated: boolean): Expr {
  return { kind: 'is-bool', operand, value: true, negated };
}

function commonOf(construct: string, exprs: readonly Expr[], parts: readonly (AstExpr | null)[]): DataType {
  return commonTypeOf(construct, exprs.map(typeOf), (i) => {
    const part = parts[i];
    return part === null || part === undefined ? undefined : positionOf(startOf(part));
  });
}

/** `COALESCE`. */
export function bindCoalesce(outer: ExprContext, expr: AstOf<'coalesce'>): Expr {
  const context = withoutSets(outer, 'COALESCE');
  const bound: Expr[] = [];
  for (const arg of expr.args) {
    const before = (): Expr[] =>
      bound
        .filter((earlier) => typeOf(earlier).kind !== 'unknown')
        .map((operand): Expr => ({ kind: 'is-null', operand, negated: false }));
    bound.push(bindLazily(context, arg, before));
  }
  const type = commonOf('COALESCE', bound, expr.args);
  return { kind: 'coalesce', args: bound.map((arg) => coerceTo(context.state, arg, type, 'implicit')), type };
}

/** `GREATEST` and `LEAST`: functions `greatest` and `least` over arguments of one type. */
export function bindMinMax(context: ExprContext, expr: AstOf<'min-max'>): Expr {
  const name = expr.greatest ? 'greatest' : 'least';
  const bound = expr.args.map((arg) => bindExpr(context, arg));
  const type = commonOf(name.toUpperCase(), bound, expr.args);
  const args = bound.map((arg) => coerceTo(context.state, arg, type, 'implicit'));
  return callFunction(context.state, { name, args, at: expr.at });
}

/** `NULLIF(a, b)` is `CASE WHEN a = b THEN NULL ELSE a END`. */
export function bindNullif(context: ExprContext, expr: AstOf<'nullif'>): Expr {
  const { state } = context;
  const position = positionOf(expr.at);
  const left = bindExpr(context, expr.left);
  const right = bindExpr(context, expr.right);
  if (isVolatile(left)) throw failure('notSupported', { feature: 'NULLIF over a volatile expression' }, { position });
  const when = compareExprs(state, '=', { left, right, position });
  const type = nullifType(typeOf(left), typeOf(right));
  const otherwise = coerceTo(state, left, type, 'implicit');
  // biome-ignore lint/suspicious/noThenProperty: a branch is data, never awaited
  return { kind: 'case', branches: [{ when, then: { kind: 'literal', value: null, type } }], otherwise, type };
}

/** The left operand's type as the `=` operator declares it: int4 stays int4 beside int8, but becomes numeric beside numeric. */
function nullifType(left: DataType, right: DataType): DataType {
  const compared = comparisonType('=', left, right, undefined);
  const isInteger = (type: DataType): boolean => type.kind === 'int2' || type.kind === 'int4' || type.kind === 'int8';
  if (sameBaseType(left, compared) || (isInteger(left) && isInteger(compared))) return left;
  const keepsOwn = left.kind === 'float4' || categoryOf(left) === 'D' || left.kind === 'name';
  return keepsOwn && categoryOf(left) === categoryOf(compared) && right.kind !== 'numeric' ? left : compared;
}

/** `IS [NOT] NULL`; a row is NULL if all its members are, and NOT NULL if none is. */
export function bindIsNull(context: ExprContext, expr: AstOf<'is-null'>): Expr {
  const test = (part: AstExpr): Expr => {
    const bound = bindExpr(context, part);
    const operand = bound.kind === 'literal' ? resolveUnknown(context.state, bound) : bound;
    return { kind: 'is-null', operand, negated: expr.negated };
  };
  if (expr.operand.kind !== 'row') return test(expr.operand);
  return { kind: 'and', operands: expr.operand.items.map(test) };
}

/** `IS [NOT] TRUE | FALSE | UNKNOWN`. */
export function bindIsBool(context: ExprContext, expr: AstOf<'is-bool'>): Expr {
  const construct = `IS ${expr.negated ? 'NOT ' : ''}${expr.value.toUpperCase()}`;
  const operand = coerceToBool(context.state, bindExpr(context, expr.operand), construct, startOf(expr.operand));
  if (expr.value === 'unknown') return { kind: 'is-null', operand, negated: expr.negated };
  return { kind: 'is-bool', operand, value: expr.value === 'true', negated: expr.negated };
}
