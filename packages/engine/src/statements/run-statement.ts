import {
  asMillraceError,
  type CopyIn,
  failure,
  type ParameterValue,
  type ResultColumn,
  type StatementResult,
  withWhere,
} from '@millrace/core';
import type { ParameterRows } from '@millrace/exec';
import type { AstStatement } from '@millrace/planner';
import { type EnginePrepared, requireUsableTransaction, sameShape } from '../prepare/prepared-statement.ts';
import { type StatementSignal, statementSignal, unlessAborted } from '../prepare/statement-signal.ts';
import { GuardedGenerator } from '../session/guarded-generator.ts';
import type { Session } from '../session/session.ts';
import { runCall } from './call.ts';
import { runCopyFrom } from './copy-from.ts';
import { runCopyTo } from './copy-to.ts';
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
  /** Rows that were lifted out of the text of an INSERT. */
  readonly parameterRows?: ParameterRows | undefined;
  readonly signal: AbortSignal;
}

/**
 * Runs one statement of any kind inside the session's transaction (an implicit one is opened where it is needed), until the client cancels it or it
 * has run for statement_timeout. A COMMIT that is under way is not cancelled: what the log has, happened.
 */
export async function runStatement(
  session: Session,
  prepared: EnginePrepared,
  parameters: readonly ParameterValue[],
  client: AbortSignal,
  parameterRows?: ParameterRows,
): Promise<StatementResult> {
  if (prepared.parsed === null) return emptyResult();
  const { statement } = prepared.parsed;
  requireUsableTransaction(session, statement);
  if (statement.kind === 'transaction') return dispatch({ session, prepared, parameters, signal: client }, statement);
  const { signal, during, explain } = statementSignal(session, client);
  try {
    client.throwIfAborted();
    session.transactions.ensure();
    const result = await during(() => dispatch({ session, prepared, parameters, parameterRows, signal }, statement));
    if (result.copyIn !== undefined) return { ...result, copyIn: timedCopy(result.copyIn, { during, explain }) };
    if (result.columns === null) return result;
    return { ...result, batches: new GuardedGenerator(result.batches, { during, onError: explain }) };
  } catch (error) {
    throw explain(error);
  }
}

/** The time in which a client sends its data is the statement's, as in PostgreSQL. */
function timedCopy(copy: CopyIn, { during, explain }: Pick<StatementSignal, 'during' | 'explain'>): CopyIn {
  return {
    ...copy,
    receive: (source) =>
      during(() => copy.receive(source)).catch((error: unknown) => {
        const known = explain(error);
        throw withWhere(asMillraceError(known), asMillraceError(error).info.where);
      }),
  };
}

async function dispatch(context: RunContext, statement: AstStatement): Promise<StatementResult> {
  const { session } = context;
  switch (statement.kind) {
    case 'query':
    case 'insert':
      return runPlanned(context);
    case 'copy-from':
      return runCopyFrom(context, statement);
    case 'copy-to':
      return runCopyTo(context, statement);
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
      return commandResult(await runTransactionStatement(session, statement, context.signal));
    case 'set-transaction':
      runSetTransaction(session, statement);
      return commandResult('SET');
    case 'checkpoint':
      await unlessAborted(session.services.transactionStore.flush(), context.signal);
      await unlessAborted(session.shared.commits.settle(), context.signal);
      return commandResult('CHECKPOINT');
    case 'call':
      return runCall(context, statement);
    case 'prepare':
      return runPrepare(session, statement);
    case 'execute': {
      const { prepared, parameters } = executedStatement(session, statement);
      return runNamed({ ...context, prepared, parameters }, context.prepared.columns);
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

/** What EXECUTE names; 0A000 if its rows are not those that were described when the EXECUTE itself was prepared. */
async function runNamed(context: RunContext, described: readonly ResultColumn[] | null): Promise<StatementResult> {
  const { parsed } = context.prepared;
  if (parsed === null) return emptyResult();
  if (!sameShape(context.prepared.columns, described)) throw failure('cachedPlanChanged');
  return dispatch(context, parsed.statement);
}
