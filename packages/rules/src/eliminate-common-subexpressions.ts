/**
 * eliminate-common-subexpressions: computes once what is written several times.
 *
 *   Project lower(t) AS a, length(lower(t)) AS b        =>   Project common AS a, length(common) AS b
 *     Scan c [t]                                               Project lower(t) AS common
 *                                                                Scan c [t]
 *
 * In the lists of a Project, an Aggregate and a Filter; above a Filter another Project drops the column again. Runs in the last phase, when no rule
 * moves filters or merges projections any more.
 *
 * Why not more: an expression comes out only if every row evaluates it at one of its places. In a branch of CASE, behind the first operand of AND,
 * OR and COALESCE, in a predicate that is not the first of its list, and below an aggregate's FILTER it is guarded: there it may not be evaluated at
 * all, and might fail. What is volatile is evaluated as often as it is written. Across nodes nothing is shared; over VALUES nothing is gained.
 */
import { defineRule, exprsOf, type LogicalPlan, type OptimizerRule } from '@millrace/planner';
import { commonSubexpressions, type Site } from './shared/common-subexpressions.ts';
import { type ComputingNode, overCommon } from './shared/over-common.ts';

export const eliminateCommonSubexpressions: OptimizerRule<'project' | 'aggregate' | 'filter'> = defineRule({
  name: 'eliminate-common-subexpressions',
  summary: 'Computes once what a list of expressions says several times.',
  phase: 'finish',
  on: ['project', 'aggregate', 'filter'],
  order: 'down',
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a call in two columns',
      sql: 'SELECT lower(t) AS a, length(lower(t)) AS b FROM c',
      before: 'Project lower(t) AS a, length(lower(t)) AS b\n  Scan c [k, t]',
      after: 'Project common AS a, length(common) AS b\n  Project lower(t) AS common\n    Scan c [k, t]',
    },
    {
      title: 'a filter hands on the columns that it got',
      sql: 'SELECT k FROM a WHERE 10 / x > 1 AND 10 / x < 5',
      before: 'Project k\n  Filter (10 / x) > 1, (10 / x) < 5\n    Scan a [k, x]',
      after:
        'Project k\n  Project k, x\n    Filter common > 1, common < 5\n      Project k, x, 10 / x AS common\n        Scan a [k, x]',
    },
    {
      title: 'a guard stays in front of what it guards',
      sql: 'SELECT CASE WHEN x > 0 THEN 10 / x ELSE 0 END AS a, x > 0 AND 10 / x > 1 AS b FROM a',
      before: 'Project CASE WHEN x > 0 THEN 10 / x ELSE 0 END AS a, (x > 0) AND ((10 / x) > 1) AS b\n  Scan a [k, x]',
      after: 'unchanged',
    },
    {
      title: 'each call of a volatile function is one',
      sql: 'SELECT random() + k AS a, random() + k AS b FROM a',
      before: 'Project random() + k::double precision AS a, random() + k::double precision AS b\n  Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(node, context) {
    let result: LogicalPlan = node;
    // What comes out may leave other expressions standing several times: those that stood inside it as well. (A Filter's are seen on the way down.)
    while (result.kind === node.kind && result.input.kind !== 'values') {
      const common = commonSubexpressions(sitesOf(result as ComputingNode));
      if (common.length === 0) break;
      result = overCommon(result as ComputingNode, common, context);
    }
    return result;
  },
});

/** The node's expressions. What stands behind a first predicate or a FILTER is guarded by it. */
function sitesOf(node: ComputingNode): readonly Site[] {
  if (node.kind === 'filter') return node.predicates.map((expr, i) => ({ expr, isGuarded: i > 0 }));
  if (node.kind === 'project') return exprsOf(node).map((expr) => ({ expr, isGuarded: false }));
  return node.aggregations.flatMap(({ args, filter, orderBy }): readonly Site[] => [
    ...[...args, ...orderBy.map((key) => key.expr)].map((expr) => ({ expr, isGuarded: filter !== null })),
    ...(filter === null ? [] : [{ expr: filter, isGuarded: false }]),
  ]);
}
