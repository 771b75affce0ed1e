import { assert, type DataType, type Expr, sameType, types, type Value } from '@millrace/core';
import { literalExpr } from '@millrace/planner';
import { CASTS, READABLE } from './calls.ts';
import type { Choices } from './gene.ts';
import type { ExprScope } from './scope.ts';
import { domainOf } from './tables.ts';

const PARAMETERS_MAX = 5;

/** A literal: often one that stands in the data, sometimes NULL, a parameter or a cast. */
export function literalOf(type: DataType, choices: Choices, scope: ExprScope): Expr {
  if (domainOf(type).length === 0 || choices.chance(1, 8)) return literalExpr(null, type);
  const { favor } = scope.plan;
  const form = choices.pick(8);
  if (form === 7 || (form > 3 && favor === 'parameters')) return parameterOf(type, choices, scope);
  if (form === 6 || (form > 3 && favor === 'casts')) return literalCast(type, choices);
  const data = choices.chance(1, 2) ? scope.plan.dataOf(type) : [];
  return data.length > 0 ? literalExpr(choices.oneOf(data), type) : plainLiteral(type, choices);
}

/** A literal that is one: no parameter, no cast, not NULL. */
export function plainLiteral(type: DataType, choices: Choices): Expr {
  return literalExpr(valueFor(type, choices), type);
}

/** `'1'::int4`, `3::int8`; it may fail. */
function literalCast(type: DataType, choices: Choices): Expr {
  const [first, ...others] = CASTS[type.kind] ?? [];
  if (first === undefined) return plainLiteral(type, choices);
  const from = choices.oneOf([first, ...others]);
  return { kind: 'cast', operand: castableLiteral(from, type, choices), type, context: 'explicit' };
}

/** A literal to cast from; text is mostly one that the type reads. */
export function castableLiteral(from: DataType, to: DataType, choices: Choices): Expr {
  const texts = READABLE[to.kind];
  if (from.kind !== 'text' || texts === undefined) return plainLiteral(from, choices);
  return literalExpr(choices.oneOf(texts), types.text);
}

function valueFor(type: DataType, choices: Choices): Value {
  const domain = domainOf(type);
  assert(domain.length > 0, `there are no values of ${type.kind} to choose from`);
  return choices.oneOf(domain);
}
/** A new parameter, or one that is there already. */
export function parameterOf(type: DataType, choices: Choices, scope: ExprScope): Expr {
  const { parameters } = scope.plan;
  const earlier = parameters.findIndex((parameter) => sameType(parameter.type, type));
  if (earlier >= 0 && choices.chance(1, 2)) return { kind: 'parameter', index: earlier + 1, type };
  if (domainOf(type).length === 0) return literalExpr(null, type);
  if (parameters.length >= PARAMETERS_MAX) return plainLiteral(type, choices);
  const data = choices.chance(1, 2) ? scope.plan.dataOf(type) : [];
  const known = data.length > 0 ? choices.oneOf(data) : valueFor(type, choices);
  const value = choices.chance(1, 6) ? null : known;
  parameters.push({ type, value, asBytes: choices.chance(1, 2) });
  return { kind: 'parameter', index: parameters.length, type };
}
