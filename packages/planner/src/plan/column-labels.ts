import type { Column, ColumnId } from '@millrace/core';
import type { PhysicalPlan } from '../physical/physical-plan.ts';
import type { Assignment, LogicalPlan } from './logical-plan.ts';
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
    case 'window':
      return plan.functions.map((call) => call.column);
    case 'apply':
      return 'output' in plan.mode ? [plan.mode.output] : [];
    case 'extension':
      return plan.node.columns;
    case 'filter':
    case 'join':
    case 'distinct':
    case 'sort':
    case 'limit':
      return [];
    case 'insert':
      return plan.returned ?? [];
    default:
      return plan satisfies never;
  }
}

/** Names for the columns of a logical plan. */
export function logicalLabels(plan: LogicalPlan, ids: ShowIds): ColumnLabel {
  const names = new ColumnNames();
  const visit = (node: LogicalPlan): void => {
    for (const input of inputsOf(node)) visit(input);
    for (const column of introducedColumns(node)) names.add(column);
    if (node.kind === 'project') names.addCopies(node.assignments);
  };
  visit(plan);
  return names.labels(ids);
}

/** Names for the columns of a physical plan. */
export function physicalLabels(
  plan: PhysicalPlan,
  ids: ShowIds,
  inputs: (plan: PhysicalPlan) => readonly PhysicalPlan[],
): ColumnLabel {
  const names = new ColumnNames();
  const visit = (node: PhysicalPlan): void => {
    for (const input of inputs(node)) visit(input);
    for (const column of node.columns) names.add(column);
    if (node.op === 'table-scan') for (const column of node.filterColumns) names.add(column);
    if (node.op === 'project') names.addCopies(node.assignments);
  };
  visit(plan);
  return names.labels(ids);
}

/** The names of a plan's columns. A Project's plain copy of a column under the same name counts as that column: nobody confuses the two. */
class ColumnNames {
  readonly #names = new Map<ColumnId, string>();
  readonly #copyOf = new Map<ColumnId, ColumnId>();

  add(column: Column): void {
    this.#names.set(column.id, column.name);
  }

  addCopies(assignments: readonly Assignment[]): void {
    for (const { column, expr } of assignments) {
      if (expr.kind !== 'column' || expr.id === column.id || this.#names.get(expr.id) !== column.name) continue;
      this.#copyOf.set(column.id, this.#copyOf.get(expr.id) ?? expr.id);
    }
  }

  labels(ids: ShowIds): ColumnLabel {
    const sources = new Map<string, Set<ColumnId>>();
    for (const [id, name] of this.#names) {
      const known = sources.get(name) ?? new Set();
      sources.set(name, known.add(this.#copyOf.get(id) ?? id));
    }
    return (id) => {
      const name = this.#names.get(id);
      if (name === undefined) return ids === 'never' ? 'outer' : `#${id}`;
      if (ids === 'never') return name;
      return ids === 'always' || (sources.get(name)?.size ?? 0) > 1 ? `${name}#${id}` : name;
    };
  }
}
