import { columnsRead, isVolatile } from '@millrace/core';
import { filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { pushFilterIntoScan } from '../push-filter-into-scan.ts';

/** Wrong: a scan that has a range already filters first and counts afterwards, so rows behind the range come up. */
export const filterBelowRange: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterIntoScan,
  name: 'push-filter-into-scan (below a range)',
  rewrite(filter, context) {
    const scan = filter.input;
    if (scan.kind !== 'scan' || scan.range === null) return pushFilterIntoScan.rewrite(filter, context);
    const moved = pushFilterIntoScan.rewrite({ ...filter, input: { ...scan, range: null } }, context);
    if (moved.kind === 'scan') return { ...moved, range: scan.range };
    return moved.kind === 'filter' && moved.input.kind === 'scan' && moved.input.filters.length > scan.filters.length
      ? { ...moved, input: { ...moved.input, range: scan.range } }
      : filter;
  },
} satisfies OptimizerRule<'filter'>);

/** Wrong: a predicate that may fail leaves the guard behind that stands before it. */
export const filterAheadOfGuard: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterIntoScan,
  name: 'push-filter-into-scan (ahead of its guard)',
  rewrite(filter) {
    const scan = filter.input;
    if (scan.kind !== 'scan' || scan.range !== null) return filter;
    const last = filter.predicates.at(-1);
    if (last === undefined || columnsRead(last).size === 0 || isVolatile(last) || !readsOnly(last, scan.columns))
      return filter;
    return filtered({ ...scan, filters: [...scan.filters, last] }, filter.predicates.slice(0, -1));
  },
} satisfies OptimizerRule<'filter'>);
