import { CopyEncoder, type FormatSettings, type StatementResult } from '@millrace/core';
import type { Channel } from './channel.ts';
import { beginMessage, endMessage } from './message-frame.ts';

/**
 * Sends a result as COPY OUT: CopyOutResponse, a CopyData per row, CopyDone; the caller completes the statement. Returns the number of rows. Memory: one
 * batch and one output buffer, however slowly the client reads.
 */
export async function sendCopy(
  channel: Channel,
  { columns, copy, batches }: StatementResult,
  { settings, signal }: { readonly settings: FormatSettings; readonly signal: AbortSignal },
): Promise<number> {
  const { out } = channel;
  if (columns === null || copy === undefined) return 0;
  const formatCode = copy.format === 'binary' ? 1 : 0;
  const response = beginMessage(out, 'H');
  out.uint8(formatCode);
  out.int16(columns.length);
  for (let i = 0; i < columns.length; i++) out.int16(formatCode);
  endMessage(out, response);
  const encoder = new CopyEncoder(copy, settings);
  const data = (write: () => void): void => {
    const start = beginMessage(out, 'd');
    const before = out.length;
    write();
    if (out.length > before) endMessage(out, start);
    else out.truncate(start - 1);
  };
  const names = columns.map(({ name }) => name);
  data(() => encoder.head(out, names));
  let rowCount = 0;
  for (let step = await batches.next(); !step.done; step = await batches.next()) {
    const batch = step.value;
    for (let row = 0; row < batch.rowCount; row++) {
      data(() => encoder.row(out, batch, row));
      if (channel.isFull) {
        await channel.flush();
        signal.throwIfAborted();
      }
    }
    rowCount += batch.rowCount;
    signal.throwIfAborted();
  }
  data(() => encoder.tail(out));
  endMessage(out, beginMessage(out, 'c'));
  return rowCount;
}
