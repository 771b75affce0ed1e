import type { Expr } from '@millrace/core';

/**
 * A predicate that is TRUE wherever `predicate` is, made of what `leaf` gives for its parts; null if nothing can be said. `leaf` must keep that law
 * for the parts it is given. An AND may lose operands, an OR must keep something of each; NOT goes inwards (De Morgan holds with NULLs too). The
 * same object comes back if nothing was lost.
 */
export function weaken(predicate: Expr, leaf: (part: Expr) => Expr | null): Expr | null {
  switch (predicate.kind) {
    case 'and':
      return weakenAll(predicate, leaf);
    case 'or':
      return weakenEach(predicate, leaf);
    case 'not': {
      const { operand } = predicate;
      if (operand.kind !== 'and' && operand.kind !== 'or') return leaf(predicate);
      const operands = operand.operands.map((part): Expr => ({ kind: 'not', operand: part }));
      return weaken({ kind: operand.kind === 'and' ? 'or' : 'and', operands }, leaf);
    }
    case 'is-bool':
      return predicate.value && !predicate.negated ? weaken(predicate.operand, leaf) : leaf(predicate);
    default:
      return leaf(predicate);
  }
}

type Connective = Extract<Expr, { kind: 'and' | 'or' }>;

function weakenAll(expr: Connective, leaf: (part: Expr) => Expr | null): Expr | null {
  const kept = expr.operands.map((operand) => weaken(operand, leaf)).filter((operand) => operand !== null);
  const [first] = kept;
  return kept.length < 2 ? (first ?? null) : withOperands(expr, kept);
}

function weakenEach(expr: Connective, leaf: (part: Expr) => Expr | null): Expr | null {
  const kept: Expr[] = [];
  for (const operand of expr.operands) {
    const weaker = weaken(operand, leaf);
    if (weaker === null) return null;
    kept.push(weaker);
  }
  return withOperands(expr, kept);
}

function withOperands(expr: Connective, operands: readonly Expr[]): Expr {
  const isSame = operands.length === expr.operands.length && operands.every((part, i) => part === expr.operands[i]);
  return isSame ? expr : { ...expr, operands };
}
