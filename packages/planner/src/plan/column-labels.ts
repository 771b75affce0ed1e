import type { Column, ColumnId } from '@millrace/core';
import type { PhysicalPlan } from '../physical/physical-plan.ts';
import type { LogicalPlan } from './logical-plan.ts';
import type { ColumnLabel } from './print-expr.ts';
import { inputsOf } from './rewrite.ts';

/**
 * When a column is printed with its id: `always` (diffs between rules), `ambiguous` (only if another column of the plan has the same
 * name: EXPLAIN), `never` (examples of rules, which must not depend on the binder's counting).
 */
export type ShowIds = 'always' | 'ambiguous' | 'never';

/** The columns that a node itself introduces (not those it passes on). */
export function introducedColumns(plan: LogicalPlan): readonly Column[] {
  switch (plan.kind) {
    case 'scan':
      return [...plan.columns, ...plan.filterColumns];
    case 'values':
    case 'memory':
    case 'union':
      return plan.columns;
    case 'function-scan':
      return plan.ordinality === null ? plan.columns : [...plan.columns, plan.ordinality];
    case 'project':
      return plan.assignments.map((assignment) => assignment.column);
    case 'aggregate':
      return plan.aggregations.map((aggregation) => aggregation.column);
    case 'apply':
      return 'output' in plan.mode ? [plan.mode.output] : [];
    case 'extension':
      return plan.node.columns;
    case 'filter':
    case 'join':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'insert':
      return [];
    default:
      return plan satisfies never;
  }
}

/** Names for the columns of a logical plan. */
export function logicalLabels(plan: LogicalPlan, ids: ShowIds): ColumnLabel {
  const names = new Map<ColumnId, string>();
  const visit = (node: LogicalPlan): void => {
    for (const column of introducedColumns(node)) names.set(column.id, column.name);
    for (const input of inputsOf(node)) visit(input);
  };
  visit(plan);
  return labelsOf(names, ids);
}

/** Names for the columns of a physical plan. */
export function physicalLabels(
  plan: PhysicalPlan,
  ids: ShowIds,
  inputs: (plan: PhysicalPlan) => readonly PhysicalPlan[],
): ColumnLabel {
  const names = new Map<ColumnId, string>();
  const visit = (node: PhysicalPlan): void => {
    for (const column of node.columns) names.set(column.id, column.name);
    if (node.op === 'table-scan') for (const column of node.filterColumns) names.set(column.id, column.name);
    for (const input of inputs(node)) visit(input);
  };
  visit(plan);
  return labelsOf(names, ids);
}

function labelsOf(names: ReadonlyMap<ColumnId, string>, ids: ShowIds): ColumnLabel {
  const uses = new Map<string, number>();
  for (const name of names.values()) uses.set(name, (uses.get(name) ?? 0) + 1);
  return (id) => {
    const name = names.get(id);
    if (name === undefined) return ids === 'never' ? 'outer' : `#${id}`;
    if (ids === 'never') return name;
    return ids === 'always' || (uses.get(name) ?? 0) > 1 ? `${name}#${id}` : name;
  };
}
