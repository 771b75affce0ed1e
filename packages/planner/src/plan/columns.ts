import type { Column, ColumnId } from '@millrace/core';
import type { LogicalPlan } from './logical-plan.ts';

/** What a node produces, in order. */
export function columnsOf(plan: LogicalPlan): readonly Column[] {
  switch (plan.kind) {
    case 'scan':
    case 'values':
    case 'memory':
    case 'union':
      return plan.columns;
    case 'function-scan':
      return plan.ordinality === null ? plan.columns : [...plan.columns, plan.ordinality];
    case 'filter':
    case 'distinct':
    case 'sort':
    case 'limit':
      return columnsOf(plan.input);
    case 'project':
      return plan.assignments.map((assignment) => assignment.column);
    case 'join': {
      if (plan.type === 'semi' || plan.type === 'anti') return columnsOf(plan.left);
      const nullable = (columns: readonly Column[], outer: boolean): readonly Column[] =>
        outer ? columns.map((column) => (column.nullable ? column : { ...column, nullable: true })) : columns;
      return [
        ...nullable(columnsOf(plan.left), plan.type === 'right' || plan.type === 'full'),
        ...nullable(columnsOf(plan.right), plan.type === 'left' || plan.type === 'full'),
      ];
    }
    case 'aggregate': {
      const input = new Map(columnsOf(plan.input).map((column) => [column.id, column]));
      const groups = plan.groupBy.flatMap((id) => input.get(id) ?? []);
      return [...groups, ...plan.aggregations.map((aggregation) => aggregation.column)];
    }
    case 'window':
      return [...columnsOf(plan.input), ...plan.functions.map((call) => call.column)];
    case 'apply':
      switch (plan.mode.kind) {
        case 'cross':
          return [...columnsOf(plan.input), ...columnsOf(plan.subquery)];
        case 'left':
          return [
            ...columnsOf(plan.input),
            ...columnsOf(plan.subquery).map((column) => ({ ...column, nullable: true })),
          ];
        default:
          return [...columnsOf(plan.input), plan.mode.output];
      }
    case 'insert':
      return plan.returned ?? [];
    case 'extension':
      return plan.node.columns;
    default:
      return plan satisfies never;
  }
}

/** The ids a node produces. */
export function columnIdsOf(plan: LogicalPlan): Set<ColumnId> {
  return new Set(columnsOf(plan).map((column) => column.id));
}
