import { failure, type ParameterValue, type StatementResult } from '@millrace/core';
import type { AstStatement } from '@millrace/planner';
import { type EnginePrepared, requireUsableTransaction } from '../prepare/prepared-statement.ts';
import type { Session } from '../session/session.ts';
import { runCall } from './call.ts';
import { runCreateTable, runDropTable } from './ddl.ts';
import { runExplain } from './explain.ts';
import { runPlanned } from './planned.ts';
import { executedStatement, runDeallocate, runDiscard, runPrepare } from './prepared-sql.ts';
import { commandResult, emptyResult } from './results.ts';
import { runReset, runSet, runShow } from './settings.ts';
import { runSetTransaction, runTransactionStatement } from './transaction-control.ts';

/** What a statement gets besides itself. */
export interface RunContext {
  readonly session: Session;
  readonly prepared: EnginePrepared;
  readonly parameters: readonly ParameterValue[];
  readonly signal: AbortSignal;
}

/** Runs one statement of any kind inside the session's transaction (an implicit one is opened where it is needed). */
export async function runStatement(
  session: Session,
  prepared: EnginePrepared,
  parameters: readonly ParameterValue[],
  signal: AbortSignal,
): Promise<StatementResult> {
  if (prepared.parsed === null) return emptyResult();
  const { statement } = prepared.parsed;
  requireUsableTransaction(session, statement);
  signal.throwIfAborted();
  if (statement.kind !== 'transaction') session.transactions.ensure();
  return dispatch({ session, prepared, parameters, signal }, statement);
}

async function dispatch(context: RunContext, statement: AstStatement): Promise<StatementResult> {
  const { session } = context;
  switch (statement.kind) {
    case 'query':
    case 'insert':
      return runPlanned(context);
    case 'explain':
      return runExplain(context, statement);
    case 'create-table':
      return runCreateTable(session, statement);
    case 'drop-table':
      return runDropTable(session, statement);
    case 'set':
      return runSet(session, statement);
    case 'show':
      return runShow(session, statement.name);
    case 'reset':
      return runReset(session, statement.name);
    case 'transaction':
      return commandResult(await runTransactionStatement(session, statement));
    case 'set-transaction':
      runSetTransaction(session, statement);
      return commandResult('SET');
    case 'checkpoint':
      await session.services.transactionStore.flush();
      await session.shared.commits.settle();
      return commandResult('CHECKPOINT');
    case 'call':
      return runCall(context, statement);
    case 'prepare':
      return runPrepare(session, statement);
    case 'execute': {
      const { prepared, parameters } = executedStatement(session, statement);
      return runStatement(session, prepared, parameters, context.signal);
    }
    case 'deallocate':
      return runDeallocate(session, statement.name);
    case 'discard':
      return runDiscard(session, statement.what);
    case 'unsupported':
      throw failure('notSupported', { feature: statement.feature });
    default:
      return statement satisfies never;
  }
}
