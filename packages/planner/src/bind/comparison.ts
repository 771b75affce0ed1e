import { type CompareOp, type DataType, type Expr, isTextLike, typeOf, types } from '@millrace/core';
import type { BindState } from './bind-state.ts';
import { coerceTo } from './coerce.ts';
import { operatorAmbiguous, operatorMissing } from './operator-errors.ts';
import { type Candidate, elementTypeOf, resolveOverload } from './overload-resolution.ts';
import { categoryOf, concreteArgument, sameBaseType, typeOfKind, withoutModifiers } from './type-facts.ts';

const SYMBOLS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** Whether an operator is one of the six comparisons, which are nodes of their own and not functions. */
export function isComparison(op: string): op is Extract<CompareOp, '=' | '<>' | '<' | '<=' | '>' | '>='> {
  return SYMBOLS.has(op);
}

const INTEGERS = ['int2', 'int4', 'int8'] as const;
const FLOATS = ['float4', 'float8'] as const;
const TIMES = ['date', 'timestamp', 'timestamptz'] as const;
const ALONE = [
  'numeric',
  'oid',
  'text',
  'bpchar',
  'name',
  'char',
  'bool',
  'bytea',
  'interval',
  'uuid',
  'jsonb',
] as const;

/** PostgreSQL's comparison operators over our types, as pairs of argument types: the same for all six symbols. */
const CANDIDATES: readonly Candidate<null>[] = [
  ...[INTEGERS, FLOATS, TIMES].flatMap((family) =>
    family.flatMap((left) => family.map((right) => [left, right] as const)),
  ),
  ...ALONE.map((kind) => [kind, kind] as const),
  ['text', 'name'] as const,
  ['name', 'text'] as const,
  ['anyarray', 'anyarray'] as const,
].map((args) => ({ args, target: null }));

/**
 * The one type both sides of a comparison are brought to, by PostgreSQL's operator resolution: int4 with int8 compares as int8, int4 with
 * numeric as numeric, date with timestamp as timestamp. Text-like types other than bpchar compare as they are.
 * Throws 42883 (no such operator) or 42725.
 */
export function comparisonType(op: string, left: DataType, right: DataType, position: number | undefined): DataType {
  const actual = assumeSame(withoutModifiers(left), withoutModifiers(right));
  const resolution = resolveOverload(CANDIDATES, actual);
  if (resolution.kind === 'none') throw operatorMissing(op, left, right, position);
  if (resolution.kind === 'ambiguous') throw operatorAmbiguous(op, left, right, position);
  const [first, second] = resolution.candidate.args;
  if (first === 'anyarray') return { kind: 'array', item: elementTypeOf(['anyarray', 'anyarray'], actual)! };
  return widest(concreteArgument(first!)!, concreteArgument(second!)!);
}

/** An unknown literal beside a known type is first tried as that type, as PostgreSQL does for binary operators. */
function assumeSame(left: DataType, right: DataType): readonly [DataType, DataType] {
  const isExactPair = (type: DataType): boolean =>
    CANDIDATES.some(({ args }) => {
      const [a, b] = args.map((arg) => concreteArgument(arg));
      return a !== null && b !== null && sameBaseType(a!, type) && sameBaseType(b!, type);
    });
  if (left.kind === 'unknown' && right.kind !== 'unknown' && isExactPair(right)) return [right, right];
  if (right.kind === 'unknown' && left.kind !== 'unknown' && isExactPair(left)) return [left, left];
  return [left, right];
}

function widest(left: DataType, right: DataType): DataType {
  for (const family of [INTEGERS, FLOATS, TIMES]) {
    const rank = (type: DataType): number => (family as readonly string[]).indexOf(type.kind);
    if (rank(left) >= 0 && rank(right) >= 0) return typeOfKind(family[Math.max(rank(left), rank(right))]!);
  }
  if (left.kind === 'bpchar' || left.kind === 'name' || right.kind === 'name') return types.text;
  return left;
}

/** One side of a comparison as the type `comparisonType` gave. */
export function coerceForComparison(state: BindState, expr: Expr, type: DataType): Expr {
  const own = typeOf(expr);
  if (own.kind !== 'bpchar' && isTextLike(own) && isTextLike(type)) return expr;
  if (own.kind === 'array' && type.kind === 'array' && categoryOf(own.item) === 'S' && isTextLike(type.item))
    return expr;
  return sameBaseType(own, type) ? expr : coerceTo(state, expr, type, 'implicit');
}

/** `left op right`, both sides coerced. */
export function compareExprs(
  state: BindState,
  op: CompareOp,
  sides: { readonly left: Expr; readonly right: Expr; readonly position: number | undefined },
): Expr {
  const [first, second] = [sides.left, sides.right].map((side, i, both) => {
    // What stands beside a char(n) and has no type yet is one too: its trailing blanks mean nothing.
    const isPadded = typeOf(side).kind === 'unknown' && typeOf(both[1 - i]!).kind === 'bpchar';
    return isPadded ? coerceTo(state, side, typeOfKind('bpchar'), 'implicit') : side;
  }) as [Expr, Expr];
  const symbol = op === 'is-distinct' || op === 'is-not-distinct' ? '=' : op;
  const type = comparisonType(symbol, typeOf(first), typeOf(second), sides.position);
  const left = coerceForComparison(state, first, type);
  const right = coerceForComparison(state, second, type);
  return { kind: 'compare', op, left, right };
}
