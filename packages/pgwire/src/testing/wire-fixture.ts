import { type Clock, createMetrics, type Limits, type Metrics, type Random } from '@millrace/core';
import { type SimClient, type SimListener, simListener } from '@millrace/testkit/sim';
import { type PgwireServer, servePgwire } from '../server.ts';
import { transcript } from './backend-messages.ts';
import { join, login } from './frontend-messages.ts';
import { type ScriptedHandler, scriptedHandler } from './scripted-handler.ts';

/** A server in memory with a scripted engine, a clock that stands still, and predictable keys. */
export interface WireFixture {
  readonly server: PgwireServer;
  readonly listener: SimListener;
  readonly handler: ScriptedHandler;
  readonly metrics: Metrics;
  readonly clock: ManualClock;
  /** Sends chunks, half-closes, waits for the end, and gives what came back (from the first ReadyForQuery on, if it logged in). */
  converse(...chunks: readonly Uint8Array[]): Promise<string[]>;
  /** The same after a login. */
  session(...chunks: readonly Uint8Array[]): Promise<string[]>;
  /** A client that logged in and waits. */
  loggedIn(): Promise<SimClient>;
}

export interface ManualClock extends Clock {
  /** Wakes everything that sleeps at most this long. */
  elapse(ms: number): void;
  readonly sleepers: () => number;
}

function manualClock(): ManualClock {
  const sleepers = new Map<() => void, number>();
  return {
    nowMicros: () => 0n,
    monotonicMs: () => 0,
    nextTurn: async () => undefined,
    sleepers: () => sleepers.size,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const wake = (): void => {
          sleepers.delete(wake);
          resolve();
        };
        sleepers.set(wake, ms);
        signal?.addEventListener('abort', () => {
          sleepers.delete(wake);
          reject(signal.reason);
        });
      });
    },
    elapse(ms) {
      for (const [wake, duration] of sleepers) if (duration <= ms) wake();
    },
  };
}

/** Cancel keys 1, 1, ...; 2, 2, ...: one byte a session. */
function countingRandom(): Random {
  let count = 0;
  return {
    uuid: () => '00000000-0000-4000-8000-000000000000',
    float: () => 0.5,
    bytes: (length) => new Uint8Array(length).fill(++count),
  };
}

/** Starts a server; there is nothing to stop, nothing outlives the test. */
export async function wireFixture(limits: Partial<Limits> = {}): Promise<WireFixture> {
  const listener = simListener();
  const handler = scriptedHandler();
  const metrics = createMetrics();
  const clock = manualClock();
  const server = await servePgwire({
    listener,
    address: { host: '127.0.0.1', port: 0 },
    handler,
    clock,
    random: countingRandom(),
    metrics,
    limits,
    authentication: 'trust',
  });
  const converse = async (...chunks: readonly Uint8Array[]): Promise<string[]> => {
    const client = listener.connect();
    for (const chunk of chunks) client.send(chunk);
    client.finish();
    await client.closed;
    return transcript(client.received());
  };
  return {
    server,
    listener,
    handler,
    metrics,
    clock,
    converse,
    async session(...chunks) {
      const lines = await converse(join(login, ...chunks));
      return lines.slice(lines.indexOf('Z I') + 1);
    },
    async loggedIn() {
      const client = listener.connect();
      client.send(login);
      await client.until((bytes) => transcript(bytes).includes('Z I'));
      return client;
    },
  };
}
