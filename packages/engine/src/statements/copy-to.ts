import type { StatementResult } from '@millrace/core';
import type { CopyTo } from '../prepare/copied-query.ts';
import { currentPlan } from '../prepare/prepared-statement.ts';
import { runPlan } from '../prepare/run-plan.ts';
import { copyFormatOf } from './copy-options.ts';
import { tagOf } from './results.ts';
import type { RunContext } from './run-statement.ts';

/** COPY ... TO STDOUT: the query's rows, to be framed by the protocol. */
export async function runCopyTo(context: RunContext, copy: CopyTo): Promise<StatementResult> {
  const { session, prepared, signal } = context;
  const { columns } = currentPlan(session, prepared);
  const names = (columns ?? []).map(({ name }) => name);
  const format = copyFormatOf(copy.options, names, copy.table?.parts.at(-1) ?? null);
  const running = await runPlan(session, () => currentPlan(session, prepared), { parameters: [], signal });
  return {
    isEmpty: false,
    columns: columns ?? [],
    copy: format,
    batches: running.batches,
    complete: async () => tagOf('COPY', true),
  };
}
