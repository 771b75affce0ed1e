import { failure, sameExpr } from '@millrace/core';
import type { AstExpr } from '../sql/ast.ts';
import { positionOf } from './position.ts';
import { sameAst } from './same-ast.ts';
import type { Target } from './select-targets.ts';

type Clause = 'ORDER BY' | 'GROUP BY';

/**
 * The entry of the select list that a constant means by its ordinal; undefined if the expression is no constant. Throws 42P10 for an ordinal out
 * of range, 42601 for another constant.
 */
export function targetByOrdinal(clause: Clause, expr: AstExpr, targets: readonly Target[]): Target | undefined {
  if (expr.kind !== 'literal' || expr.literal === 'bool') return undefined;
  const position = positionOf(expr.at);
  if (expr.literal !== 'number' || !/^-?\d{1,10}$/.test(expr.text)) {
    throw failure('syntaxError', { message: `non-integer constant in ${clause}` }, { position });
  }
  const ordinal = Number(expr.text);
  const target = targets[ordinal - 1];
  if (target === undefined) {
    const message = `${clause} position ${ordinal} is not in select list`;
    throw failure('invalidColumnReference', { message }, { position });
  }
  return target;
}

/** The entry whose output name a bare name is. Throws 42702 if entries of that name differ. */
export function targetByName(clause: Clause, expr: AstExpr, targets: readonly Target[]): Target | undefined {
  if (expr.kind !== 'column' || expr.parts.length !== 1) return undefined;
  const name = expr.parts[0]!;
  const [first, ...others] = targets.filter((target) => target.name === name);
  if (first !== undefined && others.some((other) => !sameExpr(other.expr, first.expr))) {
    throw failure('ambiguousAlias', { clause, name }, { position: positionOf(expr.at) });
  }
  return first;
}

/**
 * The entry that was written in the same words, for expressions with subqueries: bound twice they would be two subqueries, which no comparison
 * of expressions finds equal.
 */
export function targetByText(expr: AstExpr, targets: readonly Target[]): Target | undefined {
  return targets.find((target) => target.applies.length > 0 && sameAst(target.ast, expr));
}
