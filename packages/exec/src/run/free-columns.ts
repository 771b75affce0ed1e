import { type ColumnId, columnsRead, type Expr } from '@millrace/core';
import {
  aggregationExprs,
  modeExprs,
  type PhysicalPlan,
  physicalInputs,
  rangeExprs,
  windowExprs,
} from '@millrace/planner';

/** The columns a plan reads from enclosing rows: read somewhere in it, produced nowhere in it (ids are unique in a statement). */
export function freeColumns(plan: PhysicalPlan): Set<ColumnId> {
  const read = new Set<ColumnId>();
  const produced = new Set<ColumnId>();
  visit(plan, read, produced);
  for (const id of produced) read.delete(id);
  return read;
}

function visit(plan: PhysicalPlan, read: Set<ColumnId>, produced: Set<ColumnId>): void {
  for (const column of plan.columns) produced.add(column.id);
  if (plan.op === 'table-scan') for (const column of plan.filterColumns) produced.add(column.id);
  for (const expr of exprsOf(plan)) columnsRead(expr, read);
  for (const input of physicalInputs(plan)) visit(input, read, produced);
}

/** The expressions of one node (not of its inputs). */
export function exprsOf(plan: PhysicalPlan): readonly Expr[] {
  switch (plan.op) {
    case 'table-scan':
      return [...plan.filters, ...rangeExprs(plan.range)];
    case 'values':
      return plan.rows.flat();
    case 'function-scan':
      return plan.args;
    case 'filter':
      return plan.predicates;
    case 'project':
      return plan.assignments.map((assignment) => assignment.expr);
    case 'hash-join':
      return [...plan.keys.flatMap((key) => [key.left, key.right]), ...plan.residual];
    case 'null-aware-anti-join':
      return [...[...plan.keys, ...plan.maybeKeys].flatMap((key) => [key.left, key.right]), ...plan.residual];
    case 'nested-loop-join':
      return plan.on;
    case 'hash-aggregate':
      return aggregationExprs(plan.aggregations);
    case 'window':
      return windowExprs(plan);
    case 'top-k':
    case 'limit':
      return rangeExprs(plan.range);
    case 'apply':
      return modeExprs(plan.mode);
    case 'direct-insert':
      return plan.rows.flat().flatMap((cell) => (cell.kind === 'expr' ? [cell.expr] : []));
    case 'extension':
      return plan.node.exprs;
    case 'memory-scan':
    case 'hash-distinct':
    case 'sort':
    case 'union-all':
    case 'insert':
      return [];
    default:
      return plan satisfies never;
  }
}
