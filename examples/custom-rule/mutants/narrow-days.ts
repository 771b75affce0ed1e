import type { Expr } from '@millrace/core';
import type { OptimizerRule } from '@millrace/planner';
import { narrowDays } from '../narrow-days.ts';

/** The rule, with what it adds changed. */
function withAdded(name: string, change: (added: Expr) => Expr): OptimizerRule<'filter'> {
  return Object.freeze({
    ...narrowDays,
    name: `narrow-days (${name})`,
    rewrite(filter, context) {
      const result = narrowDays.rewrite(filter, context);
      if (result.kind !== 'filter') return result;
      const predicates = result.predicates.map((one) => (filter.predicates.includes(one) ? one : change(one)));
      return result === filter ? filter : { ...result, predicates };
    },
  } satisfies OptimizerRule<'filter'>);
}

/** Wrong: `ts < Y` becomes `day < day(Y)`, and the rows of the day in which Y is are lost. */
export const strictDays: OptimizerRule<'filter'> = withAdded('strict', (added) => {
  if (added.kind !== 'compare') return added;
  return added.op === '<=' ? { ...added, op: '<' } : added.op === '>=' ? { ...added, op: '>' } : added;
});
