import { failure } from '@millrace/core';
import { BodyReader } from './body-reader.ts';
import type { Incoming } from './channel.ts';
import type { ClientSession } from './client-session.ts';
import { writeError } from './errors.ts';
import { handleBind, handleClose, handleDescribe, handleExecute, handleParse } from './extended-query.ts';
import { writeNotices, writeReadyForQuery, writeReports } from './message-writer.ts';
import { handleQuery } from './simple-query.ts';

type ExtendedHandler = (client: ClientSession, body: Uint8Array) => Promise<void> | void;

/** Messages after whose failure everything up to Sync is skipped. */
const EXTENDED: Readonly<Record<string, ExtendedHandler>> = {
  P: handleParse,
  B: handleBind,
  D: handleDescribe,
  C: handleClose,
  E: handleExecute,
  H: handleFlush,
};

/**
 * Serves an open session, strictly in the order of its messages, until Terminate, the end of the connection, a broken message or a stop.
 * Errors are answered as PostgreSQL does: in the simple protocol with ErrorResponse and ReadyForQuery, in the extended one with ErrorResponse and
 * silence until Sync.
 */
export async function serveMessages(client: ClientSession): Promise<void> {
  const { channel } = client;
  let isSkipping = false;
  for (;;) {
    const incoming = await channel.nextMessage();
    if (channel.isGone) return;
    if (incoming.kind !== 'message') return sayGoodbye(client, incoming);
    const { type, body } = incoming;
    if (type === 'X') return;
    if (type === 'S') {
      isSkipping = false;
      await answer(client, () => handleSync(client, body));
    } else if (isSkipping || type === 'd' || type === 'c' || type === 'f') {
      // COPY messages outside COPY are left over from one that failed.
    } else if (type === 'Q') {
      await answer(client, () => handleQuery(client, body));
    } else if (type === 'F') {
      await answer(client, () => Promise.reject(failure('notSupported', { feature: 'the function call protocol' })));
    } else {
      isSkipping = !(await attempt(client, EXTENDED[type]!, body));
    }
  }
}

/** The last word, if there is one. */
function sayGoodbye(client: ClientSession, reason: Exclude<Incoming, { readonly kind: 'message' }>): void {
  const error = reason.kind === 'stopped' ? failure('adminShutdown') : reason.kind === 'refused' ? reason.error : null;
  if (error !== null) writeError(client.channel.out, error, 'FATAL');
}

/** Runs what ends with ReadyForQuery. */
async function answer(client: ClientSession, step: () => Promise<void>): Promise<void> {
  const { channel, session } = client;
  try {
    await step();
  } catch (error) {
    await reportError(client, error);
    await session.sync().catch((failed: unknown) => writeError(channel.out, failed, 'ERROR'));
  }
  if (channel.isRefused) return;
  if (session.status === 'idle') await client.portals.closeAll();
  writeNotices(channel.out, session);
  writeReports(channel.out, session);
  writeReadyForQuery(channel.out, session);
  await channel.flush();
}

/** Runs a message of the extended protocol; false if it failed. */
async function attempt(client: ClientSession, handler: ExtendedHandler, body: Uint8Array): Promise<boolean> {
  try {
    await handler(client, body);
    return true;
  } catch (error) {
    await reportError(client, error);
    await client.channel.flush();
    return false;
  }
}

async function reportError(client: ClientSession, error: unknown): Promise<void> {
  const { channel, session } = client;
  client.metrics.count('pgwire_errors');
  session.fail();
  await client.portals.failAll();
  writeNotices(channel.out, session);
  writeError(channel.out, error, 'ERROR');
}

async function handleFlush(client: ClientSession, body: Uint8Array): Promise<void> {
  new BodyReader(body).end();
  await client.channel.flush();
}

/** Law 1: the ReadyForQuery after this leaves when what was pipelined is on disk. */
async function handleSync(client: ClientSession, body: Uint8Array): Promise<void> {
  new BodyReader(body).end();
  if (client.session.status === 'idle') await client.portals.closeAll();
  const abort = new AbortController();
  await client.running.run(abort, () => client.session.sync(abort.signal));
}
