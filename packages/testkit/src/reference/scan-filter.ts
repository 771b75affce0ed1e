import { type Expr, MillraceError, operandsOf } from '@millrace/core';
import { evaluateReference, passes, type ReferenceEnvironment } from './expressions.ts';
import { type Row, rowOf } from './row.ts';

/**
 * Whether a row passes a scan's filters. They may be checked in any order, so each of them is evaluated, and one that fails for a row fails the
 * scan. A filter of which a part without columns fails (`x = 'z'::int4`) is checked last, so it only fails where all others pass.
 */
export function scanFilter(filters: readonly Expr[], environment: ReferenceEnvironment): (row: Row) => boolean {
  const last = filters.filter((filter) => hasFailingPart(filter, environment));
  const others = filters.filter((filter) => !last.includes(filter));
  return (row) => {
    const results = others.map((filter) => passes([filter], row, environment));
    return results.every((passed) => passed) && passes(last, row, environment);
  };
}

function hasFailingPart(expr: Expr, environment: ReferenceEnvironment): boolean {
  if (readsColumn(expr)) return operandsOf(expr).some((operand) => hasFailingPart(operand, environment));
  try {
    evaluateReference(expr, rowOf([], null), environment);
    return false;
  } catch (error) {
    if (error instanceof MillraceError) return true;
    throw error;
  }
}

function readsColumn(expr: Expr): boolean {
  return expr.kind === 'column' || operandsOf(expr).some(readsColumn);
}
