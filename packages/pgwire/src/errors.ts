import { asMillraceError, type ByteWriter, type Notice } from '@millrace/core';
import { beginMessage, endMessage } from './message-frame.ts';

/**
 * ErrorResponse with all fields that are known: S severity, V the same unlocalized, C SQLSTATE, M message, D detail, H hint, P position, W where in the data,
 * s schema, t table, c column, n constraint. Whatever was thrown becomes an error a client can read; a bug is XX000.
 */
export function writeError(out: ByteWriter, thrown: unknown, severity: 'ERROR' | 'FATAL'): void {
  const error = asMillraceError(thrown);
  const { info } = error;
  const start = beginMessage(out, 'E');
  writeField(out, 'S', severity);
  writeField(out, 'V', severity);
  writeField(out, 'C', error.sqlstate);
  writeField(out, 'M', error.message);
  writeField(out, 'D', info.detail);
  writeField(out, 'H', info.hint);
  writeField(out, 'P', info.position === undefined ? undefined : String(info.position));
  writeField(out, 'W', info.where);
  writeField(out, 's', info.schema);
  writeField(out, 't', info.table);
  writeField(out, 'c', info.column);
  writeField(out, 'n', info.constraint);
  out.uint8(0);
  endMessage(out, start);
}

/** NoticeResponse. */
export function writeNotice(out: ByteWriter, notice: Notice): void {
  const start = beginMessage(out, 'N');
  writeField(out, 'S', notice.severity);
  writeField(out, 'V', notice.severity);
  writeField(out, 'C', notice.sqlstate);
  writeField(out, 'M', notice.message);
  writeField(out, 'H', notice.hint);
  out.uint8(0);
  endMessage(out, start);
}

/** The last word to a client of protocol 1 or 2: a line of text, without fields or length. */
export function writeAncientError(out: ByteWriter, message: string): void {
  out.uint8('E'.charCodeAt(0));
  out.cstring(`FATAL:  ${message}\n`);
}

/** A zero byte would end the field early and shift the rest. */
function writeField(out: ByteWriter, code: string, value: string | undefined): void {
  if (value === undefined) return;
  out.uint8(code.charCodeAt(0));
  out.cstring(value.replaceAll('\0', '\u{fffd}'));
}
