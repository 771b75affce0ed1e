import type { OptimizerRule } from '@millrace/planner';
import { pushLimitIntoScan } from '../push-limit-into-scan.ts';

/** Wrong: a filter in between drops some of the few rows that the scan still gives. */
export const limitThroughFilter: OptimizerRule<'limit'> = Object.freeze({
  ...pushLimitIntoScan,
  name: 'push-limit-into-scan (through a filter)',
  rewrite(limit, context) {
    const filter = limit.input;
    if (filter.kind !== 'filter') return pushLimitIntoScan.rewrite(limit, context);
    const below = { ...limit, input: filter.input };
    const input = pushLimitIntoScan.rewrite(below, context);
    return input === below ? limit : { ...filter, input };
  },
} satisfies OptimizerRule<'limit'>);

/** Wrong: the rows that OFFSET skips come out. */
export const limitWithoutOffset: OptimizerRule<'limit'> = Object.freeze({
  ...pushLimitIntoScan,
  name: 'push-limit-into-scan (without the offset)',
  rewrite(limit, context) {
    const { fetch } = limit.range;
    const whole = pushLimitIntoScan.rewrite(limit, context);
    if (whole === limit || fetch === null) return limit;
    return pushLimitIntoScan.rewrite({ ...limit, range: { skip: null, fetch } }, context);
  },
} satisfies OptimizerRule<'limit'>);
