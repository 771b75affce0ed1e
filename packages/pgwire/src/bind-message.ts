import { type ParameterValue, validateUtf8 } from '@millrace/core';
import { BodyReader, violation } from './body-reader.ts';
import { checkFormatCode } from './row-encoder.ts';

/** The parts of a Bind message. */
export interface BindMessage {
  readonly portal: string;
  readonly statement: string;
  readonly parameters: readonly ParameterValue[];
  /** None, one for all columns, or one for each. */
  readonly resultFormats: readonly number[];
}

/**
 * Reads Bind: parameters stay bytes, as they lie in the message. 08P01 for counts that do not fit, 22023 for an unknown format code, 22021 for
 * a text that is not UTF-8 or contains a zero byte.
 */
export function readBind(body: Uint8Array): BindMessage {
  const reader = new BodyReader(body);
  const portal = reader.cstring();
  const statement = reader.cstring();
  const formatCount = reader.uint16();
  const formats: number[] = [];
  for (let i = 0; i < formatCount; i++) formats.push(reader.uint16());
  const count = reader.uint16();
  if (formatCount > 1 && formatCount !== count) {
    throw violation(`bind message has ${formatCount} parameter formats but ${count} parameters`);
  }
  const parameters: ParameterValue[] = [];
  const common = formatCount === 1 ? formats[0]! : 0;
  for (let i = 0; i < count; i++) {
    parameters.push(readParameter(reader, formatCount > 1 ? formats[i]! : common));
  }
  const resultCount = reader.uint16();
  const resultFormats: number[] = [];
  for (let i = 0; i < resultCount; i++) resultFormats.push(reader.uint16());
  reader.end();
  return { portal, statement, parameters, resultFormats };
}

function readParameter(reader: BodyReader, formatCode: number): ParameterValue {
  const length = reader.int32();
  if (length === -1) return null;
  const bytes = reader.bytes(length);
  const format = checkFormatCode(formatCode);
  if (format === 0) validateUtf8(bytes, 0, bytes.length);
  return { kind: 'bytes', bytes, format };
}

/** A format code for each column. 08P01 for a count that is neither 0, 1 nor the number of columns. */
export function spreadFormats(formats: readonly number[], columnCount: number): readonly number[] {
  if (formats.length > 1 && formats.length !== columnCount) {
    throw violation(`bind message has ${formats.length} result formats but query has ${columnCount} columns`);
  }
  if (formats.length === columnCount) return formats;
  return new Array<number>(columnCount).fill(formats[0] ?? 0);
}

/** 08P01 unless a statement gets as many parameters as it has. */
export function checkParameterCount(given: number, required: number, statement: string): void {
  if (given === required) return;
  throw violation(
    `bind message supplies ${given} parameters, but prepared statement "${statement}" requires ${required}`,
  );
}
