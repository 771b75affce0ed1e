/**
 * push-filter-into-scan: lets a table skip what a filter would drop.
 *
 *   Filter project_id = 'p1', 10 / status > 1      =>   Filter 10 / status > 1
 *     Scan events [project_id, status]                    Scan events [project_id, status] filter project_id = 'p1'
 *
 * Why not more: a scan may check its filters in any order, and some of them on whole files. So a predicate stays above if
 * - it may fail for one row and not for another (10 / status): others of the list may guard it. A predicate whose part without columns may
 *   fail (ts > now() - $1::interval) does move, unless one before it stays, which may guard it too: the scan evaluates that part once, and
 *   if it fails, checks the predicate last.
 * - it is volatile, or reads no column of the scan, or a column of an enclosing Apply;
 * - the scan has a range already: filtering before LIMIT is another question than filtering after it.
 */
import { columnsRead, type Expr, isVolatile, mayFail, mayFailPerRow } from '@millrace/core';
import { defineRule, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';

export const pushFilterIntoScan: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-into-scan',
  summary: 'Moves predicates into the scan, where files and batches can be skipped.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['scan'],
  order: 'up',
  before: ['push-limit-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a predicate that cannot fail',
      sql: 'SELECT k FROM a WHERE x > 1',
      before: 'Project k\n  Filter x > 1\n    Scan a [k, x]',
      after: 'Project k\n  Scan a [k, x] filter x > 1',
    },
    {
      title: 'a predicate that may fail stays behind its guard',
      sql: 'SELECT k FROM a WHERE 10 / x > 1',
      before: 'Project k\n  Filter (10 / x) > 1\n    Scan a [k, x]',
      after: 'unchanged',
    },
    {
      title: 'nor does one that fails for all rows pass it',
      sql: 'SELECT k FROM a WHERE 10 / x > 1 AND k > 1 / 0',
      before: 'Project k\n  Filter (10 / x) > 1, k > (1 / 0)\n    Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const scan = filter.input;
    if (scan.kind !== 'scan') return filter;
    if (scan.range !== null) {
      context.note('the scan has a range: a filter above a limit stays above it');
      return filter;
    }
    const isMovable = (predicate: Expr): boolean =>
      columnsRead(predicate).size > 0 &&
      readsOnly(predicate, scan.columns) &&
      !isVolatile(predicate) &&
      !mayFailPerRow(predicate);
    const moved: Expr[] = [];
    const rest: Expr[] = [];
    for (const predicate of filter.predicates) {
      const isGuarded = rest.length > 0 && mayFail(predicate);
      (isMovable(predicate) && !isGuarded ? moved : rest).push(predicate);
    }
    if (moved.length === 0) {
      context.note('no predicate that is sure not to fail and reads only the table');
      return filter;
    }
    return filtered({ ...scan, filters: [...scan.filters, ...moved] }, rest);
  },
});
