import {
  failure,
  MillraceError,
  type PreparedStatement,
  type QuerySession,
  type TransactionStatus,
} from '@millrace/core';
import { checkCounts, readFormats, readParameters, spreadFormats } from './bind-message.ts';
import { BodyReader, violation } from './body-reader.ts';
import type { ClientSession } from './client-session.ts';
import {
  writeCommandComplete,
  writeEmptyMessage,
  writeNotices,
  writeParameterDescription,
  writeRowDescription,
} from './message-writer.ts';
import { cursorOf, type Portal } from './portal.ts';
import { receiveCopy } from './receive-copy.ts';
import { checkFormatCode } from './row-encoder.ts';
import { sendCopy } from './send-copy.ts';
import { sendRows } from './send-rows.ts';

/** `P`: names a statement and finds its types. */
export async function handleParse(client: ClientSession, body: Uint8Array): Promise<void> {
  const reader = new BodyReader(body);
  const name = reader.cstring();
  const sql = reader.cstring();
  const count = reader.uint16();
  const oids: number[] = [];
  for (let i = 0; i < count; i++) oids.push(reader.uint32());
  reader.end();
  client.metrics.count('pgwire_parses');
  await client.session.prepare(name, sql, oids);
  writeNotices(client.channel.out, client.session);
  writeEmptyMessage(client.channel.out, '1');
}

/** 26000 if there is none, in PostgreSQL's words for the unnamed one. */
function statementOf(session: QuerySession, name: string): PreparedStatement {
  try {
    return session.statement(name);
  } catch (error) {
    const isUnnamed = name === '' && error instanceof MillraceError && error.key === 'noSuchStatement';
    throw isUnnamed ? failure('noUnnamedStatement') : error;
  }
}

/** Where the transaction is now; a call, because it changes while a statement runs. */
function statusOf(session: QuerySession): TransactionStatus {
  return session.status;
}

/** `B`: parameters for a statement make a portal. Checks come in PostgreSQL's order. */
export async function handleBind(client: ClientSession, body: Uint8Array): Promise<void> {
  const { portals, session } = client;
  const reader = new BodyReader(body);
  const name = reader.cstring();
  const statementName = reader.cstring();
  const statement = statementOf(session, statementName);
  const formats = readFormats(reader);
  const count = reader.uint16();
  checkCounts(formats.length, count, { name: statementName, required: statement.parameterTypes.length });
  if (session.status === 'failed' && !statement.endsTransaction) throw failure('failedTransaction');
  if (name === '') await portals.close('');
  portals.requireRoom(name);
  const parameters = readParameters(reader, formats, count);
  const resultFormats = readFormats(reader);
  reader.end();
  portals.add({
    name,
    statement,
    parameters,
    // PostgreSQL looks at the formats only of statements that return rows.
    formats: statement.columns === null ? [] : spreadFormats(resultFormats, statement.columns.length),
    abort: new AbortController(),
    cursor: null,
    isFailed: false,
    tag: null,
  });
  writeEmptyMessage(client.channel.out, '2');
}

/** `D`: the parameters and columns of a statement, or the columns of a portal with their formats. */
export function handleDescribe(client: ClientSession, body: Uint8Array): void {
  const { kind, name } = readTarget(body, 'DESCRIBE');
  const { out } = client.channel;
  const portal = kind === 'P' ? client.portals.get(name) : null;
  const statement = portal?.statement ?? statementOf(client.session, name);
  if (client.session.status === 'failed' && statement.columns !== null) throw failure('failedTransaction');
  if (portal === null) writeParameterDescription(out, statement.parameterTypes);
  if (statement.columns === null) writeEmptyMessage(out, 'n');
  else writeRowDescription(out, statement.columns, portal?.formats ?? null);
}

/** `C`: forgets a statement or portal; succeeds also when there is none. */
export async function handleClose(client: ClientSession, body: Uint8Array): Promise<void> {
  const { kind, name } = readTarget(body, 'CLOSE');
  if (kind === 'P') await client.portals.close(name);
  else client.session.closeStatement(name);
  writeEmptyMessage(client.channel.out, '3');
}

function readTarget(body: Uint8Array, message: string): { readonly kind: 'P' | 'S'; readonly name: string } {
  const reader = new BodyReader(body);
  const code = reader.uint8();
  const name = reader.cstring();
  reader.end();
  const kind = String.fromCharCode(code);
  if (kind !== 'P' && kind !== 'S') throw violation(`invalid ${message} message subtype ${code}`);
  return { kind, name };
}

/** `E`: runs a portal, or goes on with it where it was suspended. */
export async function handleExecute(client: ClientSession, body: Uint8Array): Promise<void> {
  const reader = new BodyReader(body);
  const name = reader.cstring();
  const rowsMax = Math.max(0, reader.int32());
  reader.end();
  const portal = client.portals.get(name);
  client.metrics.count('pgwire_executes');
  const { out } = client.channel;
  if (portal.statement.isEmpty) return writeEmptyMessage(out, 'I');
  if (portal.tag !== null || portal.isFailed) return repeatFinished(client, portal);
  for (const format of portal.formats) checkFormatCode(format);
  const before: TransactionStatus = client.session.status;
  await client.running.run(portal.abort, () => runPortal(client, portal, rowsMax));
  // COMMIT and ROLLBACK end every portal, their own too.
  const after = statusOf(client.session);
  if (before !== 'idle' && after === 'idle') await client.portals.closeAll();
  if (client.channel.isFull) await client.channel.flush();
}

/** A finished query has no more rows; a finished command cannot run twice. */
function repeatFinished(client: ClientSession, portal: Portal): void {
  if (client.session.status === 'failed') throw failure('failedTransaction');
  if (portal.tag === null || portal.statement.columns === null) {
    throw failure('notInPrerequisiteState', { message: `portal "${portal.name}" cannot be run` });
  }
  writeCommandComplete(client.channel.out, portal.tag, 0);
}

async function runPortal(client: ClientSession, portal: Portal, rowsMax: number): Promise<void> {
  const { channel, session } = client;
  const { signal } = portal.abort;
  portal.cursor ??= cursorOf(await session.execute(portal.statement, portal.parameters, signal));
  let rowCount = 0;
  if (portal.cursor.result.copyIn !== undefined) await receiveCopy(channel, portal.cursor.result.copyIn);
  else if (portal.cursor.result.copy !== undefined) {
    // As in PostgreSQL, Execute's limit means nothing to it.
    rowCount = await sendCopy(channel, portal.cursor.result, { settings: session.format, signal });
  } else if (portal.cursor.result.columns !== null) {
    const encoding = { formats: portal.formats, settings: session.format };
    const sent = await sendRows(channel, portal.cursor, encoding, { rowsMax, signal });
    rowCount = sent.rowCount;
    client.metrics.count('pgwire_rows_sent', rowCount);
    if (!sent.atEnd) {
      writeNotices(channel.out, session);
      return writeEmptyMessage(channel.out, 's');
    }
  }
  portal.tag = await portal.cursor.result.complete();
  writeNotices(channel.out, session);
  writeCommandComplete(channel.out, portal.tag, rowCount);
}
