import { type ParameterValue, validateUtf8 } from '@millrace/core';
import { type BodyReader, violation } from './body-reader.ts';
import { checkFormatCode } from './row-encoder.ts';

/** Format codes as Bind gives them: none (all text), one for all, or one for each. Codes are checked where they are used. */
export function readFormats(reader: BodyReader): readonly number[] {
  const count = reader.uint16();
  const formats: number[] = [];
  for (let i = 0; i < count; i++) formats.push(reader.uint16());
  return formats;
}

/** 08P01 unless a statement gets as many parameters as it has, and formats that fit them. */
export function checkCounts(formatCount: number, count: number, statement: { name: string; required: number }): void {
  if (formatCount > 1 && formatCount !== count) {
    throw violation(`bind message has ${formatCount} parameter formats but ${count} parameters`);
  }
  if (count === statement.required) return;
  const { name, required } = statement;
  throw violation(`bind message supplies ${count} parameters, but prepared statement "${name}" requires ${required}`);
}

/**
 * The parameters, as bytes where they lie in the message. 22023 for an unknown format code, 22021 for a text that is not UTF-8 or contains a
 * zero byte.
 */
export function readParameters(reader: BodyReader, formats: readonly number[], count: number): ParameterValue[] {
  const parameters: ParameterValue[] = [];
  const common = formats.length === 1 ? formats[0]! : 0;
  for (let i = 0; i < count; i++) {
    parameters.push(readParameter(reader, formats.length > 1 ? formats[i]! : common));
  }
  return parameters;
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
