import { connect, type Socket } from 'node:net';

/** A message from the server: its type and body. */
export interface RawMessage {
  readonly type: string;
  readonly body: Buffer;
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

/** A client that speaks the protocol and nothing else: parameters and results as bytes, in binary format. */
export class RawClient {
  readonly #socket: Socket;
  #buffered: Buffer = Buffer.alloc(0);
  readonly #waiting: ((message: RawMessage) => void)[] = [];
  readonly #messages: RawMessage[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
  }

  /** Connects and waits for ReadyForQuery. */
  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    const client = new RawClient(socket);
    const body = Buffer.concat([int32(196_608), text('user'), text('raw'), text('')]);
    socket.write(Buffer.concat([int32(body.length + 4), body]));
    await client.untilReady();
    return client;
  }

  /** Runs one statement by the extended protocol, parameters and results binary; rows as bytes. Throws what the server says. */
  async query(
    sql: string,
    parameters: readonly (Buffer | null)[] = [],
  ): Promise<readonly (readonly (Buffer | null)[])[]> {
    const values = parameters.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value]));
    this.#socket.write(
      Buffer.concat([
        message('P', text(''), text(sql), int16(0)),
        message('B', text(''), text(''), int16(1), int16(1), int16(parameters.length), ...values, int16(1), int16(1)),
        message('E', text(''), int32(0)),
        message('S'),
      ]),
    );
    const messages = await this.untilReady();
    const error = messages.find(({ type }) => type === 'E');
    if (error !== undefined) throw new Error(error.body.toString('utf8').replaceAll('\0', ' '));
    return messages.filter(({ type }) => type === 'D').map(({ body }) => rowOf(body));
  }

  /** The messages up to ReadyForQuery. */
  async untilReady(): Promise<readonly RawMessage[]> {
    const messages: RawMessage[] = [];
    do messages.push(await this.#next());
    while (messages.at(-1)?.type !== 'Z');
    return messages;
  }

  close(): void {
    this.#socket.end(message('X'));
  }

  #next(): Promise<RawMessage> {
    const ready = this.#messages.shift();
    return ready === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(ready);
  }

  #receive(chunk: Buffer): void {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    while (this.#buffered.length >= 5) {
      const length = this.#buffered.readInt32BE(1) + 1;
      if (this.#buffered.length < length) return;
      const received = { type: String.fromCharCode(this.#buffered[0] ?? 0), body: this.#buffered.subarray(5, length) };
      this.#buffered = this.#buffered.subarray(length);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#messages.push(received);
      else waiting(received);
    }
  }
}

function rowOf(body: Buffer): readonly (Buffer | null)[] {
  const row: (Buffer | null)[] = [];
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    row.push(length < 0 ? null : body.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return row;
}
