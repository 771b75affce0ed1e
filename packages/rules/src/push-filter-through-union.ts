/**
 * push-filter-through-union: filters each input of a UNION ALL.
 *
 *   Filter k > 1               Union
 *     Union              =>      Filter k > 1
 *       Scan a                     Scan a
 *       Scan b                   Filter k > 1
 *                                  Scan b
 *
 * Every row of every input is asked once, as before, so a predicate may fail as before. A column is the input's column at its position.
 *
 * Why not more: a volatile predicate stays, because it would stand in several places; one that reads an outer row stays on top, where
 * decorrelation looks for it; one that may fail does not pass one that stays.
 */
import { replaceColumns } from '@millrace/core';
import { columnExpr, columnsOf, defineRule, filtered, type OptimizerRule, readsOnly } from '@millrace/planner';
import { filterStack, splitPredicates } from './shared/move-predicates.ts';

export const pushFilterThroughUnion: OptimizerRule<'filter'> = defineRule({
  name: 'push-filter-through-union',
  summary: 'Filters each input of a UNION ALL.',
  phase: 'pushdown',
  on: ['filter'],
  needs: ['union'],
  order: 'down',
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'columns by position',
      sql: 'SELECT * FROM (SELECT k, x FROM a UNION ALL SELECT y, k FROM b) s WHERE x > 1',
      before:
        'Project k, x\n  Filter x > 1\n    Union all [k, x]\n      Project k, x\n        Scan a [k, x]\n      Project y, k\n        Scan b [k, y]',
      after:
        'Project k, x\n  Union all [k, x]\n    Filter x > 1\n      Project k, x\n        Scan a [k, x]\n    Filter k > 1\n      Project y, k\n        Scan b [k, y]',
    },
    {
      title: 'a volatile predicate',
      sql: 'SELECT * FROM (SELECT k FROM a UNION ALL SELECT k FROM b) s WHERE random() < 0.5',
      before:
        "Project k\n  Filter random() < '0.5'::numeric::double precision\n    Union all [k]\n      Project k\n        Scan a [k, x]\n      Project k\n        Scan b [k, y]",
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const { predicates, input: union } = filterStack(filter);
    if (union.kind !== 'union') return filter;
    const { moved, rest } = splitPredicates(predicates, (predicate) => readsOnly(predicate, union.columns));
    if (moved.length === 0) {
      context.note('the predicates are volatile or read an outer row');
      return filter;
    }
    const inputs = union.inputs.map((input) => {
      const columns = columnsOf(input);
      const sources = new Map(union.columns.map((column, i) => [column.id, columns[i]]));
      const below = moved.map((predicate) =>
        replaceColumns(predicate, (id) => {
          const source = sources.get(id);
          return source === undefined ? undefined : columnExpr(source);
        }),
      );
      return filtered(input, below);
    });
    return filtered({ ...union, inputs }, rest);
  },
});
