import { connect, type Socket } from 'node:net';
import { FrameScanner } from './frame-scanner.ts';
import { message, startup, TERMINATE, text } from './messages.ts';
import type { Unit } from './units.ts';

const READ_BYTES = 64 * 1024;

/** Where to connect: any server that speaks the protocol and trusts loopback. */
export interface WireAddress {
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** A connection for load: bytes that were built beforehand go out, answers are counted, nothing is kept. One unit at a time. */
export class WireClient {
  readonly #socket: Socket;
  readonly #scanner: FrameScanner;
  #body: readonly Buffer[] = [];
  #next = 0;
  #answers = 0;
  #settle: { resolve(): void; reject(error: Error): void } | null = null;
  #broken: Error | null = null;

  private constructor(address: WireAddress) {
    this.#scanner = new FrameScanner({ ready: () => this.#ready(), copyIn: () => this.#startBody() });
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const callback = (length: number): boolean => {
      this.#scanner.push(buffer, length);
      return true;
    };
    this.#socket = connect({ host: '127.0.0.1', port: address.port, noDelay: true, onread: { buffer, callback } });
    // Bytes go to `callback`; without this the end of the connection would go unnoticed.
    this.#socket.resume();
    this.#socket.on('drain', () => this.#writeBody());
    this.#socket.on('error', (error) => this.#break(error));
    this.#socket.on('close', () => this.#break(new Error('the server closed the connection')));
  }

  /** Resolves when the server is ready for the first statement. */
  static async connect(address: WireAddress): Promise<WireClient> {
    const client = new WireClient(address);
    await client.#exchange(startup(address.user, address.database), []);
    return client;
  }

  /** Rows that the server acknowledged on this connection. */
  get rows(): number {
    return this.#scanner.rows;
  }

  /** Rows that the server answered with on this connection. */
  get results(): number {
    return this.#scanner.results;
  }

  /** Sends a unit and waits for ReadyForQuery; rejects with the server's error. */
  send(unit: Unit): Promise<void> {
    return this.#exchange(unit.head, unit.body, unit.answers);
  }

  /** A statement by the simple protocol. */
  query(sql: string): Promise<void> {
    return this.#exchange(message('Q', text(sql)), []);
  }

  /** Messages up to a Sync. */
  exchange(bytes: Buffer): Promise<void> {
    return this.#exchange(bytes, []);
  }

  close(): void {
    this.#break(new Error('the connection is closed'));
    this.#socket.end(TERMINATE);
  }

  #exchange(head: Buffer, body: readonly Buffer[], answers = 1): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    this.#body = body;
    this.#next = body.length;
    this.#answers = answers;
    const done = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#socket.write(head);
    return done;
  }

  #startBody(): void {
    this.#next = 0;
    this.#writeBody();
  }

  /** COPY's data, as much as the socket takes; the rest when it drained. */
  #writeBody(): void {
    while (this.#next < this.#body.length) {
      if (!this.#socket.write(this.#body[this.#next++] as Buffer)) return;
    }
  }

  #ready(): void {
    if (--this.#answers > 0) return;
    this.#next = this.#body.length;
    const settle = this.#settle;
    this.#settle = null;
    const { error } = this.#scanner;
    this.#scanner.error = null;
    if (error === null) settle?.resolve();
    else settle?.reject(new Error(error));
  }

  #break(error: Error): void {
    this.#broken ??= error;
    this.#settle?.reject(this.#broken);
    this.#settle = null;
  }
}
