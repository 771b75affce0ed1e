import { failure, type Limits, type MillraceError } from '@millrace/core';
import { violation } from './body-reader.ts';

/** What the bytes so far amount to. `refused` ends the connection, with the error as a last word or silently. */
export type Frame =
  | { readonly kind: 'message'; readonly type: string; readonly body: Uint8Array }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly error: MillraceError | null };

const INCOMPLETE: Frame = { kind: 'incomplete' };
const CLOSE_SILENTLY: Frame = { kind: 'refused', error: null };

/** PostgreSQL's own limits: names of statements and portals, and nothing else, are in these. */
const SMALL_BYTES_MAX = 10_000;
const LARGE_TYPES: ReadonlySet<string> = new Set(['Q', 'F', 'B', 'P', 'd']);
const SMALL_TYPES: ReadonlySet<string> = new Set(['C', 'D', 'E', 'H', 'S', 'X', 'c', 'f']);
/** Above this the length is garbage, not a message (PQ_LARGE_MESSAGE_LIMIT). */
const GARBAGE_BYTES = 0x3fffffff;

/**
 * Cuts a byte stream into messages, however it is split into chunks. Law: memory grows with the bytes that arrived, never with the length
 * that a header claims; a message that lies in one chunk is not copied.
 */
export class MessageReader {
  readonly #limits: Pick<Limits, 'messageBytesMax' | 'startupBytesMax'>;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(limits: Pick<Limits, 'messageBytesMax' | 'startupBytesMax'>) {
    this.#limits = limits;
  }

  /** Bytes that belong to no message yet. */
  get bufferedBytes(): number {
    return this.#size;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#parts.push(chunk);
    this.#size += chunk.length;
  }

  /** A message before the session: int32 length, then the body; the type is ''. */
  startup(): Frame {
    if (this.#size < 4) return INCOMPLETE;
    const length = this.#int32At(0);
    if (length < 8 || length - 4 > this.#limits.startupBytesMax) return CLOSE_SILENTLY;
    if (this.#size < length) return INCOMPLETE;
    return { kind: 'message', type: '', body: this.#take(length).subarray(4) };
  }

  /** A message of a session: type, int32 length, body. */
  message(): Frame {
    if (this.#size < 1) return INCOMPLETE;
    const code = this.#head(1)[0]!;
    const type = String.fromCharCode(code);
    const isLarge = LARGE_TYPES.has(type);
    if (!isLarge && !SMALL_TYPES.has(type)) {
      return { kind: 'refused', error: violation(`invalid frontend message type ${code}`) };
    }
    if (this.#size < 5) return INCOMPLETE;
    const length = this.#int32At(1);
    if (length < 4 || length > GARBAGE_BYTES || (!isLarge && length > SMALL_BYTES_MAX)) return CLOSE_SILENTLY;
    if (length - 4 > this.#limits.messageBytesMax) return { kind: 'refused', error: this.#tooLong(length - 4) };
    if (this.#size < length + 1) return INCOMPLETE;
    return { kind: 'message', type, body: this.#take(length + 1).subarray(5) };
  }

  #tooLong(bytes: number): MillraceError {
    const message = `message of ${bytes} bytes exceeds the limit of ${this.#limits.messageBytesMax} bytes`;
    return failure('programLimit', { message });
  }

  #int32At(offset: number): number {
    const head = this.#head(offset + 4);
    return new DataView(head.buffer, head.byteOffset, head.byteLength).getInt32(offset);
  }

  /** A first part of at least `length` bytes. */
  #head(length: number): Uint8Array {
    const first = this.#parts[0]!;
    if (first.length >= length) return first;
    let count = 0;
    for (let bytes = 0; bytes < length; count++) bytes += this.#parts[count]!.length;
    this.#parts.splice(0, count, concat(this.#parts.slice(0, count)));
    return this.#parts[0]!;
  }

  #take(length: number): Uint8Array {
    const first = this.#head(length);
    this.#size -= length;
    if (first.length === length) this.#parts.shift();
    else this.#parts[0] = first.subarray(length);
    return first.subarray(0, length);
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
