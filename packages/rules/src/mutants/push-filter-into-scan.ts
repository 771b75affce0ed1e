import { columnsRead, type Expr, isVolatile } from '@millrace/core';
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

/** Wrong: a predicate that may fail goes along with its guard, and the scan may check it first. */
export const filterAheadOfGuard: OptimizerRule<'filter'> = Object.freeze({
  ...pushFilterIntoScan,
  name: 'push-filter-into-scan (guarded ones too)',
  rewrite(filter) {
    const scan = filter.input;
    if (scan.kind !== 'scan' || scan.range !== null) return filter;
    const isMovable = (predicate: Expr): boolean =>
      columnsRead(predicate).size > 0 && !isVolatile(predicate) && readsOnly(predicate, scan.columns);
    const moved = filter.predicates.filter(isMovable);
    if (moved.length === 0) return filter;
    const rest = filter.predicates.filter((predicate) => !isMovable(predicate));
    return filtered({ ...scan, filters: [...scan.filters, ...moved] }, rest);
  },
} satisfies OptimizerRule<'filter'>);
