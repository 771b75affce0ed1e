import { connect, type Socket } from 'node:net';

/** A message of the server: its type byte, and its body. */
export interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Speaks the protocol byte by byte, for what drivers never send: a pipeline with its Syncs where the test wants them, parameters in the binary
 * format, messages in a wrong order.
 */
export class RawClient {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #messages: Message[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;
  /** BackendKeyData: what a CancelRequest shows. */
  #key: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** Connects as a user and reads until the first ReadyForQuery. */
  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(connect(port, '127.0.0.1'));
    const parameters = Buffer.from('user\0anyone\0database\0anyone\0\0');
    const head = Buffer.alloc(8);
    head.writeInt32BE(8 + parameters.length, 0);
    head.writeInt32BE(196_608, 4);
    client.#socket.write(Buffer.concat([head, parameters]));
    const greeting = await client.untilReady();
    client.#key = greeting.find(({ type }) => type === 'K')?.body ?? Buffer.alloc(0);
    return client;
  }

  /** Sends a CancelRequest for what this connection runs, over another one. */
  async cancel(port: number): Promise<void> {
    const head = Buffer.alloc(8);
    head.writeInt32BE(8 + this.#key.length, 0);
    head.writeInt32BE(80_877_102, 4);
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.on('close', () => resolve());
      socket.end(Buffer.concat([head, this.#key]));
    });
  }

  send(...messages: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(messages));
  }

  /** The messages up to and including `count` ReadyForQuery. */
  async untilReady(count = 1): Promise<readonly Message[]> {
    const seen: Message[] = [];
    let left = count;
    while (left > 0) {
      const message = await this.next();
      if (message === null) throw new Error(`the server closed after ${seen.map(({ type }) => type).join('')}`);
      seen.push(message);
      if (message.type === 'Z') left--;
    }
    return seen;
  }

  async next(): Promise<Message | null> {
    while (this.#messages.length === 0) {
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift() ?? null;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 5) {
      const length = this.#bytes.readInt32BE(1) + 1;
      if (this.#bytes.length < length) break;
      this.#messages.push({ type: String.fromCharCode(this.#bytes[0] ?? 0), body: this.#bytes.subarray(5, length) });
      this.#bytes = this.#bytes.subarray(length);
    }
    this.#wake();
  }
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

export const query = (sql: string): Buffer => message('Q', text(sql));
export const parse = (sql: string, oids: readonly number[] = [], name = ''): Buffer =>
  message('P', text(name), text(sql), int16(oids.length), ...oids.map(int32));
/** A string is sent in the text format, a Buffer in the binary one. */
export const bind = (values: readonly (string | Buffer | null)[] = [], name = ''): Buffer =>
  message(
    'B',
    text(''),
    text(name),
    int16(values.length),
    ...values.map((value) => int16(Buffer.isBuffer(value) ? 1 : 0)),
    int16(values.length),
    ...values.flatMap((value) =>
      value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value)],
    ),
    int16(0),
  );
export const execute = (rowsMax = 0): Buffer => message('E', text(''), int32(rowsMax));
export const sync = (): Buffer => message('S');

/** Parse, Bind and Execute of one statement. */
export const run = (sql: string, values: readonly (string | Buffer | null)[] = []): Buffer =>
  Buffer.concat([parse(sql), bind(values), execute()]);

/** The fields of an ErrorResponse by their letters: C is the SQLSTATE, M the message. */
export function fieldsOf({ body }: Message): Readonly<Record<string, string>> {
  const fields = body.toString('utf8').split('\0');
  return Object.fromEntries(fields.filter((field) => field !== '').map((field) => [field.slice(0, 1), field.slice(1)]));
}

/** What matters of an answer, one line a message: tags, SQLSTATEs, rows as text, the transaction status. */
export function outline(messages: readonly Message[]): readonly string[] {
  return messages.flatMap((one) => {
    switch (one.type) {
      case 'C':
        return [one.body.toString('utf8', 0, one.body.length - 1)];
      case 'E':
        return [`ERROR ${fieldsOf(one)['C']}`];
      case 'D':
        return [rowOf(one.body).join('|')];
      case 'Z':
        return [`ready ${one.body.toString('latin1')}`];
      default:
        return [];
    }
  });
}

function rowOf(body: Buffer): readonly string[] {
  const values: string[] = [];
  let at = 2;
  for (let i = body.readInt16BE(0); i > 0; i--) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? 'NULL' : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return values;
}
