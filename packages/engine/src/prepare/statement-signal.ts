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

/** Aborts at the client's cancel or after statement_timeout, whichever is first. Without a timeout it is the client's signal. */
export function statementSignal(session: Session, client: AbortSignal): StatementSignal {
  const timeoutMs = Number(session.settings.get('statement_timeout'));
  if (timeoutMs === 0) {
    const explain = (error: unknown): Error => (client.aborted ? failure('queryCanceled') : asMillraceError(error));
    return { signal: client, explain, end: () => undefined };
  }
  return timedSignal(session, client, timeoutMs);
}

function timedSignal(session: Session, client: AbortSignal, timeoutMs: number): StatementSignal {
  const controller = new AbortController();
  const timer = new AbortController();
  const abort = (): void => controller.abort(client.reason);
  if (client.aborted) abort();
  client.addEventListener('abort', abort, { once: true });
  let timedOut = false;
  session.services.clock.sleep(timeoutMs, timer.signal).then(
    () => {
      timedOut = true;
      controller.abort();
    },
    () => undefined,
  );
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
