import { columnsOf } from '../plan/columns.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { lowerJoin } from './lower-join.ts';
import type { PhysicalPlan } from './physical-plan.ts';

/**
 * The plain way to run a logical plan: total, no choice beyond hash or nested-loop join, no knowledge of data. What a scan is asked for, and
 * whether a sort keeps only a part, was decided by logical rules; without rules scans are full, filters stand where SQL wrote them and
 * nothing is a top-k.
 */
export function lower(plan: LogicalPlan): PhysicalPlan {
  const columns = columnsOf(plan);
  switch (plan.kind) {
    case 'scan': {
      const { table, filterColumns, filters, range } = plan;
      return { op: 'table-scan', table, scanColumns: plan.columns, filterColumns, filters, range, columns };
    }
    case 'values':
      return { op: 'values', rows: plan.rows, columns };
    case 'memory':
      return { op: 'memory-scan', batches: plan.batches, columns };
    case 'function-scan':
      return { op: 'function-scan', fn: plan.fn, args: plan.args, hasOrdinality: plan.ordinality !== null, columns };
    case 'filter':
      return { op: 'filter', input: lower(plan.input), predicates: plan.predicates, columns };
    case 'project':
      return { op: 'project', input: lower(plan.input), assignments: plan.assignments, columns };
    case 'join':
      return lowerJoin({ type: plan.type, on: plan.on, left: lower(plan.left), right: lower(plan.right), columns });
    case 'aggregate': {
      const { groupBy, aggregations } = plan;
      return { op: 'hash-aggregate', input: lower(plan.input), groupBy, aggregations, columns };
    }
    case 'window': {
      const { partitionBy, orderBy, frame, functions } = plan;
      return { op: 'window', input: lower(plan.input), partitionBy, orderBy, frame, functions, columns };
    }
    case 'distinct':
      return { op: 'hash-distinct', input: lower(plan.input), columns };
    case 'sort': {
      const { keys, range } = plan;
      const input = lower(plan.input);
      return range === null ? { op: 'sort', input, keys, columns } : { op: 'top-k', input, keys, range, columns };
    }
    case 'limit':
      return { op: 'limit', input: lower(plan.input), range: plan.range, columns };
    case 'union':
      return { op: 'union-all', inputs: plan.inputs.map(lower), columns };
    case 'apply':
      return { op: 'apply', input: lower(plan.input), subquery: lower(plan.subquery), mode: plan.mode, columns };
    case 'insert':
      return { op: 'insert', table: plan.table, fields: plan.fields, input: lower(plan.input), columns };
    case 'extension':
      return { op: 'extension', node: plan.node, inputs: plan.inputs.map(lower), columns };
    default:
      return plan satisfies never;
  }
}
