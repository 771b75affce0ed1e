import { assert, type ColumnId, type CompareOp, type Expr, failure, MillraceError } from '@millrace/core';

/** A value of the tests' expressions: bool or int4. */
export type Cell = boolean | number | null;
export type Row = ReadonlyMap<ColumnId, Cell>;

/**
 * What an expression of the tests' few kinds is worth on a row, told as plainly as SQL's definition: three-valued, left to right, AND and OR
 * stop once they are decided. A call is its argument, or an error if its function may fail and the argument is 0.
 */
export function evaluateOn(expr: Expr, row: Row): Cell {
  switch (expr.kind) {
    case 'column':
      return row.get(expr.id) ?? null;
    case 'literal':
      return expr.value as Cell;
    case 'call': {
      const [arg] = expr.args.map((operand) => evaluateOn(operand, row));
      if (expr.fn.mayFail && arg === 0) throw failure('divisionByZero');
      return arg ?? null;
    }
    case 'compare':
      return compareCells(expr.op, evaluateOn(expr.left, row), evaluateOn(expr.right, row));
    case 'and':
    case 'or': {
      const decisive = expr.kind === 'or';
      let unknown = false;
      for (const operand of expr.operands) {
        const value = evaluateOn(operand, row);
        if (value === decisive) return decisive;
        if (value === null) unknown = true;
      }
      return unknown ? null : !decisive;
    }
    case 'not': {
      const value = evaluateOn(expr.operand, row);
      return value === null ? null : !value;
    }
    case 'is-null':
      return (evaluateOn(expr.operand, row) === null) !== expr.negated;
    case 'is-bool':
      return (evaluateOn(expr.operand, row) === expr.value) !== expr.negated;
    case 'in-list': {
      const [value, ...items] = [expr.operand, ...expr.items].map((operand) => evaluateOn(operand, row));
      const tests = items.map((item) => compareCells('=', value ?? null, item));
      const found = tests.includes(true) ? true : tests.includes(null) ? null : false;
      return found === null ? null : found !== expr.negated;
    }
    default:
      assert(false, `no evaluation of ${expr.kind} in tests`);
  }
}

function compareCells(op: CompareOp, left: Cell, right: Cell): Cell {
  if (op === 'is-distinct') return left !== right;
  if (op === 'is-not-distinct') return left === right;
  if (left === null || right === null) return null;
  const results: Record<typeof op, boolean> = {
    '=': left === right,
    '<>': left !== right,
    '<': left < right,
    '<=': left <= right,
    '>': left > right,
    '>=': left >= right,
  };
  return results[op];
}

/** Whether a list of predicates keeps a row: it stops at the first that is not TRUE. */
export function keeps(predicates: readonly Expr[], row: Row): boolean {
  return predicates.every((predicate) => evaluateOn(predicate, row) === true);
}

/** A result, or that there was an error: what two expressions must have in common. */
export function outcomeOf<T>(compute: () => T): T | 'error' {
  try {
    return compute();
  } catch (error) {
    if (error instanceof MillraceError) return 'error';
    throw error;
  }
}
