import { ByteWriter, type Connection, type Limits, type Metrics, type MillraceError } from '@millrace/core';
import { type Frame, MessageReader } from './message-reader.ts';

/** A frame, or why there will be none: the peer is gone, or the server wants this connection to end. */
export type Incoming =
  | Exclude<Frame, { readonly kind: 'incomplete' }>
  | { readonly kind: 'end' }
  | { readonly kind: 'stopped' };
/** What ended a read without a frame. */
type NoChunk = 'end' | 'stopped';

/**
 * One connection's bytes, both ways. Reading: one chunk at a time, only when asked, so that a busy session leaves the rest to the peer's
 * TCP window. Writing: messages gather in `out` and leave at `flush`, which waits while the peer reads too slowly.
 */
export class Channel {
  readonly out: ByteWriter = new ByteWriter(8192);
  readonly remote: string;
  readonly #connection: Connection;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #reader: MessageReader;
  readonly #metrics: Metrics;
  readonly #flushBytes: number;
  #pending: Promise<IteratorResult<Uint8Array>> | null = null;
  #wake: (() => void) | null = null;
  /** Ends a wait for bytes, which stay for the next read. */
  #giveUp: (() => void) | null = null;
  /** Ends a wait for room, for the case that the connection closes instead. */
  #resume: (() => void) | null = null;
  #refused: Frame | null = null;
  #isStopped = false;
  #isGone = false;

  /** `onGone` is called once, when the connection closed for whatever reason. */
  constructor(connection: Connection, limits: Limits, metrics: Metrics, onGone: () => void) {
    this.remote = connection.remote;
    this.#connection = connection;
    this.#chunks = connection.incoming[Symbol.asyncIterator]();
    this.#reader = new MessageReader(limits);
    this.#metrics = metrics;
    this.#flushBytes = limits.resultBufferBytesMax;
    void connection.closed.then(() => {
      this.#isGone = true;
      this.#resume?.();
      onGone();
    });
  }

  /** Nobody is there to read what is written. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether `refuse` was called: the peer waits for nothing but the last word. */
  get isRefused(): boolean {
    return this.#refused !== null;
  }

  /** Bytes that arrived and were not consumed. */
  get unreadBytes(): number {
    return this.#reader.bufferedBytes;
  }

  /** So much has gathered that it should leave before more is written. */
  get isFull(): boolean {
    return this.out.length >= this.#flushBytes;
  }

  get flushBytes(): number {
    return this.#flushBytes;
  }

  /** The next startup message. */
  nextStartup(): Promise<Incoming> {
    return this.#next(() => this.#reader.startup());
  }

  /** The next message, or `stopped` in place of waiting for one after `stop`. */
  nextMessage(): Promise<Incoming> {
    return this.#next(() => this.#reader.message());
  }

  /** The next message if it is here already, without waiting. */
  messageAtHand(): Frame {
    return this.#reader.message();
  }

  /** Waits for more bytes, until the signal aborts; what came is kept for `messageAtHand` and `nextMessage`. Null: there is more, or the wait was given up. */
  async moreBytes(signal: AbortSignal): Promise<NoChunk | null> {
    if (signal.aborted) return null;
    const giveUp = (): void => this.#giveUp?.();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const chunk = await this.#chunk();
      if (typeof chunk === 'string') return chunk === 'given up' ? null : chunk;
      this.#receive(chunk);
      return null;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Makes a read that would wait give `stopped`, now and from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  /** Sends what has gathered. Resolves when the peer has room again, or is gone. */
  async flush(): Promise<void> {
    if (this.out.length === 0) return;
    const bytes = this.out.take();
    // One enormous row must not cost its memory for the rest of the session.
    this.out.shrink(4 * this.#flushBytes);
    if (this.#isGone) return;
    this.#metrics.count('pgwire_bytes_sent', bytes.length);
    if (this.#connection.write(bytes)) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      void this.#connection.drained().then(resolve);
    });
    this.#resume = null;
  }

  /** Sends what has gathered and closes. */
  async end(): Promise<void> {
    await this.flush();
    if (!this.#isGone) await this.#connection.end();
  }

  /** Reads nothing more: every read gives this error, which is the connection's last word. */
  refuse(error: MillraceError): void {
    this.#refused = { kind: 'refused', error };
  }

  /** Closes without another word. */
  destroy(): void {
    this.#connection.destroy();
  }

  async #next(frame: () => Frame): Promise<Incoming> {
    for (;;) {
      const next = this.#refused ?? frame();
      if (next.kind !== 'incomplete') return next;
      const chunk = await this.#chunk();
      if (chunk === 'stopped' || chunk === 'end') return { kind: chunk };
      if (chunk !== 'given up') this.#receive(chunk);
    }
  }

  #receive(chunk: Uint8Array): void {
    this.#metrics.count('pgwire_bytes_received', chunk.length);
    this.#reader.push(chunk);
  }

  /** The pending read survives a stop: its chunk is not lost, it is only not waited for. */
  async #chunk(): Promise<Uint8Array | NoChunk | 'given up'> {
    if (this.#isStopped) return 'stopped';
    this.#pending ??= this.#chunks.next();
    const pending = this.#pending;
    const outcome = await new Promise<IteratorResult<Uint8Array> | NoChunk | 'given up'>((resolve) => {
      this.#wake = () => resolve('stopped');
      this.#giveUp = () => resolve('given up');
      pending.then(resolve, () => resolve('end'));
    });
    this.#wake = null;
    this.#giveUp = null;
    if (outcome === 'stopped' || outcome === 'given up') return outcome;
    this.#pending = null;
    return outcome === 'end' || outcome.done ? 'end' : outcome.value;
  }
}
