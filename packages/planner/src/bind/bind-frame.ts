import { columnsRead, type DataType, type Expr, failure, formatType, typeOf, types } from '@millrace/core';
import { DEFAULT_FRAME, type FrameBound, type WindowFrame } from '../plan/window.ts';
import type { AstFrame, AstFrameBound, AstWindow } from '../sql/ast.ts';
import { bindExpr, startOf } from './bind-expr.ts';
import { canCoerce } from './cast-rules.ts';
import { coerceArgument, coerceTo } from './coerce.ts';
import type { ExprContext } from './expr-context.ts';
import { positionOf } from './position.ts';
import { isLocal } from './scope.ts';
import { sameBaseType, withoutModifiers } from './type-facts.ts';

/** The frame of a window whose sort keys have these types. Throws 42P20 for a frame that its order does not allow. */
export function bindFrame(context: ExprContext, window: AstWindow, keyTypes: readonly DataType[]): WindowFrame {
  const { frame } = window;
  if (frame === null) return DEFAULT_FRAME;
  const position = positionOf(window.at);
  const hasOffset = 'offset' in frame.start || 'offset' in frame.end;
  if (frame.mode === 'range' && hasOffset && keyTypes.length !== 1) {
    const message = 'RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column';
    throw failure('windowingError', { message }, { position });
  }
  if (frame.mode === 'groups' && keyTypes.length === 0) {
    throw failure('windowingError', { message: 'GROUPS mode requires an ORDER BY clause' }, { position });
  }
  const start = bindBound(context, frame, frame.start, keyTypes);
  return { mode: frame.mode, start, end: bindBound(context, frame, frame.end, keyTypes), exclude: frame.exclude };
}

function bindBound(
  context: ExprContext,
  { mode }: AstFrame,
  bound: AstFrameBound,
  [keyType]: readonly DataType[],
): FrameBound {
  if (!('offset' in bound)) return bound;
  const { state, scope } = context;
  const word = mode.toUpperCase();
  const inner: ExprContext = { ...context, clause: `window ${word}`, applies: null, aggregates: null };
  const expr = bindExpr(inner, bound.offset);
  const offset =
    mode === 'range'
      ? rangeOffset(context, { key: keyType ?? types.int8, expr, at: startOf(bound.offset) })
      : coerceArgument(state, expr, types.int8, word, startOf(bound.offset));
  for (const id of columnsRead(offset)) {
    if (!isLocal(scope, id)) continue;
    const message = `argument of ${word} must not contain variables`;
    throw failure('invalidColumnReference', { message }, { position: positionOf(placeOf(context, expr)) });
  }
  return { kind: bound.kind, offset };
}

/** Where the first column of an offset stands. */
function placeOf(context: ExprContext, expr: Expr): number | null {
  return context.state.positions.get(expr) ?? null;
}

/** What may be added to a sort key of each type, as PostgreSQL's in_range functions have it. */
const OFFSETS: Readonly<Partial<Record<DataType['kind'], readonly DataType[]>>> = {
  int2: [types.int8, types.int4, types.int2],
  int4: [types.int8, types.int4, types.int2],
  int8: [types.int8],
  float4: [types.float8],
  float8: [types.float8],
  numeric: [types.numeric],
  date: [types.interval],
  timestamp: [types.interval],
  timestamptz: [types.interval],
  interval: [types.interval],
};

interface RangeOffset {
  readonly key: DataType;
  readonly expr: Expr;
  readonly at: number | null;
}

/** Brings an offset to a type that can be added to the sort key: its own if it can be, else the one that an implicit cast reaches. */
function rangeOffset({ state }: ExprContext, { key, expr, at }: RangeOffset): Expr {
  const position = positionOf(at);
  const name = (type: DataType): string => formatType(withoutModifiers(type));
  const column = `column type ${name(key.kind === 'varchar' ? types.text : key)}`;
  const prefix = 'RANGE with offset PRECEDING/FOLLOWING';
  const candidates = OFFSETS[key.kind] ?? [];
  if (candidates.length === 0) {
    throw failure('notImplemented', { message: `${prefix} is not supported for ${column}` }, { position });
  }
  const given = typeOf(expr);
  const preferred = given.kind === 'unknown' ? key : given;
  const fitting = candidates.filter((type) => canCoerce(given, type, 'implicit'));
  const chosen = fitting.find((type) => sameBaseType(type, preferred)) ?? fitting[0];
  if (chosen === undefined) {
    const message = `${prefix} is not supported for ${column} and offset type ${name(given)}`;
    const hint = 'Cast the offset value to an appropriate type.';
    throw failure('notImplemented', { message }, { position, hint });
  }
  if (fitting.length > 1 && !sameBaseType(chosen, preferred)) {
    const message = `${prefix} has multiple interpretations for ${column} and offset type ${name(given)}`;
    const hint = 'Cast the offset value to the exact intended type.';
    throw failure('notImplemented', { message }, { position, hint });
  }
  return sameBaseType(given, chosen) ? expr : coerceTo(state, expr, chosen, 'implicit');
}
