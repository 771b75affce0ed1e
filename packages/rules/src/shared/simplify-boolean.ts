import { type CompareOp, type Expr, mapOperands, mayFail, types } from '@millrace/core';
import { OperandList } from './operand-list.ts';

const NEGATED: Readonly<Record<CompareOp, CompareOp>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  'is-distinct': 'is-not-distinct',
  'is-not-distinct': 'is-distinct',
};

/** The boolean literal TRUE, FALSE or NULL. */
export function truth(value: boolean | null): Expr {
  return { kind: 'literal', value, type: types.bool };
}

/** Whether an expression is the boolean literal `value`. */
export function isTruth(expr: Expr, value: boolean | null): boolean {
  return expr.kind === 'literal' && expr.type.kind === 'bool' && expr.value === value;
}

/**
 * The same three-valued answer and the same errors from a smaller expression, for use anywhere (also where NULL and FALSE differ). Bottom-up;
 * identity is kept where nothing changed.
 */
export function simplifyExpr(expr: Expr): Expr {
  const inner = mapOperands(expr, simplifyExpr);
  switch (inner.kind) {
    case 'and':
      return simplifyConnective(inner, false);
    case 'or':
      return simplifyConnective(inner, true);
    case 'not':
      return negate(inner.operand) ?? inner;
    case 'compare':
      return simplifyCompare(inner);
    case 'in-list': {
      const only = inner.items[0];
      if (only === undefined || inner.items.length > 1) return inner;
      return simplifyCompare({ kind: 'compare', op: inner.negated ? '<>' : '=', left: inner.operand, right: only });
    }
    case 'is-null':
      return inner.operand.kind === 'literal' ? truth((inner.operand.value === null) !== inner.negated) : inner;
    case 'is-bool':
      return inner.operand.kind === 'literal' ? truth((inner.operand.value === inner.value) !== inner.negated) : inner;
    default:
      return inner;
  }
}

/**
 * AND (`decisive` FALSE) and OR (`decisive` TRUE), which stop at the first decisive operand: nested ones are flattened, neutral literals and
 * repeated operands go, and so does what stands behind a decisive literal. What stands before it goes only if none of it may fail.
 */
function simplifyConnective(expr: Extract<Expr, { kind: 'and' | 'or' }>, decisive: boolean): Expr {
  const flat = expr.operands.flatMap((operand) => (operand.kind === expr.kind ? operand.operands : [operand]));
  const list = new OperandList();
  for (const operand of flat) {
    if (isTruth(operand, !decisive) || list.repeats(operand)) continue;
    if (isTruth(operand, decisive) && !list.items.some(mayFail)) return truth(decisive);
    list.add(operand);
    if (isTruth(operand, decisive)) break;
  }
  const kept = list.items;
  if (kept.length === expr.operands.length && kept.every((operand, i) => operand === expr.operands[i])) return expr;
  return kept.length === 0
    ? truth(!decisive)
    : kept.length === 1 && kept[0] !== undefined
      ? kept[0]
      : { ...expr, operands: kept };
}

/** NOT of an expression without the NOT, or null. Orders are total in PostgreSQL (NaN is the greatest), so NOT (a < b) is a >= b. */
function negate(expr: Expr): Expr | null {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'boolean' ? truth(!expr.value) : expr;
    case 'not':
      return expr.operand;
    case 'compare':
      return { ...expr, op: NEGATED[expr.op] };
    case 'quantified':
      return { ...expr, op: NEGATED[expr.op], quantifier: expr.quantifier === 'any' ? 'all' : 'any' };
    case 'is-null':
    case 'is-bool':
    case 'in-list':
      return { ...expr, negated: !expr.negated };
    default:
      return null;
  }
}

/** Comparisons with the literal NULL: NULL, if the other side may go; IS [NOT] DISTINCT FROM NULL is IS [NOT] NULL. */
function simplifyCompare(expr: Extract<Expr, { kind: 'compare' }>): Expr {
  const { op, left, right } = expr;
  const [other, isNull] = isNullLiteral(right) ? [left, true] : [right, isNullLiteral(left)];
  if (!isNull) return expr;
  if (op === 'is-distinct') return simplifyExpr({ kind: 'is-null', operand: other, negated: true });
  if (op === 'is-not-distinct') return simplifyExpr({ kind: 'is-null', operand: other, negated: false });
  return mayFail(other) ? expr : truth(null);
}

function isNullLiteral(expr: Expr): boolean {
  return expr.kind === 'literal' && expr.value === null;
}
