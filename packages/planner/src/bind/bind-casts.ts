import { arrayOf, type DataType, type Expr, failure, formatType, typeOf, types } from '@millrace/core';
import type { AstExpr } from '../sql/ast.ts';
import type { AstOf } from './ast-of.ts';
import { callFunction } from './bind-call.ts';
import { callOperator } from './bind-comparisons.ts';
import { bindExpr, startOf } from './bind-expr.ts';
import { canCoerce } from './cast-rules.ts';
import { coerceTo, resolveUnknown } from './coerce.ts';
import { commonTypeOf } from './common-type.ts';
import type { ExprContext } from './expr-context.ts';
import { positionOf } from './position.ts';
import { categoryOf, withoutModifiers } from './type-facts.ts';
import { typeFromAst } from './type-from-ast.ts';

/** `x::type`, `CAST(x AS type)`, `type 'literal'`. Throws 42846. */
export function bindCast(context: ExprContext, expr: AstOf<'cast'>): Expr {
  const type = typeFromAst(expr.type);
  if (expr.operand.kind === 'array' && type.kind === 'array') return bindArray(context, expr.operand, type.item);
  return castExplicitly(context, bindExpr(context, expr.operand), type, expr.at);
}

function castExplicitly(context: ExprContext, expr: Expr, type: DataType, at: number | null): Expr {
  const from = typeOf(expr);
  if (!canCoerce(from, type, 'explicit')) {
    const names = { from: formatType(withoutModifiers(from)), to: formatType(withoutModifiers(type)) };
    throw failure('cannotCoerce', names, { position: positionOf(at) });
  }
  return coerceTo(context.state, expr, type, 'explicit');
}

/** `ARRAY[...]`; under a cast to an array type (`item` is its items') each item is cast by itself. Throws 42P18 for an empty one. */
export function bindArray(context: ExprContext, expr: AstOf<'array'>, item: DataType | null): Expr {
  const position = positionOf(expr.at);
  const bound = expr.items.map((part) => {
    if (part.kind === 'array') throw failure('notSupported', { feature: 'a multidimensional array' }, { position });
    return bindExpr(context, part);
  });
  if (bound.length === 0 && item === null) throw failure('indeterminateArray', {}, { position });
  const partAt = (i: number): number | null => startOf(expr.items[i]!);
  const type = item ?? commonTypeOf('ARRAY', bound.map(typeOf), (i) => positionOf(partAt(i)));
  if (type.kind === 'array') throw failure('notSupported', { feature: 'a multidimensional array' }, { position });
  const items = bound.map((part, i) =>
    item === null ? coerceTo(context.state, part, type, 'implicit') : castExplicitly(context, part, type, partAt(i)),
  );
  return { kind: 'array', items, type: arrayOf(type) };
}

/** Collations that compare text by its bytes, which is all there is. */
const BYTEWISE: ReadonlySet<string> = new Set(['C', 'POSIX', 'default', 'ucs_basic', 'C.UTF-8', 'C.utf8']);

/** Names that PostgreSQL's locale collations have: `en_US.utf8`, `de-x-icu`. */
const LOCALE = /^[a-z]{2,3}([-_].*)?$|-x-icu$|^unicode$/;

/** `x COLLATE "C"`: nothing to do. Another collation is 0A000. */
export function bindCollate(context: ExprContext, expr: AstOf<'collate'>): Expr {
  const operand = resolveUnknown(context.state, bindExpr(context, expr.operand));
  const position = positionOf(expr.at);
  const name = expr.collation[expr.collation.length - 1]!;
  if (!BYTEWISE.has(name)) {
    if (LOCALE.test(name)) throw failure('notSupported', { feature: `collation "${name}"` }, { position });
    const message = `collation "${name}" for encoding "UTF8" does not exist`;
    throw failure('undefinedObject', { message }, { position });
  }
  const type = typeOf(operand);
  if (categoryOf(type) !== 'S') {
    const message = `collations are not supported by type ${formatType(withoutModifiers(type))}`;
    throw failure('typeMismatch', { message }, { position });
  }
  return operand;
}

/** `array[i]`, `array[low:high]`, `jsonb['key']`. */
export function bindSubscript(context: ExprContext, expr: AstOf<'subscript'>): Expr {
  const { state } = context;
  const position = positionOf(expr.at);
  const operand = bindExpr(context, expr.operand);
  const type = typeOf(operand);
  const part = (index: AstExpr | null): Expr | null => (index === null ? null : bindExpr(context, index));
  if (type.kind === 'jsonb' && !expr.isSlice && expr.index !== null) {
    return callOperator(state, '->', [operand, bindExpr(context, expr.index)], expr.at);
  }
  if (type.kind !== 'array') {
    const message = `cannot subscript type ${formatType(withoutModifiers(type))} because it does not support subscripting`;
    throw failure('typeMismatch', { message }, { position });
  }
  const name = expr.isSlice ? 'array_slice' : 'array_subscript';
  const bounds = expr.isSlice ? [part(expr.index), part(expr.upper)] : [part(expr.index)];
  const args = bounds.map((bound, i): Expr => {
    const value = bound ?? { kind: 'literal' as const, value: i === 0 ? 1 : 2 ** 31 - 1, type: types.int4 };
    if (!canCoerce(typeOf(value), types.int4, 'assignment')) {
      throw failure('typeMismatch', { message: 'array subscript must have type integer' }, { position });
    }
    return coerceTo(state, value, types.int4, 'assignment');
  });
  return callFunction(state, { name, args: [operand, ...args], at: expr.at });
}
