import { asMillraceError, failure } from '@millrace/core';
import type { Session } from '../session/session.ts';

/** The signal of one statement: the client's cancel, or statement_timeout. */
export interface StatementSignal {
  readonly signal: AbortSignal;
  /** The error to report: 57014 with the reason why it was aborted. */
  explain(error: unknown): Error;
  /** Stops the timer. */
  end(): void;
}

/** Aborts at the client's cancel or after statement_timeout, whichever is first. */
export function statementSignal(session: Session, client: AbortSignal): StatementSignal {
  const timeoutMs = Number(session.settings.get('statement_timeout'));
  const controller = new AbortController();
  const timer = new AbortController();
  const abort = (): void => controller.abort(client.reason);
  if (client.aborted) abort();
  client.addEventListener('abort', abort, { once: true });
  let timedOut = false;
  if (timeoutMs > 0) {
    session.services.clock.sleep(timeoutMs, timer.signal).then(
      () => {
        timedOut = true;
        controller.abort();
      },
      () => undefined,
    );
  }
  return {
    signal: controller.signal,
    explain(error) {
      if (!controller.signal.aborted) return asMillraceError(error);
      return timedOut ? failure('statementTimeout') : failure('queryCanceled');
    },
    end() {
      timer.abort();
      client.removeEventListener('abort', abort);
    },
  };
}
