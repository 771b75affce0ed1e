import { type CopyIn, type CopySource, failure, type MillraceError } from '@millrace/core';
import { BodyReader, violation } from './body-reader.ts';
import type { Channel } from './channel.ts';
import { beginMessage, endMessage } from './message-frame.ts';

/**
 * Receives a COPY IN: CopyInResponse, then CopyData until CopyDone; the caller completes the statement. Throws what CopyFail says (57014), what is wrong
 * with the data, 08P01 for any other message, 08006 if the client is gone. Memory: bytes are read when the rows before them are done with; the
 * rest waits in the peer's TCP window.
 */
export async function receiveCopy(channel: Channel, { formatCode, columnCount, ...copy }: CopyIn): Promise<void> {
  const { out } = channel;
  const start = beginMessage(out, 'G');
  out.uint8(formatCode);
  out.int16(columnCount);
  for (let i = 0; i < columnCount; i++) out.int16(formatCode);
  endMessage(out, start);
  await channel.flush();
  await copy.receive(sourceOf(channel));
}

function sourceOf(channel: Channel): CopySource {
  return {
    next(signal) {
      const piece = atHand(channel);
      return piece === undefined ? afterWait(channel, signal) : piece;
    },
  };
}

async function afterWait(channel: Channel, signal: AbortSignal): Promise<Uint8Array | null> {
  for (;;) {
    const ended = await channel.moreBytes(signal);
    signal.throwIfAborted();
    if (ended !== null) throw failure(ended === 'stopped' ? 'adminShutdown' : 'connectionLost');
    const piece = atHand(channel);
    if (piece !== undefined) return piece;
  }
}

/** The next piece, null at the end, undefined if it is not here yet. */
function atHand(channel: Channel): Uint8Array | null | undefined {
  for (;;) {
    const frame = channel.messageAtHand();
    if (frame.kind === 'incomplete') return undefined;
    if (frame.kind === 'refused') throw frame.error ?? failure('connectionLost');
    switch (frame.type) {
      case 'd':
        return frame.body;
      case 'c':
        return null;
      case 'f':
        throw failure('copyFailed', { reason: new BodyReader(frame.body).cstring() });
      // PostgreSQL passes over Flush and Sync: a client may have sent them before it knew that there is a COPY.
      case 'H':
      case 'S':
        break;
      default:
        throw unexpected(channel, frame.type);
    }
  }
}

/** What else a client sends now shows that it does not know of the COPY: nobody can tell where its messages belong, and the connection ends. */
function unexpected(channel: Channel, type: string): MillraceError {
  channel.refuse(violation('terminating connection because protocol synchronization was lost'));
  const code = type.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
  return violation(`unexpected message type 0x${code} during COPY from stdin`);
}
