import type { PhysicalOf } from '@millrace/planner';
import { compileLateral } from '../apply/lateral.ts';
import { compileQuantified } from '../apply/quantified-apply.ts';
import { compileSubqueryColumn } from '../apply/subquery-column.ts';
import type { Operator } from '../run/operator.ts';

/**
 * Runs the subquery for every input row, with the row's columns as constants; once for all rows when it does not read them. What becomes of
 * its rows is the mode's business.
 */
export function compileApply(plan: PhysicalOf<'apply'>, input: Operator, subquery: Operator): Operator {
  const { mode } = plan;
  switch (mode.kind) {
    case 'scalar':
    case 'exists':
    case 'array':
      return compileSubqueryColumn(plan, mode, input, subquery);
    case 'quantified':
      return compileQuantified(plan, mode, input, subquery);
    case 'cross':
      return compileLateral(plan, null, input, subquery);
    case 'left':
      return compileLateral(plan, mode.on, input, subquery);
    default:
      return mode satisfies never;
  }
}
