import { failure, type StatementResult } from '@millrace/core';
import { requireAllowed } from '../prepare/plan-statement.ts';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import { currentPlan } from '../prepare/prepared-statement.ts';
import { runPlan } from '../prepare/run-plan.ts';
import { commandResult, tagOf } from './results.ts';
import type { RunContext } from './run-statement.ts';

/** Queries stream; an INSERT is run to its end here, and its rows wait in the transaction. */
export async function runPlanned(context: RunContext): Promise<StatementResult> {
  const { session, prepared, parameters, parameterRows, signal } = context;
  const plan = currentPlan(session, prepared);
  requireAllowed(session, plan);
  const planNow = (): PreparedPlan => {
    const now = currentPlan(session, prepared);
    if (parameterRows === undefined || now === plan) return now;
    // The rows were read as the columns that the table had.
    throw failure('serializationFailure', { message: 'the table of an INSERT was changed by another session' });
  };
  const running = await runPlan(session, planNow, { parameters, parameterRows, signal });
  if (plan.isWrite) {
    for await (const _ of running.batches);
    return commandResult(`INSERT 0 ${running.rowsWritten()}`);
  }
  return {
    isEmpty: false,
    columns: plan.columns ?? [],
    batches: running.batches,
    complete: async () => tagOf('SELECT', true),
  };
}
