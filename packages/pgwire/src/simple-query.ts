import type { StatementResult } from '@millrace/core';
import { BodyReader } from './body-reader.ts';
import type { ClientSession } from './client-session.ts';
import { writeCommandComplete, writeEmptyMessage, writeNotices, writeRowDescription } from './message-writer.ts';
import { cursorOf } from './portal.ts';
import { receiveCopy } from './receive-copy.ts';
import { sendCopy } from './send-copy.ts';
import { sendRows } from './send-rows.ts';

/**
 * `Q`: runs the text's statements and sends their results, always as text. Throws what goes wrong, with the transaction failed already;
 * the caller answers with ErrorResponse and, in any case, one ReadyForQuery.
 */
export async function handleQuery(client: ClientSession, body: Uint8Array): Promise<void> {
  const reader = new BodyReader(body);
  const sql = reader.cstring();
  reader.end();
  client.metrics.count('pgwire_queries');
  // A simple query replaces the unnamed statement and portal.
  client.session.closeStatement('');
  await client.portals.close('');
  const abort = new AbortController();
  await client.running.run(abort, () => runQuery(client, sql, abort.signal));
}

async function runQuery(client: ClientSession, sql: string, signal: AbortSignal): Promise<void> {
  const results = client.session.query(sql, signal);
  try {
    for (let step = await results.next(); !step.done; step = await results.next()) {
      await sendResult(client, step.value, signal);
      if (client.session.status === 'idle') await client.portals.closeAll();
    }
  } catch (error) {
    // Told to the session too: it fails the transaction and knows where in the text the statement stands. Throws the error again.
    await results.throw(error);
    throw error;
  }
}

async function sendResult(client: ClientSession, result: StatementResult, signal: AbortSignal): Promise<void> {
  const { channel, session } = client;
  const { out } = channel;
  let rowCount = 0;
  if (result.copyIn !== undefined) await receiveCopy(channel, result.copyIn);
  else if (result.columns !== null) {
    try {
      if (result.copy === undefined) {
        writeRowDescription(out, result.columns, null);
        const encoding = { formats: result.columns.map(() => 0), settings: session.format };
        ({ rowCount } = await sendRows(channel, cursorOf(result), encoding, { rowsMax: 0, signal }));
      } else rowCount = await sendCopy(channel, result, { settings: session.format, signal });
    } catch (error) {
      await result.batches.return().catch(() => undefined);
      throw error;
    }
  }
  const tag = await result.complete();
  client.metrics.count('pgwire_rows_sent', rowCount);
  writeNotices(out, session);
  if (result.isEmpty) writeEmptyMessage(out, 'I');
  else writeCommandComplete(out, tag, rowCount);
  if (channel.isFull) await channel.flush();
}
