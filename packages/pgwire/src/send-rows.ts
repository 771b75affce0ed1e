import type { Channel } from './channel.ts';
import type { RowCursor } from './portal.ts';
import { encodeRows, type RowEncoding } from './row-encoder.ts';

/**
 * Sends rows of a result until its end or `rowsMax` (0 = no limit). Law (PostgreSQL's): `atEnd` is false when exactly `rowsMax` rows were sent,
 * also if there are no more. Memory: one batch and one output buffer, however slowly the client reads.
 */
export async function sendRows(
  channel: Channel,
  cursor: RowCursor,
  encoding: RowEncoding,
  options: { readonly rowsMax: number; readonly signal: AbortSignal },
): Promise<{ readonly rowCount: number; readonly atEnd: boolean }> {
  const { rowsMax, signal } = options;
  let rowCount = 0;
  while (rowsMax === 0 || rowCount < rowsMax) {
    signal.throwIfAborted();
    if (cursor.batch === null || cursor.row >= cursor.batch.rowCount) {
      const step = await cursor.result.batches.next();
      cursor.batch = step.done ? null : step.value;
      cursor.row = 0;
      if (step.done) return { rowCount, atEnd: true };
      continue;
    }
    const { batch, row } = cursor;
    const end = rowsMax === 0 ? batch.rowCount : Math.min(batch.rowCount, row + rowsMax - rowCount);
    cursor.row = encodeRows(channel.out, batch, encoding, { start: row, end, bytesMax: channel.flushBytes });
    rowCount += cursor.row - row;
    if (channel.isFull) await channel.flush();
  }
  return { rowCount, atEnd: false };
}
