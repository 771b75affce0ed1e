import { columnsRead, type Expr } from '@millrace/core';
import { columnsOf, filtered, type OptimizerRule, type PlanOf, readsOnly } from '@millrace/planner';
import { pushFilterThroughWindow } from '../push-filter-through-window.ts';
import { filterStack, splitPredicates } from '../shared/move-predicates.ts';

/** The rule with another idea of what may move below the window. */
function moving(
  title: string,
  canMove: (predicate: Expr, window: PlanOf<'window'>) => boolean,
): OptimizerRule<'filter'> {
  return Object.freeze({
    ...pushFilterThroughWindow,
    name: `push-filter-through-window (${title})`,
    order: 'down',
    rewrite(filter) {
      const { predicates, input: window } = filterStack(filter);
      if (window.kind !== 'window') return filter;
      const below = columnsOf(window.input);
      const { moved, rest } = splitPredicates(
        predicates,
        (predicate) => readsOnly(predicate, below) && canMove(predicate, window),
      );
      if (moved.length === 0) return filter;
      return filtered({ ...window, input: filtered(window.input, moved) }, rest);
    },
  } satisfies OptimizerRule<'filter'>);
}

/** Wrong: rows of a partition that the order tells apart are taken out one by one. */
export const filterByOrder: OptimizerRule<'filter'> = moving('a predicate on the order', (predicate, window) => {
  const known = new Set([...window.partitionBy, ...window.orderBy.map((key) => key.id)]);
  return [...columnsRead(predicate)].every((id) => known.has(id));
});

/** Wrong: a function of a partition column and another one is no function of the partition. */
export const filterByAnyPartitionColumn: OptimizerRule<'filter'> = moving(
  'a predicate that reads some partition column',
  (predicate, window) => {
    const read = columnsRead(predicate);
    return read.size === 0 || window.partitionBy.some((id) => read.has(id));
  },
);

/** Wrong: 0 and -0 are in one partition, and a predicate that tells them apart takes one of them out. */
export const filterTellingPartitionsApart: OptimizerRule<'filter'> = moving(
  'predicates that tell equal values apart',
  (predicate, window) => [...columnsRead(predicate)].every((id) => window.partitionBy.includes(id)),
);
