import { createServer, type Socket } from 'node:net';
import { assert } from '../errors/millrace-error.ts';
import type { Connection, ListenAddress, Listener, Listening } from '../ports/listener.ts';

/** Unread bytes of one connection above which its socket is paused: the client's TCP window closes. */
const INCOMING_BYTES_MAX = 1024 * 1024;
const KEEP_ALIVE_MS = 60_000;
/** How long a closed connection may take to say goodbye before it is cut. */
const LINGER_MS = 1_000;

/** TCP. Each connection reads at most `INCOMING_BYTES_MAX` ahead of its consumer. */
export const nodeListener: Listener = Object.freeze({
  listen(address: ListenAddress, onConnection: (connection: Connection) => void): Promise<Listening> {
    return new Promise<Listening>((resolve, reject) => {
      const server = createServer({
        allowHalfOpen: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      });
      server.on('connection', (socket) => onConnection(wrapSocket(socket)));
      server.once('error', reject);
      server.listen({ host: address.host, port: address.port, backlog: 1024 }, () => {
        server.off('error', reject);
        // Running out of descriptors while accepting is an event, not the end of the server.
        server.on('error', () => {});
        const bound = server.address();
        assert(bound !== null && typeof bound === 'object', 'a TCP server has an address');
        resolve({
          address: { host: bound.address, port: bound.port },
          async close(): Promise<void> {
            server.close();
          },
        });
      });
    });
  },
});

function wrapSocket(socket: Socket): Connection {
  const incoming = readQueue(socket);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // Without a listener an ECONNRESET would end the process; `closed` and the end of `incoming` tell the story.
  socket.on('error', () => {});
  return {
    remote: `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`,
    incoming,
    closed,
    write: (bytes) => (socket.destroyed || socket.writableEnded ? true : socket.write(bytes)),
    drained(): Promise<void> {
      if (socket.destroyed || !socket.writableNeedDrain) return Promise.resolve();
      return new Promise<void>((resolve) => {
        const done = (): void => {
          socket.off('drain', done);
          socket.off('close', done);
          resolve();
        };
        socket.once('drain', done);
        socket.once('close', done);
      });
    },
    async end(): Promise<void> {
      if (socket.destroyed) return;
      // Unread input would turn our close into a reset that eats the last message: read and drop it until the peer is done.
      incoming.discard();
      const flushed = new Promise<void>((resolve) => socket.end(resolve));
      await Promise.race([flushed, closed]);
      const cut = setTimeout(() => socket.destroy(), LINGER_MS);
      cut.unref();
      void closed.then(() => clearTimeout(cut));
    },
    destroy: () => void socket.destroy(),
  };
}

interface ReadQueue extends AsyncIterable<Uint8Array> {
  /** From now on input is read and thrown away. */
  discard(): void;
}

function readQueue(socket: Socket): ReadQueue {
  const chunks: Uint8Array[] = [];
  let queuedBytes = 0;
  let isEnded = false;
  let isDiscarding = false;
  let wake: (() => void) | null = null;
  const wakeUp = (): void => {
    const waiter = wake;
    wake = null;
    waiter?.();
  };
  socket.on('data', (chunk: Uint8Array) => {
    if (isDiscarding) return;
    chunks.push(chunk);
    queuedBytes += chunk.byteLength;
    if (queuedBytes >= INCOMING_BYTES_MAX) socket.pause();
    wakeUp();
  });
  const end = (): void => {
    isEnded = true;
    wakeUp();
  };
  socket.once('end', end);
  socket.once('close', end);
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    while (chunks.length === 0) {
      if (isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const value = chunks.shift()!;
    queuedBytes -= value.byteLength;
    if (queuedBytes < INCOMING_BYTES_MAX && socket.isPaused()) socket.resume();
    return { done: false, value };
  };
  return {
    // Leaving the loop early keeps the connection: the protocol may go on reading with a new loop.
    [Symbol.asyncIterator]: () => ({ next, return: async () => ({ done: true, value: undefined }) }),
    discard(): void {
      isDiscarding = true;
      isEnded = true;
      chunks.length = 0;
      queuedBytes = 0;
      socket.resume();
      wakeUp();
    },
  };
}
