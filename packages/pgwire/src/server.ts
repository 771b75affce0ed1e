import {
  type Clock,
  type Connection,
  failure,
  LIMITS,
  type Limits,
  type ListenAddress,
  type Listener,
  type Metrics,
  type QueryHandler,
  type Random,
} from '@millrace/core';
import type { Authentication } from './authentication.ts';
import { createCancelRegistry } from './cancel-registry.ts';
import { Channel } from './channel.ts';
import { createClientSession, RunningStatement } from './client-session.ts';
import { type HandshakeContext, handshake } from './handshake.ts';
import { serveMessages } from './message-loop.ts';

/** What `servePgwire` is told. */
export interface PgwireOptions {
  readonly listener: Listener;
  readonly address: ListenAddress;
  readonly handler: QueryHandler;
  readonly clock: Clock;
  readonly random: Random;
  /** Counts `pgwire_queries`, `pgwire_parses`, `pgwire_executes`, `pgwire_rows_sent`, `pgwire_errors`, `pgwire_bytes_received`, `pgwire_bytes_sent`; gauge `pgwire_sessions`. */
  readonly metrics: Metrics;
  readonly limits?: Partial<Limits>;
  readonly authentication: Authentication;
}

/** A server at work. */
export interface PgwireServer {
  /** Where it listens; the port is the real one. */
  readonly address: ListenAddress;
  /**
   * Stops accepting; idle clients hear 57P01 at once, busy ones after their running statement; what is still there after `deadlineMs` (default
   * 10,000) is cancelled and cut. Resolves when every session is closed.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>;
}

interface Client {
  readonly done: Promise<void>;
  stop(): void;
  kill(): void;
}

/** Serves the PostgreSQL protocol (3.0 and 3.2) on an address. Rejects with the listener's error if it cannot listen. */
export async function servePgwire(options: PgwireOptions): Promise<PgwireServer> {
  const limits: Limits = { ...LIMITS, ...options.limits };
  const clients = new Set<Client>();
  let sessionCount = 0;
  let isClosing = false;
  const cancels = createCancelRegistry();
  const countSessions = (by: 1 | -1): void => {
    sessionCount += by;
    options.metrics.gauge('pgwire_sessions', sessionCount);
  };
  const freeSlot = (): void => countSessions(-1);
  const context: HandshakeContext = {
    handler: options.handler,
    authentication: options.authentication,
    cancels,
    randomBytes: (length) => options.random.bytes(length),
    takeSlot: () => {
      if (isClosing) throw failure('shuttingDown');
      if (sessionCount >= limits.connectionsMax) throw failure('tooManyConnections');
      countSessions(1);
      return freeSlot;
    },
  };
  const accept = (connection: Connection): void => {
    // Clients that have not said who they are get as much room again as sessions; beyond that there is not even time to refuse them.
    if (isClosing || clients.size >= 2 * limits.connectionsMax + 16) {
      connection.destroy();
      return;
    }
    const client = serveConnection(connection, { ...options, limits, context });
    clients.add(client);
    void client.done.then(() => clients.delete(client));
  };
  const listening = await options.listener.listen(options.address, accept);
  return {
    address: listening.address,
    async close({ deadlineMs = 10_000 } = {}) {
      isClosing = true;
      await listening.close();
      for (const client of clients) client.stop();
      const timer = new AbortController();
      const all = Promise.all([...clients].map((client) => client.done));
      const deadline = options.clock.sleep(deadlineMs, timer.signal).then(
        () => {
          for (const client of clients) client.kill();
        },
        () => undefined,
      );
      await Promise.race([all, deadline]);
      timer.abort();
      await all;
    },
  };
}

interface ConnectionContext {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly context: HandshakeContext;
}

function serveConnection(connection: Connection, server: ConnectionContext): Client {
  const running = new RunningStatement();
  const channel = new Channel(connection, server.limits, server.metrics, () => running.terminate());
  const kill = (): void => {
    running.terminate();
    channel.destroy();
  };
  const serve = async (): Promise<void> => {
    try {
      await converse(channel, running, server);
      await channel.end();
    } catch {
      // Whatever was thrown here concerns this connection only, and it is beyond telling.
      channel.destroy();
    }
  };
  return { done: serve(), stop: () => channel.stop(), kill };
}

async function converse(channel: Channel, running: RunningStatement, server: ConnectionContext): Promise<void> {
  const timer = new AbortController();
  server.clock.sleep(server.limits.authenticationTimeoutMs, timer.signal).then(
    () => channel.destroy(),
    () => undefined,
  );
  const admitted = await handshake(channel, server.context, () => running.cancel());
  timer.abort();
  if (admitted === null) return;
  const { session } = admitted;
  const client = createClientSession(channel, session, { metrics: server.metrics, limits: server.limits, running });
  try {
    await serveMessages(client);
  } finally {
    admitted.leave();
    await client.portals.closeAll();
    await session.close();
  }
}
