import { columnsRead } from '@millrace/core';
import { columnIdsOf, exprsOf, type LogicalPlan, type OptimizerRule, type PlanOf } from '@millrace/planner';
import { pruneColumns } from '../prune-columns.ts';
import { narrow } from '../shared/narrow-columns.ts';

type Pruned = 'project' | 'aggregate' | 'insert' | 'apply';

/** Wrong: DISTINCT over fewer columns has fewer rows. */
export const pruneThroughDistinct: OptimizerRule<Pruned> = Object.freeze({
  ...pruneColumns,
  name: 'prune-columns (through a distinct)',
  rewrite(node, context) {
    if (node.kind !== 'project' || node.input.kind !== 'distinct') return pruneColumns.rewrite(node, context);
    const { input: distinct } = node;
    const input = narrow(distinct.input, readBy(node));
    return input === distinct.input ? node : { ...node, input: { ...distinct, input } };
  },
} satisfies OptimizerRule<Pruned>);

/** Wrong: forgets that a sort reads its keys, which need not be in the result. */
export const pruneSortKeys: OptimizerRule<Pruned> = Object.freeze({
  ...pruneColumns,
  name: 'prune-columns (without the keys of a sort)',
  rewrite(node, context) {
    if (node.kind !== 'project' || node.input.kind !== 'sort') return pruneColumns.rewrite(node, context);
    const { input: sort } = node;
    const input = narrow(sort.input, readBy(node));
    return input === sort.input ? node : { ...node, input: withKeys(sort, input) };
  },
} satisfies OptimizerRule<Pruned>);

/** Wrong: forgets that a window reads the columns it partitions by, which need not be in the result. */
export const pruneWindowKeys: OptimizerRule<Pruned> = Object.freeze({
  ...pruneColumns,
  name: 'prune-columns (without the partitions of a window)',
  rewrite(node, context) {
    if (node.kind !== 'project' || node.input.kind !== 'window') return pruneColumns.rewrite(node, context);
    const { input: window } = node;
    const read = new Set([...readBy(node), ...readBy(window), ...window.orderBy.map((key) => key.id)]);
    const input = narrow(window.input, read);
    const left = columnIdsOf(input);
    const partitionBy = window.partitionBy.filter((id) => left.has(id));
    return input === window.input ? node : { ...node, input: { ...window, input, partitionBy } };
  },
} satisfies OptimizerRule<Pruned>);

/** The sort by the keys that are left. */
function withKeys(sort: PlanOf<'sort'>, input: LogicalPlan): LogicalPlan {
  const kept = input.kind === 'scan' ? new Set(input.columns.map((column) => column.id)) : null;
  return { ...sort, input, keys: kept === null ? sort.keys : sort.keys.filter((key) => kept.has(key.id)) };
}

function readBy(node: LogicalPlan): ReturnType<typeof columnsRead> {
  const read: ReturnType<typeof columnsRead> = new Set();
  for (const expr of exprsOf(node)) columnsRead(expr, read);
  return read;
}
