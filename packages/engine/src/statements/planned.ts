import { batchByteLength, failure, type RecordBatch, type StatementResult } from '@millrace/core';
import { requireAllowed } from '../prepare/plan-statement.ts';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import { currentPlan } from '../prepare/prepared-statement.ts';
import { type RunningPlan, runPlan } from '../prepare/run-plan.ts';
import { GuardedGenerator } from '../session/guarded-generator.ts';
import type { Session } from '../session/session.ts';
import { commandResult, tagOf } from './results.ts';
import type { RunContext } from './run-statement.ts';

/** Queries stream; an INSERT is run to its end, and its rows wait in the transaction. */
export async function runPlanned(context: RunContext): Promise<StatementResult> {
  const { session, prepared, parameters, parameterRows, signal } = context;
  const before = prepared.plan;
  const planNow = (): PreparedPlan => {
    const now = currentPlan(session, prepared);
    if (parameterRows === undefined || now === before) return now;
    // The rows were read as the columns that the table had.
    throw failure('serializationFailure', { message: 'the table of an INSERT was changed by another session' });
  };
  const plan = planNow();
  requireAllowed(session, plan);
  const running = await runPlan(session, planNow, { parameters, parameterRows, signal });
  if (plan.isWrite) return runInsert(session, plan, running);
  return {
    isEmpty: false,
    columns: plan.columns ?? [],
    batches: running.batches,
    complete: async () => tagOf('SELECT', true),
  };
}

/** As in PostgreSQL the insert is over before its first row is given out, however many a portal asks for: RETURNING's rows are kept. */
async function runInsert(session: Session, { columns }: PreparedPlan, running: RunningPlan): Promise<StatementResult> {
  const kept: RecordBatch[] = [];
  const memory = session.services.memory.reserve(0);
  try {
    for await (const batch of running.batches) {
      memory.resize(memory.bytes + batchByteLength(batch));
      kept.push(batch);
    }
  } catch (error) {
    memory.release();
    throw error;
  }
  const tag = `INSERT 0 ${running.rowsWritten()}`;
  if (columns === null) {
    memory.release();
    return commandResult(tag);
  }
  const batches = new GuardedGenerator(oneByOne(kept), { onEnd: () => memory.release() });
  return { isEmpty: false, columns, batches, complete: async () => tagOf(tag) };
}

async function* oneByOne(batches: readonly RecordBatch[]): AsyncGenerator<RecordBatch, void, void> {
  yield* batches;
}
