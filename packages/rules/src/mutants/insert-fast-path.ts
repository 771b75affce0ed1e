import { type Expr, isVolatile } from '@millrace/core';
import { mapPhysicalInputs, type PhysicalPlan, type PhysicalRule } from '@millrace/planner';
import { insertFastPath } from '../insert-fast-path.ts';

/** The plan with every cell of its Values replaced. */
function withCells(plan: PhysicalPlan, replace: (cell: Expr) => Expr): PhysicalPlan {
  if (plan.op === 'values') return { ...plan, rows: plan.rows.map((row) => row.map(replace)) };
  return mapPhysicalInputs(plan, (input) => withCells(input, replace));
}

/** Wrong: a volatile cell is evaluated once for all rows. */
export const volatileOnce: PhysicalRule = Object.freeze({
  ...insertFastPath,
  name: 'insert-fast-path (volatile cells once)',
  rewritePhysical(node, context) {
    const stable = (cell: Expr): Expr =>
      isVolatile(cell) && cell.kind === 'call' ? { ...cell, fn: { ...cell.fn, volatility: 'stable' } } : cell;
    const result = insertFastPath.rewritePhysical(node.op === 'insert' ? withCells(node, stable) : node, context);
    return result.op === 'direct-insert' ? result : node;
  },
} satisfies PhysicalRule);

/** Wrong: 'abcd'::varchar(3) is cut, but the cast is left to the builder, which refuses it as an assignment does. */
export const explicitCastAsAssignment: PhysicalRule = Object.freeze({
  ...insertFastPath,
  name: 'insert-fast-path (an explicit cast is an assignment)',
  rewritePhysical(node, context) {
    const assigned = (cell: Expr): Expr => (cell.kind === 'cast' ? { ...cell, context: 'assignment' } : cell);
    const result = insertFastPath.rewritePhysical(node.op === 'insert' ? withCells(node, assigned) : node, context);
    return result.op === 'direct-insert' ? result : node;
  },
} satisfies PhysicalRule);

/** Wrong: an expression that a field has by default is forgotten. */
export const defaultIsNull: PhysicalRule = Object.freeze({
  ...insertFastPath,
  name: 'insert-fast-path (DEFAULT is NULL)',
  rewritePhysical(node, context) {
    const result = insertFastPath.rewritePhysical(node, context);
    if (node.op !== 'insert' || result.op !== 'direct-insert') return result;
    const rows = result.rows.map((row) =>
      row.map((cell) => (cell.kind === 'expr' ? ({ kind: 'literal', value: null } as const) : cell)),
    );
    return { ...result, rows };
  },
} satisfies PhysicalRule);
