import type { ColumnId, Expr } from '@millrace/core';

/** What an expression can come to when some columns are NULL: NULL, TRUE, FALSE (of a boolean), or some other value. */
interface Outcomes {
  readonly null: boolean;
  readonly true: boolean;
  readonly false: boolean;
}

const ANY: Outcomes = { null: true, true: true, false: true };
const NULL: Outcomes = { null: true, true: false, false: false };
const NOT_NULL: Outcomes = { null: false, true: true, false: true };

/**
 * Whether a predicate is certainly not TRUE where all of `ids` are NULL, whatever the other columns hold: a row of NULLs does not pass it.
 *
 *   b.y > a.x, b.y IS NOT NULL, NOT (b.y = 1)      rejects NULLs of b
 *   b.y IS NULL, coalesce(b.y, 1) = 1, b.y > 1 OR a.x > 1      does not
 *
 * In doubt it does not: of a CASE any branch may be taken.
 */
export function rejectsNulls(predicate: Expr, ids: ReadonlySet<ColumnId>): boolean {
  return !outcomes(predicate, ids).true;
}

function outcomes(expr: Expr, ids: ReadonlySet<ColumnId>): Outcomes {
  const of = (part: Expr): Outcomes => outcomes(part, ids);
  switch (expr.kind) {
    case 'column':
      return ids.has(expr.id) ? NULL : ANY;
    case 'literal':
      if (expr.value === null) return NULL;
      return { null: false, true: expr.value !== false, false: expr.value !== true };
    case 'parameter':
      return ANY;
    case 'array':
      return NOT_NULL;
    case 'call':
      return expr.fn.strict && expr.args.some((arg) => isNull(of(arg))) ? NULL : ANY;
    case 'cast':
      return isNull(of(expr.operand)) ? NULL : ANY;
    case 'compare':
      if (expr.op === 'is-distinct' || expr.op === 'is-not-distinct') return NOT_NULL;
      return isNull(of(expr.left)) || isNull(of(expr.right)) ? NULL : ANY;
    case 'and':
      return expr.operands.map(of).reduce(and);
    case 'or':
      return negated(expr.operands.map((operand) => negated(of(operand))).reduce(and));
    case 'not':
      return negated(of(expr.operand));
    case 'is-null':
      return tested(of(expr.operand).null, !isNull(of(expr.operand)), expr.negated);
    case 'is-bool': {
      const operand = of(expr.operand);
      const [same, other] = expr.value ? [operand.true, operand.false] : [operand.false, operand.true];
      return tested(same, other || operand.null, expr.negated);
    }
    case 'case':
      return [...expr.branches.map((branch) => of(branch.then)), of(expr.otherwise)].reduce(either);
    case 'coalesce':
      return expr.args.every((arg) => isNull(of(arg))) ? NULL : expr.args.map(of).reduce(either);
    case 'in-list':
      return isNull(of(expr.operand)) ? NULL : ANY;
    case 'quantified':
      // Over an empty array the answer is FALSE (ANY) or TRUE (ALL), whatever is compared.
      if (isNull(of(expr.right))) return NULL;
      if (!isNull(of(expr.left))) return ANY;
      return { null: true, true: expr.quantifier === 'all', false: expr.quantifier === 'any' };
    default:
      return expr satisfies never;
  }
}

function isNull(value: Outcomes): boolean {
  return !value.true && !value.false;
}

function and(a: Outcomes, b: Outcomes): Outcomes {
  return {
    true: a.true && b.true,
    false: a.false || b.false,
    null: (a.null && (b.null || b.true)) || (b.null && (a.null || a.true)),
  };
}

function negated(value: Outcomes): Outcomes {
  return { null: value.null, true: value.false, false: value.true };
}

function either(a: Outcomes, b: Outcomes): Outcomes {
  return { null: a.null || b.null, true: a.true || b.true, false: a.false || b.false };
}

/** A test that is never NULL: whether it can hold, and whether it can fail. */
function tested(holds: boolean, fails: boolean, isNegated: boolean): Outcomes {
  return isNegated ? { null: false, true: fails, false: holds } : { null: false, true: holds, false: fails };
}
