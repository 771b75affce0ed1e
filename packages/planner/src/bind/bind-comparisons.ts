import {
  arrayOf,
  type CompareOp,
  columnsRead,
  type Expr,
  type FunctionSignature,
  failure,
  typeOf,
  types,
} from '@millrace/core';
import type { AstExpr } from '../sql/ast.ts';
import type { AstOf } from './ast-of.ts';
import { callExpr } from './bind-call.ts';
import { bindExpr } from './bind-expr.ts';
import type { BindState } from './bind-state.ts';
import { candidatesFor, coerceArguments } from './call-signature.ts';
import { coerceTo } from './coerce.ts';
import { findCommonType } from './common-type.ts';
import { coerceForComparison, compareExprs, comparisonType, isComparison } from './comparison.ts';
import type { ExprContext } from './expr-context.ts';
import { operatorAmbiguous, operatorMissing } from './operator-errors.ts';
import { type Candidate, resolveOverload } from './overload-resolution.ts';
import { positionOf } from './position.ts';
import { compareRows, type Row } from './row-comparison.ts';
import { withoutModifiers } from './type-facts.ts';

/** `left op right` or `op right`: one of the six comparisons (rows too), or a function named by the symbol. */
export function bindOperator(context: ExprContext, expr: AstOf<'operator'>): Expr {
  const op = expr.op === '!=' ? '<>' : expr.op;
  if (expr.left === null) return callOperator(context.state, op, [bindExpr(context, expr.right)], expr.at);
  if (isComparison(op) && expr.left.kind === 'row') return bindRowComparison(context, op, expr);
  const left = bindExpr(context, expr.left);
  const right = bindExpr(context, expr.right);
  if (isComparison(op)) return compareExprs(context.state, op, { left, right, position: positionOf(expr.at) });
  return callOperator(context.state, op, [left, right], expr.at);
}

/** An operator that is a function in the catalog. Throws 42883 and 42725 in the words for operators. */
export function callOperator(state: BindState, op: string, args: readonly Expr[], at: number | null): Expr {
  const actual = args.map((arg) => withoutModifiers(typeOf(arg)));
  const candidates = candidatesFor(state.environment.functions.overloads(op), args.length);
  const right = actual[actual.length - 1]!;
  const left = actual.length > 1 ? actual[0]! : null;
  const assumed = left === null ? null : exactIfSame(candidates, left, right);
  if (assumed !== null) return callExpr(assumed, coerceArguments(state, assumed, args));
  const resolution = resolveOverload(candidates, actual);
  if (resolution.kind === 'none') throw operatorMissing(op, left, right, positionOf(at));
  if (resolution.kind === 'ambiguous') throw operatorAmbiguous(op, left, right, positionOf(at));
  return callExpr(resolution.candidate, coerceArguments(state, resolution.candidate, args));
}

/** An unknown operand is first taken to be of the other's type, if there is an operator for exactly that. */
function exactIfSame(
  candidates: readonly Candidate<FunctionSignature>[],
  left: ReturnType<typeof typeOf>,
  right: ReturnType<typeof typeOf>,
): Candidate<FunctionSignature> | null {
  if ((left.kind === 'unknown') === (right.kind === 'unknown')) return null;
  const known = left.kind === 'unknown' ? right : left;
  const resolution = resolveOverload(candidates, [known, known]);
  if (resolution.kind !== 'found') return null;
  const isExact = resolution.candidate.args.every((arg) =>
    typeof arg === 'object' ? known.kind === 'array' && known.item.kind === arg.array : arg === known.kind,
  );
  return isExact ? resolution.candidate : null;
}

function bindRow(context: ExprContext, row: AstExpr, position: number | undefined): Row {
  if (row.kind !== 'row')
    throw failure('notSupported', { feature: 'comparing a row with something else' }, { position });
  return row.items.map((item) => bindExpr(context, item));
}

function bindRowComparison(
  context: ExprContext,
  op: CompareOp,
  expr: { readonly left: AstExpr | null; readonly right: AstExpr; readonly at: number | null },
): Expr {
  const position = positionOf(expr.at);
  return compareRows(context.state, op, {
    left: bindRow(context, expr.left!, position),
    right: bindRow(context, expr.right, position),
    position,
  });
}

/** `IS [NOT] DISTINCT FROM`. */
export function bindIsDistinct(context: ExprContext, expr: AstOf<'is-distinct'>): Expr {
  const op = expr.negated ? 'is-not-distinct' : 'is-distinct';
  if (expr.left.kind === 'row') return bindRowComparison(context, op, expr);
  const left = bindExpr(context, expr.left);
  const right = bindExpr(context, expr.right);
  return compareExprs(context.state, op, { left, right, position: positionOf(expr.at) });
}

/** `a BETWEEN low AND high` is `a >= low AND a <= high`; SYMMETRIC tries both orders. */
export function bindBetween(context: ExprContext, expr: AstOf<'between'>): Expr {
  const [operand, low, high] = [expr.operand, expr.low, expr.high].map((part) => bindExpr(context, part)) as [
    Expr,
    Expr,
    Expr,
  ];
  const position = positionOf(expr.at);
  const within = (from: Expr, to: Expr): Expr => ({
    kind: 'and',
    operands: [
      compareExprs(context.state, '>=', { left: operand, right: from, position }),
      compareExprs(context.state, '<=', { left: operand, right: to, position }),
    ],
  });
  const inside: Expr = expr.symmetric
    ? { kind: 'or', operands: [within(low, high), within(high, low)] }
    : within(low, high);
  return expr.negated ? { kind: 'not', operand: inside } : inside;
}

/**
 * `a IN (x, y)`, as PostgreSQL reads it: the items that read no columns are one list if they have a common type with the operand, every other item
 * is an equality of its own.
 */
export function bindIn(context: ExprContext, expr: AstOf<'in'>): Expr {
  if (expr.operand.kind === 'row') return bindRowIn(context, expr);
  const { state } = context;
  const position = positionOf(expr.at);
  const op = expr.negated ? '<>' : '=';
  const operand = bindExpr(context, expr.operand);
  const items = expr.items.map((item) => bindExpr(context, item));
  const constants = items.filter((item) => columnsRead(item).size === 0);
  const common = constants.length > 1 ? findCommonType([operand, ...constants].map(typeOf)) : null;
  const listed = new Set(common === null ? [] : constants);
  const operands = items
    .filter((item) => !listed.has(item))
    .map((right) => compareExprs(state, op, { left: operand, right, position }));
  if (common !== null) {
    const type = comparisonType(op, typeOf(operand), withoutModifiers(common), position);
    const bring = (item: Expr): Expr => coerceForComparison(state, item, type);
    operands.unshift({ kind: 'in-list', operand: bring(operand), items: constants.map(bring), negated: expr.negated });
  }
  return operands.length === 1 ? operands[0]! : { kind: expr.negated ? 'and' : 'or', operands };
}

function bindRowIn(context: ExprContext, expr: AstOf<'in'>): Expr {
  const position = positionOf(expr.at);
  const left = bindRow(context, expr.operand, position);
  const operands = expr.items.map((item) =>
    compareRows(context.state, '=', { left, right: bindRow(context, item, position), position }),
  );
  const either: Expr = operands.length === 1 ? operands[0]! : { kind: 'or', operands };
  return expr.negated ? { kind: 'not', operand: either } : either;
}

/** `left op ANY|ALL (array)`. */
export function bindQuantified(context: ExprContext, expr: AstOf<'quantified'>): Expr {
  const op = expr.op === '!=' ? '<>' : expr.op;
  const position = positionOf(expr.at);
  if (!isComparison(op)) return bindQuantifiedFunction(context, expr);
  const left = bindExpr(context, expr.left);
  const right = bindExpr(context, expr.right);
  const array = typeOf(right);
  if (array.kind !== 'array' && array.kind !== 'unknown') {
    throw failure('wrongObjectType', { message: 'op ANY/ALL (array) requires array on right side' }, { position });
  }
  const type = comparisonType(op, typeOf(left), array.kind === 'array' ? array.item : types.unknown, position);
  return {
    kind: 'quantified',
    op,
    quantifier: expr.quantifier,
    left: coerceForComparison(context.state, left, type),
    right: coerceForComparison(context.state, right, arrayOf(type)),
  };
}

/** `a LIKE ANY (ARRAY[...])`: item by item; other operators need the array written out. */
function bindQuantifiedFunction(context: ExprContext, expr: AstOf<'quantified'>): Expr {
  const array = writtenArray(expr.right);
  if (array === null || array.items.length === 0) {
    const feature = `${expr.op} ${expr.quantifier.toUpperCase()} over anything but ARRAY[...]`;
    throw failure('notSupported', { feature }, { position: positionOf(expr.at) });
  }
  const left = bindExpr(context, expr.left);
  const operands = array.items.map((item) =>
    coerceTo(
      context.state,
      callOperator(context.state, expr.op, [left, bindExpr(context, item)], expr.at),
      types.bool,
      'implicit',
    ),
  );
  return { kind: expr.quantifier === 'any' ? 'or' : 'and', operands };
}

function writtenArray(expr: AstExpr): AstOf<'array'> | null {
  if (expr.kind === 'array') return expr;
  return expr.kind === 'cast' && expr.type.name === 'text' ? writtenArray(expr.operand) : null;
}
