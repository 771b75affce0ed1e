import {
  assert,
  type DataType,
  type Expr,
  operandsOf,
  sameType,
  standardFunctions,
  typeOf,
  types,
  type Value,
} from '@millrace/core';
import { columnExpr, literalExpr } from '@millrace/planner';
import type { Choices } from './gene.ts';
import { generatePredicate } from './predicates.ts';
import type { ExprScope } from './scope.ts';
import { domainOf } from './tables.ts';

/** Depth of a generated expression's tree. */
const DEPTH_MAX = 4;
const PARAMETERS_MAX = 5;
/** Nodes of an expression that may be repeated: repeating repetitions would grow without end. */
const REPEATED_MAX = 8;

/** The types of generated columns and expressions. */
export const EXPR_TYPES: readonly DataType[] = Object.freeze([
  types.int4,
  types.bool,
  types.int8,
  types.float8,
  types.text,
  types.numeric,
  types.int2,
  types.date,
]);

const BINARY: readonly string[] = ['+', '-', '*', '/', '%'];
/** Calls by result type: function, argument types. Their facts (volatility, failing, strictness) are the registry's. */
const CALLS: Readonly<Record<string, readonly (readonly [id: string, args: readonly DataType[]])[]>> = {
  int2: BINARY.map((op) => [`${op}(int2,int2)`, [types.int2, types.int2]] as const),
  int4: [
    ...BINARY.map((op) => [`${op}(int4,int4)`, [types.int4, types.int4]] as const),
    ['-(int4)', [types.int4]],
    ['abs(int4)', [types.int4]],
    ['length(text)', [types.text]],
  ],
  int8: [
    ...BINARY.map((op) => [`${op}(int8,int8)`, [types.int8, types.int8]] as const),
    ['-(int8)', [types.int8]],
    ['+(int4,int8)', [types.int4, types.int8]],
  ],
  float8: [
    ...BINARY.slice(0, 4).map((op) => [`${op}(float8,float8)`, [types.float8, types.float8]] as const),
    ['-(float8)', [types.float8]],
    ['abs(float8)', [types.float8]],
  ],
  numeric: [
    ...BINARY.slice(0, 3).map((op) => [`${op}(numeric,numeric)`, [types.numeric, types.numeric]] as const),
    ['-(numeric)', [types.numeric]],
  ],
  text: [
    ['lower(text)', [types.text]],
    ['upper(text)', [types.text]],
    ['||(text,text)', [types.text, types.text]],
  ],
};

/** Where casts to a type come from; the reference interpreter knows each. */
const CASTS: Readonly<Record<string, readonly DataType[]>> = {
  int2: [types.int4, types.int8, types.text],
  int4: [types.int8, types.text, types.float8, types.bool, types.int2],
  int8: [types.int4, types.text, types.numeric],
  float8: [types.int4, types.int8, types.text, types.numeric],
  numeric: [types.int4, types.int8, types.text],
  text: [types.int4, types.int8, types.bool, types.numeric, types.date],
  date: [types.text],
  bool: [types.int4, types.text],
};

/** Texts that a type reads, and a few that it does not. */
const READABLE: Readonly<Record<string, readonly string[]>> = {
  int2: ['1', '0', '-1', ' 2 ', '2', '32768', 'x'],
  int4: ['1', '0', '-1', ' 2 ', '2', '3', 'x'],
  int8: ['1', '0', '-1', ' 2 ', '9007199254740993', '3', ''],
  float8: ['1', '0', '-0', 'NaN', '0.5', '1e3', 'x'],
  numeric: ['1', '1.0', '0', '2.50', '-1', 'NaN', 'x'],
  bool: ['true', 'f', '1', 'off', 'yes', 'maybe'],
  date: ['1970-01-01', '1970-01-02', '2024-01-01', '1969-12-31', 'soon'],
};

/** An expression of a type over the columns in scope: total, typed, at most `DEPTH_MAX` deep. */
export function generateExpr(type: DataType, choices: Choices, scope: ExprScope, depth = 0): Expr {
  const expr = makeExpr(type, choices, scope, depth);
  if (expr.kind !== 'literal' && sizeOf(expr) <= REPEATED_MAX) scope.made.push({ type, expr });
  return expr;
}

function makeExpr(type: DataType, choices: Choices, scope: ExprScope, depth: number): Expr {
  const inner = (of: DataType): Expr => generateExpr(of, choices.part(), scope, depth + 1);
  const kind = choices.pick(depth >= DEPTH_MAX ? 4 : 12);
  switch (kind) {
    case 0:
    case 1:
    case 2:
      return columnOf(type, choices, scope);
    case 3:
      return literalOf(type, choices, scope);
    case 4:
      return parameterOf(type, choices, scope);
    case 5:
      return again(type, choices, scope) ?? columnOf(type, choices, scope);
    case 6:
      return castTo(type, choices, scope, depth);
    case 7:
      return caseOf(type, choices, scope, depth);
    case 8:
      return { kind: 'coalesce', args: [inner(type), inner(type)], type };
    default:
      if (type.kind === 'bool') return generatePredicate(choices, scope, depth);
      return callOf(type, choices, scope, depth);
  }
}

/** A column of the type if there is one, else a literal. */
export function columnOf(type: DataType, choices: Choices, scope: ExprScope): Expr {
  const candidates = scope.columns.filter((column) => sameType(column.type, type));
  return candidates.length === 0 ? literalOf(type, choices, scope) : columnExpr(choices.oneOf(candidates));
}

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
function castableLiteral(from: DataType, to: DataType, choices: Choices): Expr {
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
  if (parameters.length >= PARAMETERS_MAX) return plainLiteral(type, choices);
  const data = choices.chance(1, 2) ? scope.plan.dataOf(type) : [];
  const known = data.length > 0 ? choices.oneOf(data) : valueFor(type, choices);
  const value = choices.chance(1, 6) ? null : known;
  parameters.push({ type, value, asBytes: choices.chance(1, 2) });
  return { kind: 'parameter', index: parameters.length, type };
}

function sizeOf(expr: Expr): number {
  return operandsOf(expr).reduce((size, operand) => size + sizeOf(operand), 1);
}

/** The same expression once more. */
function again(type: DataType, choices: Choices, scope: ExprScope): Expr | undefined {
  const known = scope.made.filter((made) => sameType(made.type, type));
  return known.length === 0 ? undefined : choices.oneOf(known).expr;
}

function castTo(type: DataType, choices: Choices, scope: ExprScope, depth: number): Expr {
  const from = choices.oneOf(CASTS[type.kind] ?? [type]);
  if (sameType(from, type)) return literalOf(type, choices, scope);
  const operand = choices.chance(1, 3)
    ? castableLiteral(from, type, choices)
    : generateExpr(from, choices.part(), scope, depth + 1);
  return { kind: 'cast', operand, type, context: 'explicit' };
}

function caseOf(type: DataType, choices: Choices, scope: ExprScope, depth: number): Expr {
  const count = 1 + choices.pick(2);
  const branches = Array.from({ length: count }, () => ({
    when: generatePredicate(choices.part(), scope, depth + 1),
    // biome-ignore lint/suspicious/noThenProperty: the name of a branch's result in a plan
    then: generateExpr(type, choices.part(), scope, depth + 1),
  }));
  const otherwise = choices.chance(1, 3)
    ? literalExpr(null, type)
    : generateExpr(type, choices.part(), scope, depth + 1);
  return { kind: 'case', branches, otherwise, type };
}

function callOf(type: DataType, choices: Choices, scope: ExprScope, depth: number): Expr {
  if (type.kind === 'float8' && scope.plan.volatile && choices.chance(1, 4)) return callById('random()', []);
  const calls = CALLS[type.kind];
  if (calls === undefined) return columnOf(type, choices, scope);
  const [id, args] = choices.oneOf(calls);
  return callById(
    id,
    args.map((arg) => generateExpr(arg, choices.part(), scope, depth + 1)),
  );
}

/** A call of a standard function, with the facts of its signature. */
export function callById(id: string, args: readonly Expr[]): Expr {
  const signature = standardFunctions.byId(id);
  assert(signature !== undefined, `there is no function ${id}`);
  const { volatility, mayFail, strict, returns } = signature;
  const type =
    typeof returns === 'function' ? returns(args.map(typeOf)) : typeof returns === 'string' ? types.text : returns;
  return { kind: 'call', fn: { id, volatility, mayFail, strict }, args, type };
}
