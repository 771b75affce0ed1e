import type { DataType } from '../types/data-type.ts';
import type { ColumnId } from '../types/field.ts';
import type { Value } from '../types/value.ts';

/** PostgreSQL's volatility classes: immutable = same answer for ever, stable = within a statement, volatile = never assume. */
export type Volatility = 'immutable' | 'stable' | 'volatile';

/** A function as a plan names it: by id, with the facts that rules need. The kernel is found in a FunctionRegistry by id. */
export interface FunctionRef {
  /** `name(argument kinds)`, e.g. `lower(text)`, `+(int4,int4)`: unique in a registry. */
  readonly id: string;
  readonly volatility: Volatility;
  /** Whether evaluating it can raise an error. */
  readonly mayFail: boolean;
  /** NULL in, NULL out, without being called. */
  readonly strict: boolean;
}

/** Comparisons; the last two treat NULL as a value and are never NULL. */
export type CompareOp = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'is-distinct' | 'is-not-distinct';

/**
 * An expression over the columns of a node's input(s): a readonly tree of plain objects, typed everywhere.
 * Evaluation order and laziness: `and`/`or` go left to right and stop as soon as the result is known; `case` and `coalesce`
 * evaluate only the branches they need; everything else evaluates all its operands.
 */
export type Expr =
  | { readonly kind: 'column'; readonly id: ColumnId; readonly type: DataType }
  | { readonly kind: 'literal'; readonly value: Value; readonly type: DataType }
  /** `$index`, from 1. */
  | { readonly kind: 'parameter'; readonly index: number; readonly type: DataType }
  /** Functions and operators other than the ones below. */
  | { readonly kind: 'call'; readonly fn: FunctionRef; readonly args: readonly Expr[]; readonly type: DataType }
  /** Both sides are of one comparable family (same kind, or both text-like); bool. */
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expr[] }
  | { readonly kind: 'not'; readonly operand: Expr }
  | { readonly kind: 'is-null'; readonly operand: Expr; readonly negated: boolean }
  /** `x IS [NOT] TRUE | FALSE`. */
  | { readonly kind: 'is-bool'; readonly operand: Expr; readonly value: boolean; readonly negated: boolean }
  /**
   * `implicit` and `assignment` casts raise 22001 where an explicit one truncates (varchar); else all the same.
   * May fail unless `isInfallibleCast(from, to)`.
   */
  | { readonly kind: 'cast'; readonly operand: Expr; readonly type: DataType; readonly context: CastContext }
  /** Searched CASE; the binder expands the simple form. No branch TRUE and `otherwise` null literal = NULL. */
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expr; readonly then: Expr }[];
      readonly otherwise: Expr;
      readonly type: DataType;
    }
  | { readonly kind: 'coalesce'; readonly args: readonly Expr[]; readonly type: DataType }
  /** `operand [NOT] IN (items)`, three-valued. */
  | { readonly kind: 'in-list'; readonly operand: Expr; readonly items: readonly Expr[]; readonly negated: boolean }
  /** `left op ANY|ALL (right)` where right is an array; three-valued. */
  | {
      readonly kind: 'quantified';
      readonly op: CompareOp;
      readonly quantifier: 'any' | 'all';
      readonly left: Expr;
      readonly right: Expr;
    }
  /** `ARRAY[items]`; type is the array's. */
  | { readonly kind: 'array'; readonly items: readonly Expr[]; readonly type: DataType };

/** Where a cast stands: added by the binder, on the way into a column, or written by the user. The later ones allow more casts. */
export type CastContext = 'implicit' | 'assignment' | 'explicit';
export type ExprKind = Expr['kind'];
export type ExprOf<K extends ExprKind> = Extract<Expr, { readonly kind: K }>;

const BOOL: DataType = Object.freeze({ kind: 'bool' });

/** The type of an expression's result. */
export function typeOf(expr: Expr): DataType {
  switch (expr.kind) {
    case 'compare':
    case 'and':
    case 'or':
    case 'not':
    case 'is-null':
    case 'is-bool':
    case 'in-list':
    case 'quantified':
      return BOOL;
    case 'column':
    case 'literal':
    case 'parameter':
    case 'call':
    case 'cast':
    case 'case':
    case 'coalesce':
    case 'array':
      return expr.type;
    default:
      return expr satisfies never;
  }
}
