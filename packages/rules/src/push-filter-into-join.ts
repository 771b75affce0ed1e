/**
 * push-filter-into-join: a join meets fewer rows.
 *
 *   Filter a.x > 1, b.y = 2, a.x < b.y         Join inner a.k = b.k, a.x < b.y
 *     Join inner a.k = b.k                =>     Filter a.x > 1
 *       Scan a                                     Scan a
 *       Scan b                                   Filter b.y = 2
 *                                                  Scan b
 *
 * A predicate of one side moves into it, from above the join and from `on`. What is left of an inner join's filter joins the end of `on`: it is
 * evaluated for the same pairs as before, and an equation of both sides becomes a key.
 *
 * Why not into every side: filtered first, a row of the side that is filled with NULLs turns from "no match" into NULLs that a WHERE above would
 * have dropped, and a row of the preserved side that fails `on` is still a row. FULL preserves both sides and fills both. An anti join keeps the
 * left rows that fail `on`.
 *
 * Why not every predicate: below, it is evaluated for rows that meet no partner, so what may fail stays (at the end of an inner join's `on` it
 * may fail as before). So does what is volatile, and what reads no column of the join or one of an enclosing Apply.
 */
import { columnsRead, type Expr } from '@millrace/core';
import { columnsOf, defineRule, filtered, type OptimizerRule, type PlanOf, readsOnly } from '@millrace/planner';
import { bySide, FILTERED_ABOVE, FILTERED_BY_ON, type PredicatesBySide } from './shared/join-sides.ts';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterIntoJoin: OptimizerRule<'filter' | 'join'> = defineRule({
  name: 'push-filter-into-join',
  summary: 'Filters the inputs of a join before joining.',
  phase: 'pushdown',
  on: ['filter', 'join'],
  needs: ['join'],
  order: 'down',
  after: ['push-filter-through-project'],
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'inner: each predicate to its side, an equation to the keys',
      sql: 'SELECT a.k FROM a, b WHERE a.k = b.k AND a.x > 1 AND b.y = 2',
      before: 'Project k\n  Filter k = k, x > 1, y = 2\n    Join inner\n      Scan a [k, x]\n      Scan b [k, y]',
      after:
        'Project k\n  Join inner on k = k\n    Filter x > 1\n      Scan a [k, x]\n    Filter y = 2\n      Scan b [k, y]',
    },
    {
      title: 'left: the preserved side only',
      sql: 'SELECT a.k FROM a LEFT JOIN b ON a.k = b.k AND b.y > 0 WHERE a.x > 1 AND b.y IS NULL',
      before:
        'Project k\n  Filter x > 1, y IS NULL\n    Join left on k = k, y > 0\n      Scan a [k, x]\n      Scan b [k, y]',
      after:
        'Project k\n  Filter y IS NULL\n    Join left on k = k\n      Filter x > 1\n        Scan a [k, x]\n      Filter y > 0\n        Scan b [k, y]',
    },
    {
      title: 'a predicate that may fail is not asked about rows without a partner',
      sql: 'SELECT a.k FROM a JOIN b ON a.k = b.k AND 10 / b.y > 1',
      before: 'Project k\n  Join inner on k = k, (10 / y) > 1\n    Scan a [k, x]\n    Scan b [k, y]',
      after: 'unchanged',
    },
    {
      title: 'a day before now cannot fail, though time minus interval can',
      sql: "SELECT a.x FROM a JOIN e ON a.k = e.n WHERE e.ts > now() - interval '1 day'",
      before:
        "Project x\n  Filter ts > (now() - '1 day'::interval)\n    Join inner on k = n\n      Scan a [k, x]\n      Scan e [ts, n, day, half]",
      after:
        "Project x\n  Join inner on k = n\n    Scan a [k, x]\n    Filter ts > (now() - '1 day'::interval)\n      Scan e [ts, n, day, half]",
    },
  ],
  rewrite(node, context) {
    if (node.kind === 'join') return withInputsFiltered(node, node.on, { left: [], right: [] }) ?? node;
    const { predicates, input: join } = filterStack(node);
    if (join.kind !== 'join') return node;
    const above = bySide(predicates, join, FILTERED_ABOVE[join.type]);
    const isOn = (predicate: Expr): boolean => join.type === 'inner' && isOfJoin(predicate, join);
    const { moved, rest } = splitPredicates(above.rest, isOn);
    if (rest.length === predicates.length) {
      context.note('no predicate of a preserved side that is sure not to fail');
      return node;
    }
    const result = withInputsFiltered(join, [...join.on, ...moved], above) ?? { ...join, on: [...join.on, ...moved] };
    return filtered(result, rest);
  },
});

/** The join with what it may of `on` as filters of its inputs, behind those given; null if there are none. */
function withInputsFiltered(
  join: PlanOf<'join'>,
  on: readonly Expr[],
  above: Pick<PredicatesBySide, 'left' | 'right'>,
): PlanOf<'join'> | null {
  const { left, right, rest } = bySide(on, join, FILTERED_BY_ON[join.type]);
  const [lefts, rights] = [
    [...above.left, ...left],
    [...above.right, ...right],
  ];
  if (lefts.length + rights.length === 0) return null;
  return { ...join, left: filtered(join.left, lefts), right: filtered(join.right, rights), on: rest };
}

function isOfJoin(predicate: Expr, join: PlanOf<'join'>): boolean {
  return columnsRead(predicate).size > 0 && readsOnly(predicate, columnsOf(join));
}
