import { asMillraceError, type CopyIn, type RecordBatch, type StatementResult } from '@millrace/core';
import { GuardedGenerator } from './guarded-generator.ts';
import type { Session } from './session.ts';

/** What a statement's completion does besides (commit of the implicit transaction); null = nothing. */
export type AtEnd = (() => Promise<void>) | null;

/**
 * A result whose errors fail the session's transaction, whoever pulls it; `atEnd` (commit of the implicit transaction) runs after the statement
 * completed and before its tag is given out (law 1). The session gives it up when it closes.
 */
export function guardResult(session: Session, result: StatementResult, atEnd: AtEnd): StatementResult {
  const failed = (error: unknown): Error => {
    session.transactions.onError();
    return asMillraceError(error);
  };
  const batches: AsyncGenerator<RecordBatch, void, void> = new GuardedGenerator(result.batches, {
    onError: failed,
    onEnd() {
      session.openResults.delete(batches);
    },
  });
  session.openResults.add(batches);
  return {
    isEmpty: result.isEmpty,
    columns: result.columns,
    ...(result.copy === undefined ? {} : { copy: result.copy }),
    ...(result.copyIn === undefined ? {} : { copyIn: guardedCopy(session, result.copyIn, failed) }),
    batches,
    async complete() {
      try {
        await batches.return();
        const tag = await session.running(() => result.complete());
        if (atEnd !== null) await session.running(atEnd);
        return tag;
      } catch (error) {
        throw failed(error);
      }
    },
  };
}

/** Receiving data is a call that the session's end waits for. */
function guardedCopy(session: Session, copy: CopyIn, failed: (error: unknown) => Error): CopyIn {
  return {
    ...copy,
    async receive(source) {
      try {
        await session.running(() => copy.receive(source));
      } catch (error) {
        throw failed(error);
      }
    },
  };
}

/** Gives a result out; what its reader does not take is given up when the next one is asked for. */
export async function* answer(result: StatementResult): AsyncGenerator<StatementResult, void, void> {
  try {
    yield result;
  } finally {
    await result.batches.return();
  }
}
