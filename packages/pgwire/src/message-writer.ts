import {
  type ByteWriter,
  type CommandTag,
  type DataType,
  oidOf,
  type QuerySession,
  type ResultColumn,
  typeSizeOf,
  typmodOf,
} from '@millrace/core';
import { writeNotice } from './errors.ts';
import { beginMessage, endMessage } from './message-frame.ts';

/** A message without a body: `1` ParseComplete, `2` BindComplete, `3` CloseComplete, `I` EmptyQueryResponse, `n` NoData, `s` PortalSuspended. */
export function writeEmptyMessage(out: ByteWriter, type: '1' | '2' | '3' | 'I' | 'n' | 's'): void {
  endMessage(out, beginMessage(out, type));
}

/** `R` 0: no more proof is wanted. */
export function writeAuthenticationOk(out: ByteWriter): void {
  const start = beginMessage(out, 'R');
  out.int32(0);
  endMessage(out, start);
}

/** `v`: the version that will be spoken, and the protocol options that are not known. */
export function writeNegotiateProtocolVersion(out: ByteWriter, version: number, unknown: readonly string[]): void {
  const start = beginMessage(out, 'v');
  out.int32(version);
  out.int32(unknown.length);
  for (const name of unknown) out.cstring(name);
  endMessage(out, start);
}

/** `K`: what a CancelRequest for this session must show; 4 bytes of key up to protocol 3.1, more from 3.2 on. */
export function writeBackendKeyData(out: ByteWriter, processId: number, key: Uint8Array): void {
  const start = beginMessage(out, 'K');
  out.int32(processId);
  out.bytes(key);
  endMessage(out, start);
}

/** ParameterStatus for each reported setting that changed. */
export function writeReports(out: ByteWriter, session: QuerySession): void {
  for (const [name, value] of session.takeReports()) {
    const start = beginMessage(out, 'S');
    out.cstring(name);
    out.cstring(value);
    endMessage(out, start);
  }
}

/** NoticeResponse for each message of lower severity. */
export function writeNotices(out: ByteWriter, session: QuerySession): void {
  for (const notice of session.takeNotices()) writeNotice(out, notice);
}

/** `Z` with the transaction's state: I idle, T in a block, E in a failed block. */
export function writeReadyForQuery(out: ByteWriter, session: QuerySession): void {
  const start = beginMessage(out, 'Z');
  out.uint8((session.status === 'idle' ? 'I' : session.status === 'block' ? 'T' : 'E').charCodeAt(0));
  endMessage(out, start);
}

/** ParameterDescription. */
export function writeParameterDescription(out: ByteWriter, types: readonly DataType[]): void {
  const start = beginMessage(out, 't');
  out.int16(types.length);
  for (const type of types) out.int32(oidOf(type));
  endMessage(out, start);
}

/** RowDescription; `formats` gives each column's format code, null = text for all. */
export function writeRowDescription(
  out: ByteWriter,
  columns: readonly ResultColumn[],
  formats: readonly number[] | null,
): void {
  const start = beginMessage(out, 'T');
  out.int16(columns.length);
  for (const [i, column] of columns.entries()) {
    out.cstring(column.name);
    out.int32(column.tableOid);
    out.int16(column.attributeNumber);
    out.int32(oidOf(column.type));
    out.int16(typeSizeOf(column.type));
    out.int32(typmodOf(column.type));
    out.int16(formats?.[i] ?? 0);
  }
  endMessage(out, start);
}

/** CommandComplete; a query's tag gets the number of rows sent. */
export function writeCommandComplete(out: ByteWriter, tag: CommandTag, rowCount: number): void {
  const start = beginMessage(out, 'C');
  out.cstring(tag.appendRowCount ? `${tag.text} ${rowCount}` : tag.text);
  endMessage(out, start);
}
