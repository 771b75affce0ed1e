import { arrayOf, type DataType, type Expr, operandsOf, sameType, types } from '@millrace/core';
import { columnExpr, literalExpr } from '@millrace/planner';
import { type Argument, CALLS, CASTS, callById, readsAnyText } from './calls.ts';
import type { Choices } from './gene.ts';
import { castableLiteral, literalOf, parameterOf } from './literals.ts';
import { generatePredicate } from './predicates.ts';
import type { ExprScope } from './scope.ts';

/** Depth of a generated expression's tree. */
const DEPTH_MAX = 4;
/** Nodes of an expression that may be repeated: repeating repetitions would grow without end. */
const REPEATED_MAX = 8;

/** The types that expressions have mostly. */
const COMMON_TYPES: readonly DataType[] = Object.freeze([
  types.int4,
  types.bool,
  types.int8,
  types.float8,
  types.text,
  types.numeric,
  types.int2,
  types.date,
]);

/** The types of generated expressions. */
const EXPR_TYPES: readonly DataType[] = Object.freeze([
  ...COMMON_TYPES,
  types.timestamp,
  types.timestamptz,
  types.interval,
  types.jsonb,
  types.float4,
  types.uuid,
  Object.freeze({ kind: 'bpchar', length: 2 }),
  Object.freeze({ kind: 'varchar', length: 3 }),
  Object.freeze(arrayOf(types.int4)),
  Object.freeze(arrayOf(types.text)),
]);

/** Whether there are expressions of the type, not only columns. */
export function isGenerated(type: DataType): boolean {
  return EXPR_TYPES.some((known) => sameType(known, type));
}

/** A type of expressions: one of a column in scope mostly, else a common one mostly. */
export function anyType(choices: Choices, scope: ExprScope): DataType {
  const known = scope.columns.map((column) => column.type).filter(isGenerated);
  if (known.length > 0 && !choices.chance(1, 6)) return choices.oneOf(known);
  return choices.oneOf(choices.chance(1, 4) ? EXPR_TYPES : COMMON_TYPES);
}

/** An expression of a type over the columns in scope: total, typed, at most `DEPTH_MAX` deep. */
export function generateExpr(type: DataType, choices: Choices, scope: ExprScope, depth = 0): Expr {
  const expr = makeExpr(type, choices, scope, depth);
  if (expr.kind !== 'literal' && sizeOf(expr) <= REPEATED_MAX) scope.made.push({ type, expr });
  return expr;
}

function makeExpr(type: DataType, choices: Choices, scope: ExprScope, depth: number): Expr {
  const repeated = scope.plan.repeats && choices.chance(1, 3) ? again(type, choices, scope) : undefined;
  if (repeated !== undefined && repeated.kind !== 'column') return repeated;
  const inner = (of: DataType): Expr => generateExpr(of, choices.part(), scope, depth + 1);
  const kind = choices.pick(depth >= DEPTH_MAX ? 4 : 13);
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
    case 9:
      return nullIf(type, inner(type), literalOf(type, choices, scope));
    default:
      if (type.kind === 'bool' && choices.pick(4) !== 1) return generatePredicate(choices, scope, depth);
      if (type.kind === 'array') return arrayFrom(type, choices, scope, depth);
      return callOf(type, choices, scope, depth);
  }
}

/** A column of the type if there is one, else a literal. */
export function columnOf(type: DataType, choices: Choices, scope: ExprScope): Expr {
  const candidates = scope.columns.filter((column) => sameType(column.type, type));
  return candidates.length === 0 ? literalOf(type, choices, scope) : columnExpr(choices.oneOf(candidates));
}

/** Where expressions shall stand at several places: one that takes work, to be put beside where it was made; else none. */
export function repeatsOf(choices: Choices, scope: ExprScope): readonly ExprScope['made'][number][] {
  if (!scope.plan.repeats) return [];
  const known = scope.made.filter(({ expr }) => expr.kind === 'call' || expr.kind === 'cast');
  return known.length === 0 || choices.chance(1, 4) ? [] : [choices.oneOf(known)];
}

/** An expression that was made over the same columns before, the very same object. */
function again(type: DataType, choices: Choices, scope: ExprScope): Expr | undefined {
  const known = scope.made.filter((made) => sameType(made.type, type));
  return known.length === 0 ? undefined : choices.oneOf(known).expr;
}

function sizeOf(expr: Expr): number {
  return operandsOf(expr).reduce((size, operand) => size + sizeOf(operand), 1);
}

/** A cast; of texts mostly of one that can be read. */
function castTo(type: DataType, choices: Choices, scope: ExprScope, depth: number): Expr {
  const from = choices.oneOf(CASTS[type.kind] ?? [type]);
  if (sameType(from, type)) return literalOf(type, choices, scope);
  const isPlain =
    from.kind === 'text' &&
    type.kind !== 'varchar' &&
    type.kind !== 'bpchar' &&
    (!readsAnyText(type) || !choices.chance(1, 4));
  const operand =
    isPlain || choices.chance(1, 4)
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

/** NULLIF(value, other) as the binder writes it: the value stands in it twice. */
function nullIf(type: DataType, value: Expr, other: Expr): Expr {
  return {
    kind: 'case',
    // biome-ignore lint/suspicious/noThenProperty: the name of a branch's result in a plan
    branches: [{ when: { kind: 'compare', op: '=', left: value, right: other }, then: literalExpr(null, type) }],
    otherwise: value,
    type,
  };
}

/** ARRAY[...]. */
function arrayFrom(
  type: Extract<DataType, { kind: 'array' }>,
  choices: Choices,
  scope: ExprScope,
  depth: number,
): Expr {
  const items = Array.from({ length: choices.pick(3) }, () =>
    generateExpr(type.item, choices.part(), scope, depth + 1),
  );
  return { kind: 'array', items, type };
}

function callOf(type: DataType, choices: Choices, scope: ExprScope, depth: number): Expr {
  if (type.kind === 'float8' && scope.plan.volatile && choices.chance(1, 4)) return callById('random()', []);
  const calls = CALLS[type.kind];
  if (calls === undefined) return columnOf(type, choices, scope);
  const [id, args] = choices.oneOf(calls);
  const argument = (arg: Argument): Expr =>
    arg.kind === 'one-of'
      ? literalExpr(choices.oneOf(arg.values), arg.type)
      : generateExpr(arg, choices.part(), scope, depth + 1);
  return callById(id, args.map(argument));
}
