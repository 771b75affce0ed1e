/**
 * push-filter-through-distinct: looks for duplicates among fewer rows.
 *
 *   Filter x > 1       =>   Distinct
 *     Distinct                Filter x > 1
 *       Scan a                  Scan a
 *
 * Rows that Distinct takes for one pass or fail a predicate together, so it may also fail as before: if it does for one of them, it does for the
 * one that Distinct keeps.
 *
 * Why not more: 0 and -0 are one value for Distinct, and so are numeric 1.0 and 1.00, but `x::text = '-0'` tells them apart and would meet values
 * that Distinct had dropped. So a column of such a type may only be compared. What is volatile or reads an outer row stays.
 */
import { columnsOf, defineRule, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { answersAlike } from './shared/equal-rows.ts';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterThroughDistinct: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-through-distinct',
  summary: 'Filters before looking for duplicates.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['distinct'],
  order: 'down',
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a predicate on a subquery without duplicates',
      sql: 'SELECT * FROM (SELECT DISTINCT k, x FROM a) s WHERE x > 1',
      before: 'Project k, x\n  Filter x > 1\n    Distinct\n      Project k, x\n        Scan a [k, x]',
      after: 'Project k, x\n  Distinct\n    Filter x > 1\n      Project k, x\n        Scan a [k, x]',
    },
    {
      title: 'a predicate that tells 0 from -0',
      sql: "SELECT * FROM (SELECT DISTINCT f FROM w) s WHERE f::text = '-0'",
      before:
        "Project f\n  Filter f::text = '-0'::text\n    Distinct\n      Project f\n        Scan w [b, s, i, l, f, n, m, t, v, d]",
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const { predicates, input: distinct } = filterStack(filter);
    if (distinct.kind !== 'distinct') return filter;
    const produced = columnsOf(distinct);
    const { moved, rest } = splitPredicates(
      predicates,
      (predicate) => readsOnly(predicate, produced) && answersAlike(predicate),
    );
    if (moved.length === 0) {
      context.note('the predicates tell equal rows apart, are volatile or read an outer row');
      return filter;
    }
    return filtered({ ...distinct, input: filtered(distinct.input, moved) }, rest);
  },
});
