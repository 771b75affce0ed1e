import { failure, type MillraceError } from '@millrace/core';
import type { Token } from './token.ts';

const place = (token: Token | undefined): { readonly position?: number } =>
  token === undefined ? {} : { position: token.at + 1 };

/** 0A000: PostgreSQL may know it, this front end does not. `feature` is its name: `OVER`, `GROUPING SETS` ... */
export function refusal(feature: string, token: Token | undefined): MillraceError {
  return failure('notImplemented', { message: `${feature} is not supported by this front end` }, place(token));
}

/** 42601 behind the last token of a level: at what ends the level, or at the end of the input. */
export function syntaxErrorBehind(sql: string, last: Token | undefined): MillraceError {
  const start = last === undefined ? -1 : sql.slice(last.end).search(/[^ \t\n\r\f\v]/);
  if (last === undefined || start < 0) return syntaxError(sql, undefined);
  const from = last.end + start;
  const at = last.at + [...sql.slice(last.start, from)].length;
  return syntaxError(sql, { kind: 'punctuation', text: sql[from]!, at, start: from, end: from + 1 });
}

/** 42601 at a token, or at the end of the input. */
export function syntaxError(sql: string, token: Token | undefined): MillraceError {
  if (token === undefined) {
    const position = [...sql].length + 1;
    return failure('syntaxError', { message: 'syntax error at end of input' }, { position });
  }
  const end = token.kind === 'group' ? token.start + token.text.length : token.end;
  return failure('syntaxError', { message: `syntax error at or near "${sql.slice(token.start, end)}"` }, place(token));
}
