/**
 * eliminate-outer-join: drops the rows that an outer join adds where nothing above lets them through.
 *
 *   Filter b.y > 1                  =>   Filter b.y > 1
 *     Join left on b.k = a.k               Join inner on b.k = a.k
 *       Scan a                               Scan a
 *       Scan b                               Scan b
 *
 * A left join adds rows with NULLs on its right, a right join on its left, a full join both. A predicate that is not TRUE for such a row, whatever the other
 * side holds, drops all of them: left and right joins become inner, full ones left, right or inner. The same below another join whose `on` drops
 * them, on a side whose rows it does not keep without a partner.
 *
 * Why not more: in doubt (CASE, functions that are not strict) the rows may pass. With a volatile predicate around, the rows it
 * is called for would change. Rows that a Project in between computes from NULLs are not followed; filters are pushed through Projects first.
 */
import { type Expr, isVolatile } from '@millrace/core';
import { columnIdsOf, defineRule, type JoinType, type LogicalPlan, type OptimizerRule } from '@millrace/planner';
import { rejectsNulls } from './shared/null-rejecting.ts';

export const eliminateOuterJoin: OptimizerRule<'filter' | 'join'> = defineRule({
  name: 'eliminate-outer-join',
  summary: 'Makes outer joins inner where the rows they add are dropped above.',
  phase: 'pushdown',
  on: ['filter', 'join'],
  needs: ['join'],
  order: 'down',
  before: ['push-filter-into-join'],
  examples: [
    {
      title: 'a left join whose right side is compared',
      sql: 'SELECT a.k FROM a LEFT JOIN b ON a.k = b.k WHERE b.y > 1',
      before: 'Project k\n  Filter y > 1\n    Join left on k = k\n      Scan a [k, x]\n      Scan b [k, y]',
      after: 'Project k\n  Filter y > 1\n    Join inner on k = k\n      Scan a [k, x]\n      Scan b [k, y]',
    },
    {
      title: 'a full join of which one side must be there',
      sql: 'SELECT a.k FROM a FULL JOIN b ON a.k = b.k WHERE b.y IS NOT NULL',
      before: 'Project k\n  Filter y IS NOT NULL\n    Join full on k = k\n      Scan a [k, x]\n      Scan b [k, y]',
      after: 'Project k\n  Filter y IS NOT NULL\n    Join right on k = k\n      Scan a [k, x]\n      Scan b [k, y]',
    },
    {
      title: 'NULLs pass',
      sql: 'SELECT a.k FROM a LEFT JOIN b ON a.k = b.k WHERE coalesce(b.y, 2) > 1',
      before:
        'Project k\n  Filter COALESCE(y, 2) > 1\n    Join left on k = k\n      Scan a [k, x]\n      Scan b [k, y]',
      after: 'unchanged',
    },
  ],
  rewrite(node): LogicalPlan {
    if (node.kind === 'filter') {
      const input = strengthened(node.input, node.predicates);
      return input === node.input ? node : { ...node, input };
    }
    const { type } = node;
    const left = type === 'inner' || type === 'semi' || type === 'right' ? strengthened(node.left, node.on) : node.left;
    const right = type === 'right' || type === 'full' ? node.right : strengthened(node.right, node.on);
    return left === node.left && right === node.right ? node : { ...node, left, right };
  },
});

/** The join without the rows that cannot pass the predicates. */
function strengthened(plan: LogicalPlan, predicates: readonly Expr[]): LogicalPlan {
  if (plan.kind !== 'join' || predicates.some(isVolatile)) return plan;
  const drops = (side: LogicalPlan): boolean => {
    const ids = columnIdsOf(side);
    return predicates.some((predicate) => rejectsNulls(predicate, ids));
  };
  const type = withoutNulls(
    plan.type,
    () => drops(plan.left),
    () => drops(plan.right),
  );
  return type === plan.type ? plan : { ...plan, type };
}

/** The type of the join whose rows with NULLs on the left (`noLeft`), on the right (`noRight`) are not wanted. */
function withoutNulls(type: JoinType, noLeft: () => boolean, noRight: () => boolean): JoinType {
  switch (type) {
    case 'left':
      return noRight() ? 'inner' : 'left';
    case 'right':
      return noLeft() ? 'inner' : 'right';
    case 'full':
      return noLeft() ? (noRight() ? 'inner' : 'left') : noRight() ? 'right' : 'full';
    case 'inner':
    case 'semi':
    case 'anti':
      return type;
    default:
      return type satisfies never;
  }
}
