/**
 * reorder-joins: joins what is small first, and builds hash tables from the smaller side.
 *
 *   Join inner on b.k = c.k              =>   Project a.*, b.*, c.*
 *     Join inner on a.x = b.y                   Join inner on a.x = b.y
 *       Scan a   (a million rows)                 Scan a
 *       Scan b   (10 rows)                        Join inner on b.k = c.k
 *     Scan c     (1000 rows)                        Scan c
 *                                                   Scan b
 *
 * Inner joins right above each other are one set of relations and one list of predicates: any order gives the same rows. The sizes are data of
 * the scans, copied from the catalog when the statement was bound; a Project restores the order of the columns.
 *
 * Why not more: one unknown size and nothing moves, so plans do not depend on half of the truth. Other joins are leaves, since order matters to them.
 * Greedy, from the smallest on: no search, no statistics of columns. A predicate that may fail stands last, where it is evaluated for no more rows than
 * before; with a volatile one nothing moves. Rows come in another order, so sums of floats may differ in their last digits.
 */
import { isVolatile } from '@millrace/core';
import { columnExpr, columnsOf, defineRule, type LogicalPlan, type OptimizerRule } from '@millrace/planner';
import { chainOf, isSameTree, isSettled, orderChain, settle } from './shared/join-chain.ts';

export const reorderJoins: OptimizerRule<'join'> = defineRule({
  name: 'reorder-joins',
  summary: 'Joins small relations first, by the sizes that the catalog knows.',
  phase: 'prune',
  on: ['join'],
  order: 'down',
  after: ['prune-columns'],
  contract: { floats: { relative: 1e-9 } },
  examples: [
    {
      title: 'the smaller side is built from',
      sql: 'SELECT b.y, a.x FROM b JOIN a ON a.k = b.k',
      before: 'Project y, x\n  Join inner on k = k\n    Scan b [k, y]\n    Scan a [k, x]',
      after: 'Project y, x\n  Project k, y, k, x\n    Join inner on k = k\n      Scan a [k, x]\n      Scan b [k, y]',
    },
    {
      title: 'three tables',
      sql: 'SELECT a.k FROM a JOIN c ON a.k = c.k JOIN b ON b.y = c.k',
      before:
        'Project k\n  Join inner on y = k\n    Join inner on k = k\n      Scan a [k, x]\n      Scan c [k, t]\n    Scan b [k, y]',
      after:
        'Project k\n  Join inner on k = k\n    Scan a [k, x]\n    Join inner on y = k\n      Scan c [k, t]\n      Scan b [k, y]',
    },
    {
      title: 'in order already',
      sql: 'SELECT b.y, a.x FROM a JOIN b ON a.k = b.k',
      before: 'Project y, x\n  Join inner on k = k\n    Scan a [k, x]\n    Scan b [k, y]',
      after: 'unchanged',
    },
  ],
  rewrite(join, context): LogicalPlan {
    if (join.type !== 'inner' || isSettled(join)) return join;
    const chain = chainOf(join);
    if (chain.predicates.some(isVolatile)) {
      context.note('a predicate is volatile');
      return join;
    }
    const ordered = orderChain(chain);
    if (ordered === null) context.note('the size of a relation is unknown');
    if (ordered !== null && isSameTree(ordered, join)) settle(join);
    if (ordered === null || isSettled(join)) return join;
    // Where sizes tie, an order that would change again is none.
    const again = orderChain(chainOf(ordered));
    if (again === null || !isSameTree(again, ordered)) return join;
    settle(ordered);
    const columns = columnsOf(join);
    if (columnsOf(ordered).every((column, i) => column.id === columns[i]?.id)) return ordered;
    return {
      kind: 'project',
      input: ordered,
      assignments: columns.map((column) => ({ column, expr: columnExpr(column) })),
    };
  },
});
