/**
 * prune-columns: reads and carries only the columns that somebody above needs.
 *
 *   Aggregate by name: count(*) AS n                =>   Aggregate by name: count(*) AS n
 *     Scan events [ts, name, attrs] filter ts > $1         Scan events [name] filter ts > $1
 *                                                          (ts is read for the filter, not produced)
 *
 * Starts at the nodes that need less than their input produces: Project, Aggregate, Insert and Apply; goes down through everything that
 * hands columns on. Aggregations, assignments, window functions and scalar subqueries that nobody reads go too, and with them the errors
 * they would raise; a window without functions goes as a whole.
 *
 * Why not more: never the root's columns. Not through Distinct, whose rows are what all columns say, nor through an Extension, whose
 * needs are unknown. GROUP BY columns stay, since they decide which rows there are, and so do those that a window partitions and orders
 * by. No node is added, except a Project over an input of a Union, where columns go by position.
 */
import { columnIdsOf, defineRule, type OptimizerRule } from '@millrace/planner';
import { narrow } from './shared/narrow-columns.ts';

export const pruneColumns: OptimizerRule<'project' | 'aggregate' | 'insert' | 'apply'> = defineRule({
  name: 'prune-columns',
  summary: 'Reads and carries only the columns that are needed above.',
  phase: 'prune',
  on: ['project', 'aggregate', 'insert', 'apply'],
  order: 'down',
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a scan below a projection',
      sql: 'SELECT k FROM a',
      before: 'Project k\n  Scan a [k, x]',
      after: 'Project k\n  Scan a [k]',
    },
    {
      title: 'all columns are distinct columns',
      sql: 'SELECT DISTINCT k, x FROM a',
      before: 'Distinct\n  Project k, x\n    Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite: (node) => narrow(node, columnIdsOf(node)),
});
