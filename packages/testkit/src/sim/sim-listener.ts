import type { Connection, Listener } from '@millrace/core';

/** A client's end of a simulated connection: what a test holds. */
export interface SimClient {
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
export interface SimListener extends Listener {
  connect(): SimClient;
  readonly isListening: boolean;
}

/** A listener whose only clients are those that `connect` makes. */
export function simListener(): SimListener {
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

function memoryPair(): { connection: Connection; client: SimClient } {
  const pipe = new MemoryPipe();
  return { connection: connectionOf(pipe), client: clientOf(pipe) };
}

/** What both ends of a connection share. */
class MemoryPipe {
  readonly inbound: Uint8Array[] = [];
  readonly outbound: Uint8Array[] = [];
  readonly counts: { waits: number; writes: number; reads: number } = { waits: 0, writes: 0, reads: 0 };
  readonly closed: Promise<void>;
  isFinished = false;
  isClosed = false;
  isStalled = false;
  wakeReader: () => void = () => {};
  wakeClient: () => void = () => {};
  wakeWriter: (() => void)[] = [];
  #resolveClosed: () => void = () => {};

  constructor() {
    this.closed = new Promise<void>((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  close(): void {
    this.isClosed = true;
    this.isFinished = true;
    this.wakeReader();
    this.wakeClient();
    this.#resolveClosed();
  }

  async *incoming(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const chunk = this.inbound.shift();
      if (chunk !== undefined) {
        this.counts.reads++;
        yield chunk;
      } else if (this.isFinished) return;
      else {
        await new Promise<void>((resolve) => {
          this.wakeReader = resolve;
        });
      }
    }
  }
}

function connectionOf(pipe: MemoryPipe): Connection {
  return {
    remote: 'memory:1',
    incoming: pipe.incoming(),
    closed: pipe.closed,
    write(bytes) {
      pipe.counts.writes++;
      if (pipe.isClosed) return true;
      pipe.outbound.push(bytes);
      pipe.wakeClient();
      if (pipe.isStalled) pipe.counts.waits++;
      return !pipe.isStalled;
    },
    // Deliberately deaf to a close: the protocol must not rely on it.
    drained: () => (pipe.isStalled ? new Promise<void>((resolve) => pipe.wakeWriter.push(resolve)) : Promise.resolve()),
    async end() {
      pipe.close();
    },
    destroy: () => pipe.close(),
  };
}

function clientOf(pipe: MemoryPipe): SimClient {
  const received = (): Uint8Array => Buffer.concat(pipe.outbound);
  return {
    counts: pipe.counts,
    closed: pipe.closed,
    get isClosed() {
      return pipe.isClosed;
    },
    send(bytes) {
      pipe.inbound.push(bytes);
      pipe.wakeReader();
    },
    finish() {
      pipe.isFinished = true;
      pipe.wakeReader();
    },
    cut: () => pipe.close(),
    received,
    stall(value) {
      pipe.isStalled = value;
      if (value) return;
      for (const wake of pipe.wakeWriter) wake();
      pipe.wakeWriter = [];
    },
    async until(isEnough) {
      while (!pipe.isClosed && !isEnough(received())) {
        await new Promise<void>((resolve) => {
          pipe.wakeClient = resolve;
        });
      }
      return received();
    },
  };
}
