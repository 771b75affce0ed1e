/** A byte stream to one client. */
export interface Connection {
  readonly remote: string;
  /** Incoming chunks; ends when the peer closes. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Queues bytes. Returns false when the peer reads too slowly; then await `drained` before writing more. */
  write(bytes: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Flushes what is queued, then closes. */
  end(): Promise<void>;
  destroy(): void;
  /** Resolves when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>;
}

/** Accepts connections. `listen` rejects with code EADDRINUSE or EACCES as the system says. */
export interface Listener {
  listen(address: ListenAddress, onConnection: (connection: Connection) => void): Promise<Listening>;
}
/** An address to listen on. */
export interface ListenAddress {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
}
/** A listener at work. */
export interface Listening {
  readonly address: ListenAddress;
  /** Stops accepting; open connections stay. */
  close(): Promise<void>;
}
