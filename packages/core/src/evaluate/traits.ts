import { isInfallibleCast } from '../cast/can-cast.ts';
import { type Expr, typeOf, type Volatility } from '../expr/expr.ts';
import { operandsOf, volatilityOf } from '../expr/rewrite.ts';

/** What evaluation needs to know about a subtree. */
export interface ExprTraits {
  readonly volatility: Volatility;
  /** Reads a column of the input. */
  readonly readsColumns: boolean;
  /** Can raise an error for some input. */
  readonly mayFail: boolean;
}

const cache = new WeakMap<Expr, ExprTraits>();

/** The traits of an expression, computed once per object (expressions are immutable). */
export function traitsOf(expr: Expr): ExprTraits {
  let traits = cache.get(expr);
  if (traits === undefined) {
    const operands = operandsOf(expr).map(traitsOf);
    traits = {
      volatility: volatilityOf(expr),
      readsColumns: expr.kind === 'column' || operands.some((operand) => operand.readsColumns),
      mayFail: failsItself(expr) || operands.some((operand) => operand.mayFail),
    };
    cache.set(expr, traits);
  }
  return traits;
}

function failsItself(expr: Expr): boolean {
  if (expr.kind === 'call') return expr.fn.mayFail;
  if (expr.kind === 'cast') return !isInfallibleCast(typeOf(expr.operand), expr.type);
  return expr.kind === 'parameter';
}
