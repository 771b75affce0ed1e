import { failure, type MillraceError, utf8ToString, validateUtf8 } from '@millrace/core';

/** 08P01: the bytes do not follow the protocol. */
export function violation(message: string): MillraceError {
  return failure('protocolViolation', { message });
}

/** Reads a message's body from front to back; 08P01 in PostgreSQL's words where the body is too short or too long. */
export class BodyReader {
  readonly #body: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Counts go up to 65,535: they are unsigned. */
  uint16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** A string up to its zero byte. 08P01 without one, 22021 if it is not UTF-8. */
  cstring(): string {
    const end = this.#body.indexOf(0, this.#at);
    if (end < 0) throw violation('invalid string in message');
    validateUtf8(this.#body, this.#at, end);
    const text = utf8ToString(this.#body, this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** The next bytes, not copied. */
  bytes(length: number): Uint8Array {
    if (length < 0) throw violation('insufficient data left in message');
    const start = this.#advance(length);
    return this.#body.subarray(start, start + length);
  }

  /** Nothing may be left. */
  end(): void {
    if (this.#at !== this.#body.length) throw violation('invalid message format');
  }

  #advance(length: number): number {
    const start = this.#at;
    if (length > this.#body.length - start) throw violation('insufficient data left in message');
    this.#at = start + length;
    return start;
  }
}
