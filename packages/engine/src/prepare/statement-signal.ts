import { asMillraceError, failure, MillraceError } from '@millrace/core';
import type { Session } from '../session/session.ts';

/** The signal of one statement: the client's cancel, or statement_timeout. */
export interface StatementSignal {
  readonly signal: AbortSignal;
  /** Runs a part of the statement; statement_timeout counts the time of all its parts, not what passes between them. */
  during<T>(part: () => Promise<T>): Promise<T>;
  /** The error to report: why it was aborted (57014, 57P01), if it was. */
  explain(error: unknown): Error;
}

/**
 * Aborts at the client's cancel or when the statement has run for statement_timeout, whichever is first. A suspended portal does not run, so a
 * client that fetches slowly is not timed out. Without a timeout it is the client's signal.
 */
export function statementSignal(session: Session, client: AbortSignal): StatementSignal {
  const timeoutMs = Number(session.settings.get('statement_timeout'));
  if (timeoutMs !== 0) return timedSignal(session, client, timeoutMs);
  return {
    signal: client,
    during: (part) => part(),
    explain: (error) => (client.aborted ? reasonOf(client) : asMillraceError(error)),
  };
}

/** What whoever aborted said, or 57014. */
function reasonOf(signal: AbortSignal): MillraceError {
  return signal.reason instanceof MillraceError ? signal.reason : failure('queryCanceled');
}

function timedSignal(session: Session, client: AbortSignal, timeoutMs: number): StatementSignal {
  const { clock } = session.services;
  const controller = new AbortController();
  let leftMs = timeoutMs;
  return {
    signal: controller.signal,
    async during(part) {
      const timer = new AbortController();
      const abort = (): void => controller.abort(reasonOf(client));
      if (client.aborted) abort();
      else client.addEventListener('abort', abort, { once: true });
      clock.sleep(Math.max(1, leftMs), timer.signal).then(
        () => controller.abort(failure('statementTimeout')),
        () => undefined,
      );
      const startMs = clock.monotonicMs();
      try {
        return await part();
      } finally {
        leftMs -= clock.monotonicMs() - startMs;
        timer.abort();
        client.removeEventListener('abort', abort);
      }
    },
    explain: (error) => (controller.signal.aborted ? reasonOf(controller.signal) : asMillraceError(error)),
  };
}

/** Waits for work that cannot be stopped (a flush); gives up waiting, not the work, when the statement is aborted. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}
