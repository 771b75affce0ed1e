import { asMillraceError, type RecordBatch, type StatementResult } from '@millrace/core';
import type { Session } from './session.ts';

/**
 * A result whose errors fail the session's transaction, whoever pulls it; `atEnd` (commit of the implicit transaction) runs after the statement
 * completed and before its tag is given out (law 1).
 */
export function guardResult(
  session: Session,
  result: StatementResult,
  atEnd: (() => Promise<void>) | null,
): StatementResult {
  const failed = (error: unknown): Error => {
    session.transactions.onError();
    return asMillraceError(error);
  };
  async function* batches(): AsyncGenerator<RecordBatch, void, void> {
    try {
      yield* result.batches;
    } catch (error) {
      throw failed(error);
    }
  }
  return {
    isEmpty: result.isEmpty,
    columns: result.columns,
    batches: batches(),
    async complete() {
      try {
        const tag = await result.complete();
        if (atEnd !== null) await atEnd();
        return tag;
      } catch (error) {
        throw failed(error);
      }
    },
  };
}
