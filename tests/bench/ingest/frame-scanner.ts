const HEADER_BYTES = 5;
const COMMAND_COMPLETE = 0x43;
const READY = 0x5a;
const ERROR = 0x45;
const COPY_IN = 0x47;
const SPACE = 0x20;

/** What to tell whoever waits for answers. */
export interface ScannerEvents {
  ready(): void;
  copyIn(): void;
}

/**
 * Counts what a server answers, in whatever pieces it comes, without an allocation per message: rows from the tags of INSERT and COPY,
 * ReadyForQuery, and the first error's text. Everything else is passed over by its length.
 */
export class FrameScanner {
  /** Rows that INSERT and COPY said they wrote. */
  rows = 0;
  /** DataRows. */
  results = 0;
  error: string | null = null;
  readonly #events: ScannerEvents;
  #type = 0;
  #headerBytes = 0;
  #left = 0;
  #tagStart = 0;
  #number = 0;
  #errorBytes: number[] = [];

  constructor(events: ScannerEvents) {
    this.#events = events;
  }

  push(bytes: Uint8Array, length: number): void {
    for (let at = 0; at < length; ) {
      if (this.#headerBytes < HEADER_BYTES) {
        this.#header(bytes[at++] as number);
        continue;
      }
      const take = Math.min(this.#left, length - at);
      if (this.#type === COMMAND_COMPLETE) this.#tag(bytes, at, at + take);
      else if (this.#type === ERROR) this.#errorBytes.push(...bytes.subarray(at, at + take));
      this.#left -= take;
      at += take;
      if (this.#left === 0) this.#end();
    }
  }

  #header(byte: number): void {
    if (this.#headerBytes === 0) this.#type = byte;
    else this.#left = ((this.#left << 8) | byte) >>> 0;
    if (++this.#headerBytes < HEADER_BYTES) return;
    this.#left -= 4;
    if (this.#left === 0) this.#end();
  }

  /** The number after the last space of a tag such as `INSERT 0 100`. */
  #tag(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      if (this.#tagStart === 0) this.#tagStart = byte;
      if (byte === SPACE) this.#number = 0;
      else if (byte >= 0x30 && byte <= 0x39) this.#number = this.#number * 10 + byte - 0x30;
    }
  }

  #end(): void {
    const type = this.#type;
    this.#headerBytes = 0;
    this.#left = 0;
    if (type === COMMAND_COMPLETE) {
      // I(NSERT), C(OPY); COMMIT and CHECKPOINT have no number.
      if (this.#tagStart === 0x49 || this.#tagStart === 0x43) this.rows += this.#number;
      this.#tagStart = 0;
      this.#number = 0;
    } else if (type === READY) this.#events.ready();
    else if (type === COPY_IN) this.#events.copyIn();
    else if (type === 0x44) this.results++;
    else if (type === ERROR) {
      this.error ??= errorText(Buffer.from(this.#errorBytes));
      this.#errorBytes = [];
    }
  }
}

/** `0A000: COPY FROM is not supported`. */
function errorText(body: Buffer): string {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field[0], field.slice(1)]),
  );
  return `${fields.get('C') ?? '?'}: ${fields.get('M') ?? '?'}`;
}
