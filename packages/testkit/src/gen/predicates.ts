import { arrayOf, type Column, type CompareOp, type Expr, typeOf, types } from '@millrace/core';
import { literalExpr } from '@millrace/planner';
import { callById } from './calls.ts';
import { anyType, columnOf, generateExpr, repeatsOf } from './expressions.ts';
import type { Choices } from './gene.ts';
import { literalOf } from './literals.ts';
import { type ExprScope, exprScope, type PlanScope } from './scope.ts';

const OPS: readonly CompareOp[] = ['=', '>', '<', '=', '<>', '<=', '=', '>=', 'is-distinct', 'is-not-distinct'];

/** A list of one to three predicates. */
export function predicateList(choices: Choices, scope: PlanScope, columns: readonly Column[]): readonly Expr[] {
  const exprs = exprScope(scope, columns);
  const list = Array.from({ length: choices.oneOf([1, 1, 1, 2, 2, 3]) }, () => {
    if (choices.chance(1, 12)) return literalOf(types.bool, choices, exprs);
    return generatePredicate(choices.part(), exprs, 1);
  });
  const repeats = repeatsOf(choices, exprs).map(
    ({ expr }): Expr => ({ kind: 'is-null', operand: expr, negated: !choices.chance(1, 4) }),
  );
  return repeats.length > 0 && choices.chance(1, 2) ? [...repeats, ...list] : [...list, ...repeats];
}

/** A boolean expression over the columns in scope: comparisons, three-valued logic, membership, guarded failures. */
export function generatePredicate(choices: Choices, scope: ExprScope, depth: number): Expr {
  const predicate = (): Expr => generatePredicate(choices.part(), scope, depth + 1);
  const kind = choices.pick(depth >= 4 ? 4 : 16);
  switch (kind) {
    case 0:
    case 1:
    case 2:
    case 3:
      return comparison(choices, scope, depth);
    case 4:
      return { kind: 'is-null', operand: anything(choices, scope, depth), negated: choices.pick(2) === 1 };
    case 5:
    case 6:
      return { kind: 'not', operand: predicate() };
    case 7:
    case 8:
      return { kind: 'and', operands: operands(choices, scope, predicate) };
    case 9:
    case 10:
      return { kind: 'or', operands: operands(choices, scope, predicate) };
    case 11:
      return { kind: 'is-bool', operand: predicate(), value: choices.pick(2) === 1, negated: choices.pick(2) === 1 };
    case 12:
      return inList(choices, scope, depth);
    case 13:
      return guarded(choices, scope, depth);
    case 14:
      return quantified(choices, scope, depth);
    default:
      return generateExpr(types.bool, choices.part(), scope, depth + 1);
  }
}

/** Two or three operands; sometimes the negation of the first, or a literal. */
function operands(choices: Choices, scope: ExprScope, predicate: () => Expr): readonly Expr[] {
  const first = predicate();
  const rest: Expr[] = [];
  for (let count = 1 + choices.pick(2); count > 0; count--) {
    switch (choices.pick(6)) {
      case 1:
        rest.push({ kind: 'not', operand: first });
        break;
      case 2:
        rest.push(first);
        break;
      case 3:
        rest.push(literalOf(types.bool, choices, scope));
        break;
      case 4:
        rest.push(literalExpr(null, types.bool));
        break;
      default:
        rest.push(predicate());
    }
  }
  return choices.pick(2) === 0 ? [first, ...rest] : [...rest, first];
}

function comparison(choices: Choices, scope: ExprScope, depth: number): Expr {
  if (scope.plan.tables.includes('d') && choices.chance(1, 3)) return spelling(choices, scope);
  const left = anything(choices, scope, depth);
  const type = typeOf(left);
  const op = choices.oneOf(OPS);
  switch (choices.pick(6)) {
    case 4:
      return { kind: 'compare', op: choices.oneOf(['=', op]), left, right: left };
    case 5:
      return { kind: 'compare', op, left: literalOf(type, choices, scope), right: left };
    case 3:
      return { kind: 'compare', op, left, right: generateExpr(type, choices.part(), scope, depth + 1) };
    case 2:
      return { kind: 'compare', op, left, right: columnOf(type, choices, scope) };
    default:
      return { kind: 'compare', op, left, right: literalOf(type, choices, scope) };
  }
}

/** `g::text = '1 mon'::interval::text`: tells apart what is equal. Where plans read the table that is for it. */
function spelling(choices: Choices, scope: ExprScope): Expr {
  const asText = (operand: Expr): Expr => ({ kind: 'cast', operand, type: types.text, context: 'explicit' });
  const left = asText(columnOf(types.interval, choices, scope));
  return { kind: 'compare', op: choices.oneOf(OPS), left, right: asText(literalOf(types.interval, choices, scope)) };
}

/** An expression of a type that the scope has a column of, mostly such a column itself. */
function anything(choices: Choices, scope: ExprScope, depth: number): Expr {
  const type = anyType(choices, scope);
  return choices.chance(1, 3) ? generateExpr(type, choices.part(), scope, depth + 1) : columnOf(type, choices, scope);
}

function inList(choices: Choices, scope: ExprScope, depth: number): Expr {
  const operand = anything(choices, scope, depth);
  const type = typeOf(operand);
  const items = Array.from({ length: 1 + choices.pick(3) }, () =>
    choices.chance(1, 6) ? generateExpr(type, choices.part(), scope, depth + 1) : literalOf(type, choices, scope),
  );
  return { kind: 'in-list', operand, items, negated: choices.chance(1, 2) };
}

/** An expression that fails for some values behind a guard against those, rarely without. */
function guarded(choices: Choices, scope: ExprScope, depth: number): Expr {
  const isCast = choices.chance(1, 4);
  const { guard, risky } = isCast ? castRisk(choices, scope) : divisionRisk(choices, scope);
  const type = typeOf(risky);
  const right = depth < 3 ? generateExpr(type, choices.part(), scope, depth + 1) : literalOf(type, choices, scope);
  const test = (left: Expr): Expr => ({ kind: 'compare', op: choices.oneOf(OPS), left, right });
  switch (choices.pick(8)) {
    case 1:
    case 2:
      return { kind: 'or', operands: [{ kind: 'not', operand: guard }, test(risky)] };
    case 3:
      return test(risky);
    case 4:
    case 5:
      // biome-ignore lint/suspicious/noThenProperty: the name of a branch's result in a plan
      return test({ kind: 'case', branches: [{ when: guard, then: risky }], otherwise: literalExpr(null, type), type });
    default:
      return { kind: 'and', operands: [guard, test(risky)] };
  }
}

interface Risk {
  readonly guard: Expr;
  readonly risky: Expr;
}

/** `x <> 0` before `10 / x`. */
function divisionRisk(choices: Choices, scope: ExprScope): Risk {
  const type = choices.oneOf([types.int4, types.int8]);
  const divisor = columnOf(type, choices, scope);
  const zero = literalExpr(type.kind === 'int8' ? 0n : 0, type);
  const ten = literalExpr(type.kind === 'int8' ? 10n : 10, type);
  return {
    guard: { kind: 'compare', op: '<>', left: divisor, right: zero },
    risky: callById(`/(${type.kind},${type.kind})`, [ten, divisor]),
  };
}

/** `t IN ('1', '2')` before `t::int4`. */
function castRisk(choices: Choices, scope: ExprScope): Risk {
  const operand = columnOf(types.text, choices, scope);
  const items = ['1', '2'].map((text) => literalExpr(text, types.text));
  return {
    guard: { kind: 'in-list', operand, items, negated: false },
    risky: { kind: 'cast', operand, type: types.int4, context: 'explicit' },
  };
}

/** `op ANY|ALL` over an array, a list of expressions or a column. */
function quantified(choices: Choices, scope: ExprScope, depth: number): Expr {
  const item = choices.chance(1, 4) ? types.text : types.int4;
  const left = columnOf(item, choices, scope);
  const op = choices.oneOf<CompareOp>(['=', '<>', '<', '>', '<=', '>=']);
  const quantifier = choices.oneOf(['any', 'all'] as const);
  if (choices.chance(1, 3))
    return { kind: 'quantified', op, quantifier, left, right: columnOf(arrayOf(item), choices, scope) };
  const items = Array.from({ length: choices.pick(3) }, () => literalOf(item, choices, scope));
  const last = generateExpr(item, choices.part(), scope, depth + 1);
  return {
    kind: 'quantified',
    op,
    quantifier,
    left,
    right: { kind: 'array', items: [...items, last], type: arrayOf(item) },
  };
}
