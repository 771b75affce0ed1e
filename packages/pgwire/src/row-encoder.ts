import {
  type ByteWriter,
  encodeBinary,
  encodeText,
  type FormatSettings,
  failure,
  isNullAt,
  type RecordBatch,
} from '@millrace/core';
import { beginMessage, endMessage } from './message-frame.ts';

/** How the columns of one Execute are sent. */
export interface RowEncoding {
  /** 0 text, 1 binary, for each column. */
  readonly formats: readonly number[];
  readonly settings: FormatSettings;
}

/** 22023 for a format code that is neither text nor binary. */
export function checkFormatCode(code: number): 0 | 1 {
  if (code !== 0 && code !== 1) throw failure('invalidParameterValue', { message: `unsupported format code: ${code}` });
  return code;
}

/**
 * Writes rows `[start, end)` as DataRows, straight from the vectors, and stops after the row that makes `out` reach `bytesMax`.
 * Returns the index of the first row not written.
 */
export function encodeRows(
  out: ByteWriter,
  batch: RecordBatch,
  encoding: RowEncoding,
  range: { readonly start: number; readonly end: number; readonly bytesMax: number },
): number {
  const { vectors } = batch;
  const { formats, settings } = encoding;
  const columnCount = vectors.length;
  let row = range.start;
  while (row < range.end) {
    const start = beginMessage(out, 'D');
    out.int16(columnCount);
    for (let i = 0; i < columnCount; i++) {
      const vector = vectors[i]!;
      if (isNullAt(vector, row)) {
        out.int32(-1);
        continue;
      }
      const lengthAt = out.length;
      out.int32(0);
      if (formats[i] === 1) encodeBinary(vector, row, out);
      else encodeText(vector, row, settings, out);
      out.patchInt32(lengthAt, out.length - lengthAt - 4);
    }
    endMessage(out, start);
    row++;
    if (out.length >= range.bytesMax) break;
  }
  return row;
}
