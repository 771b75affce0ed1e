import { type CompiledExpr, compileExpr, failure, valueAt } from '@millrace/core';
import type { RowRange } from '@millrace/planner';
import type { TaskContext } from '../run/task-context.ts';
import { rowInput } from './inputs.ts';

/** LIMIT and OFFSET as numbers of rows; `fetch` null = no limit. */
export interface RowCounts {
  readonly skip: number;
  readonly fetch: number | null;
}

/** Evaluates a range once per execution. Throws 2201X for a negative OFFSET, 2201W for a negative LIMIT (in that order, as PostgreSQL). */
export function compileRange(range: RowRange | null): (task: TaskContext) => RowCounts {
  const skip = range?.skip == null ? null : compileExpr(range.skip);
  const fetch = range?.fetch == null ? null : compileExpr(range.fetch);
  return (task) => {
    const skipRows = count(skip, task);
    if (skipRows !== null && skipRows < 0) throw failure('negativeOffset');
    const fetchRows = count(fetch, task);
    if (fetchRows !== null && fetchRows < 0) throw failure('negativeLimit');
    return { skip: skipRows ?? 0, fetch: fetchRows };
  };
}

/** Beyond 2^53 rows precision does not matter: no execution gets there. */
function count(expr: CompiledExpr | null, task: TaskContext): number | null {
  if (expr === null) return null;
  const value = valueAt(expr(rowInput(task.outer), task.evaluation), 0);
  return value === null ? null : Number(value as bigint | number);
}
