import type { Connection, Listener } from '@millrace/core';

/** A client's end of a connection in memory: what the tests hold. */
export interface MemoryClient {
  send(bytes: Uint8Array): void;
  /** Half-close: the server sees the end of input. */
  finish(): void;
  /** The connection breaks. */
  cut(): void;
  /** Everything received so far. */
  received(): Uint8Array;
  /** Resolves when the server closed the connection. */
  readonly closed: Promise<void>;
  readonly isClosed: boolean;
  /** While true, the server's writes are not accepted further (`write` gives false). */
  stall(isStalled: boolean): void;
  /** How often the server was told to wait, and how many writes it made. */
  readonly counts: { waits: number; writes: number; reads: number };
  /** Resolves when `count` bytes, or the end, have arrived. */
  until(isEnough: (bytes: Uint8Array) => boolean): Promise<Uint8Array>;
}

/** A listener without sockets: `connect` makes a pair. */
export interface MemoryListener extends Listener {
  connect(): MemoryClient;
  readonly isListening: boolean;
}

/** A listener whose only clients are those that `connect` makes. */
export function memoryListener(): MemoryListener {
  let accept: ((connection: Connection) => void) | null = null;
  return {
    get isListening() {
      return accept !== null;
    },
    async listen(address, onConnection) {
      accept = onConnection;
      return {
        address: { host: address.host, port: 4321 },
        async close() {
          accept = null;
        },
      };
    },
    connect() {
      const { connection, client } = memoryPair();
      if (accept === null) connection.destroy();
      else accept(connection);
      return client;
    },
  };
}

function memoryPair(): { connection: Connection; client: MemoryClient } {
  const inbound: Uint8Array[] = [];
  const outbound: Uint8Array[] = [];
  const counts = { waits: 0, writes: 0, reads: 0 };
  let isFinished = false;
  let isClosed = false;
  let isStalled = false;
  let wakeReader = (): void => {};
  let wakeClient = (): void => {};
  let wakeWriter: (() => void)[] = [];
  let resolveClosed = (): void => {};
  const closed = new Promise<void>((resolve) => {
    resolveClosed = resolve;
  });
  const close = (): void => {
    isClosed = true;
    isFinished = true;
    wakeReader();
    wakeClient();
    resolveClosed();
  };
  async function* incoming(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const chunk = inbound.shift();
      if (chunk !== undefined) {
        counts.reads++;
        yield chunk;
      } else if (isFinished) return;
      else {
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    }
  }
  const received = (): Uint8Array => Buffer.concat(outbound);
  const connection: Connection = {
    remote: 'memory:1',
    incoming: incoming(),
    closed,
    write(bytes) {
      counts.writes++;
      if (isClosed) return true;
      outbound.push(bytes);
      wakeClient();
      if (isStalled) counts.waits++;
      return !isStalled;
    },
    // Deliberately deaf to a close: the protocol must not rely on it.
    drained: () => (isStalled ? new Promise<void>((resolve) => wakeWriter.push(resolve)) : Promise.resolve()),
    async end() {
      close();
    },
    destroy: close,
  };
  const client: MemoryClient = {
    counts,
    closed,
    get isClosed() {
      return isClosed;
    },
    send(bytes) {
      inbound.push(bytes);
      wakeReader();
    },
    finish() {
      isFinished = true;
      wakeReader();
    },
    cut: close,
    received,
    stall(value) {
      isStalled = value;
      if (value) return;
      for (const wake of wakeWriter) wake();
      wakeWriter = [];
    },
    async until(isEnough) {
      while (!isClosed && !isEnough(received())) {
        await new Promise<void>((resolve) => {
          wakeClient = resolve;
        });
      }
      return received();
    },
  };
  return { connection, client };
}
