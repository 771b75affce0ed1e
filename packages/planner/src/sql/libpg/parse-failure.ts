import { failure, MillraceError } from '@millrace/core';
import { hasSqlDetails } from 'libpg-query';

/** Messages of the grammar that have another SQLSTATE than 42601. */
const UNIMPLEMENTED = /not (yet )?(implemented|supported)|cannot be marked/;

/** What the parser threw, as the error a client gets. Positions: the parser counts characters from 0, PostgreSQL's messages from 1. */
export function parseFailure(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  // Deep nesting exhausts the parser's own stack, JavaScript's, or the WASM module's.
  if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')) {
    return failure('tooComplex', {}, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/memory exhausted|stack depth limit/.test(message)) return failure('tooComplex', {}, { cause: error });
  if (!hasSqlDetails(error)) return failure('internal', { message }, { cause: error });
  const encoding = /^invalid byte sequence for encoding "UTF8": (.*)$/.exec(message);
  if (encoding !== null) return failure('invalidEncoding', { bytes: encoding[1]! }, { cause: error });
  const cursor = error.sqlDetails?.cursorPosition ?? -1;
  const info = cursor < 0 ? {} : { position: cursor + 1 };
  if (UNIMPLEMENTED.test(message)) return failure('notImplemented', { message }, info);
  if (/^(precision|interval)\b.*\b(must|precision)\b/i.test(message)) {
    return failure('invalidParameterValue', { message }, info);
  }
  if (/^frame (start|end)/.test(message)) return failure('windowingError', { message }, info);
  return failure('syntaxError', { message }, info);
}
