import { failure, type Limits, type Metrics, type QuerySession } from '@millrace/core';
import type { Channel } from './channel.ts';
import { PortalSet } from './portal.ts';

/** What the handlers of one session's messages share. */
export interface ClientSession {
  readonly channel: Channel;
  readonly session: QuerySession;
  readonly portals: PortalSet;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly running: RunningStatement;
}

/** The statement that a CancelRequest means: the one that runs at that moment, if any. */
export class RunningStatement {
  #current: AbortController | null = null;

  /** Runs a step during which `abort` is what a cancel reaches. */
  async run<T>(abort: AbortController, step: () => Promise<T>): Promise<T> {
    this.#current = abort;
    try {
      return await step();
    } finally {
      this.#current = null;
    }
  }

  /** CancelRequest: 57014. Without a running statement nothing happens, and the next one is not affected. */
  cancel(): void {
    this.#current?.abort(failure('queryCanceled'));
  }

  /** The client is gone or the server goes: whatever runs stops. */
  terminate(): void {
    this.#current?.abort(failure('adminShutdown'));
  }
}

/** A session that was admitted, without portals yet. */
export function createClientSession(
  channel: Channel,
  session: QuerySession,
  context: { readonly metrics: Metrics; readonly limits: Limits; readonly running: RunningStatement },
): ClientSession {
  return { channel, session, portals: new PortalSet(context.limits.portalsMax), ...context };
}
