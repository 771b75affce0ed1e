import { failure, type MillraceError } from '@millrace/core';
import { unescapeEscapeString, unescapeUnicodeString } from './escapes.ts';
import { canonicalNumber } from './numbers.ts';
import type { PlainToken } from './token.ts';

const SPACE = /[ \t\n\r\f\v]+|--[^\n\r]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:[0-9](?:_?[0-9])*(?:\.(?!\.)(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?/y;
const PARAMETER = /\$[0-9]+/y;
const STRING = /(?:[eE]|[bB]|[xX]|[nN]|[uU]&)?'/y;
const QUOTED = /"((?:[^"]|"")*)"/y;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const OPERATOR = /[-+*/<>=~!@#%^&|`?]+/y;
/** Only with one of these may an operator of several characters end in + or -. */
const LETS_SIGN_END = /[~!@#%^&|`?]/;
const IDENTIFIER_BYTES_MAX = 63;

/**
 * SQL text as PostgreSQL's lexer cuts it: names folded, texts unescaped, operators by its longest-match rule, comments gone. Throws 42601 as it does for what
 * has no end, and 0A000 for the few forms that are left out: `N'...'`, UESCAPE, names that PostgreSQL would cut at 63 bytes.
 */
export function tokensOf(sql: string): PlainToken[] {
  const scan: Scan = { sql, offset: 0, at: 0, counted: 0, isAscii: !/[\ud800-\udbff]/.test(sql), tokens: [] };
  while (skipSpace(scan)) scanToken(scan);
  return scan.tokens;
}

interface Scan {
  readonly sql: string;
  /** Where the scan is, in UTF-16 units. */
  offset: number;
  /** Characters before `counted`. */
  at: number;
  counted: number;
  /** No character takes two units. */
  readonly isAscii: boolean;
  readonly tokens: PlainToken[];
}

/** Characters before an offset that is not before the last one asked for. */
function charactersBefore(scan: Scan, offset: number): number {
  if (scan.isAscii) return offset;
  for (; scan.counted < offset; scan.counted++) {
    const unit = scan.sql.charCodeAt(scan.counted);
    if (unit < 0xdc00 || unit > 0xdfff) scan.at++;
  }
  return scan.at;
}

function match(scan: Scan, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = scan.offset;
  return pattern.exec(scan.sql);
}

function push(scan: Scan, kind: PlainToken['kind'], text: string, end: number): void {
  const start = scan.offset;
  scan.tokens.push({ kind, text, at: charactersBefore(scan, start), start, end });
  scan.offset = end;
}

function fault(scan: Scan, what: string, key: 'syntaxError' | 'notImplemented' = 'syntaxError'): MillraceError {
  return failure(key, { message: what }, { position: charactersBefore(scan, scan.offset) + 1 });
}

function unsupported(scan: Scan, feature: string): MillraceError {
  return fault(scan, `${feature} is not supported by this front end`, 'notImplemented');
}

/** Whether anything is left after white space and comments, which nest. */
function skipSpace(scan: Scan): boolean {
  for (;;) {
    const space = match(scan, SPACE);
    if (space !== null) scan.offset += space[0].length;
    else if (scan.sql.startsWith('/*', scan.offset)) scan.offset = endOfComment(scan);
    else return scan.offset < scan.sql.length;
  }
}

function endOfComment(scan: Scan): number {
  const { sql } = scan;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = scan.offset;
  let depth = 0;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  throw fault(scan, `unterminated /* comment at or near "${sql.slice(scan.offset)}"`);
}

function scanToken(scan: Scan): void {
  const { sql, offset } = scan;
  const string = match(scan, STRING);
  if (string !== null) {
    scanString(scan, string[0]);
    return;
  }
  if (/^[uU]&"/.test(sql.slice(offset, offset + 3))) throw unsupported(scan, 'U&"..."');
  const word = match(scan, WORD);
  if (word !== null) {
    const text = word[0].replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    requireShort(scan, text);
    push(scan, 'word', text, offset + word[0].length);
    return;
  }
  const quoted = match(scan, QUOTED);
  if (quoted !== null) {
    scanQuoted(scan, quoted);
    return;
  }
  if (sql[offset] === '"') throw fault(scan, `unterminated quoted identifier at or near "${sql.slice(offset)}"`);
  const number = match(scan, NUMBER);
  if (number !== null) {
    scanNumber(scan, number[0]);
    return;
  }
  if (sql[offset] === '$') {
    scanDollar(scan);
    return;
  }
  scanSymbol(scan);
}

function requireShort(scan: Scan, name: string): void {
  if (name.length * 3 <= IDENTIFIER_BYTES_MAX) return;
  if (new TextEncoder().encode(name).length > IDENTIFIER_BYTES_MAX) {
    throw unsupported(scan, `a name of more than ${IDENTIFIER_BYTES_MAX} bytes`);
  }
}

function scanQuoted(scan: Scan, quoted: RegExpExecArray): void {
  const text = (quoted[1] ?? '').replaceAll('""', '"');
  if (text === '') throw fault(scan, 'zero-length delimited identifier at or near """"');
  requireShort(scan, text);
  push(scan, 'quoted', text, scan.offset + quoted[0].length);
}

function scanNumber(scan: Scan, digits: string): void {
  const end = scan.offset + digits.length;
  const junk = /^[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/.exec(scan.sql.slice(end, end + 80));
  if (junk !== null) throw fault(scan, `trailing junk after numeric literal at or near "${digits}${junk[0]}"`);
  push(scan, 'number', canonicalNumber(digits), end);
}

function scanDollar(scan: Scan): void {
  const { sql, offset } = scan;
  const parameter = match(scan, PARAMETER);
  if (parameter !== null) {
    const index = Number(parameter[0].slice(1));
    if (index > 0x7fffffff) throw fault(scan, `parameter number too large at or near "${parameter[0]}"`);
    const end = offset + parameter[0].length;
    push(scan, 'parameter', String(index), end);
    return;
  }
  const tag = match(scan, DOLLAR)?.[0];
  if (tag === undefined) throw fault(scan, 'syntax error at or near "$"');
  const end = sql.indexOf(tag, offset + tag.length);
  if (end < 0) throw fault(scan, `unterminated dollar-quoted string at or near "${sql.slice(offset)}"`);
  push(scan, 'string', sql.slice(offset + tag.length, end), end + tag.length);
}

/** The end of a string whose first quote is before `from`: doubled quotes go on, and so do escaped ones if it has escapes. */
function endOfString(sql: string, from: number, hasEscapes: boolean): number {
  const mark = hasEscapes ? /\\[\s\S]|''|'/g : /''|'/g;
  mark.lastIndex = from;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    if (found[0] === "'") return mark.lastIndex;
  }
  return -1;
}

function scanString(scan: Scan, prefix: string): void {
  const { sql, offset } = scan;
  const letter = prefix[0]?.toLowerCase() ?? '';
  const from = offset + prefix.length;
  const end = endOfString(sql, from, letter === 'e');
  if (end < 0) throw fault(scan, `unterminated quoted string at or near "${sql.slice(offset)}"`);
  const inside = sql.slice(from, end - 1);
  // A string after white space with a line break would continue this one.
  if (/^[ \t\f\v]*(--[^\n\r]*)?[\n\r]([ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/.test(sql.slice(end, end + 4096))) {
    throw unsupported(scan, 'a string that continues on another line');
  }
  if (letter === 'n') throw unsupported(scan, "N'...'");
  if (letter === 'b' || letter === 'x') {
    push(scan, 'bits', `${letter}${inside}`, end);
    return;
  }
  if (letter !== 'e' && letter !== 'u') {
    push(scan, 'string', inside.replaceAll("''", "'"), end);
    return;
  }
  const text = letter === 'e' ? unescapeEscapeString(inside) : unescapeUnicodeString(inside);
  if (text === null) throw unsupported(scan, 'this escape in a string');
  push(scan, 'string', text, end);
}

function scanSymbol(scan: Scan): void {
  const { sql, offset } = scan;
  for (const symbol of ['::', ':=', '(', ')', '[', ']', ',', ';', '.', ':']) {
    if (sql.startsWith(symbol, offset)) {
      push(scan, 'punctuation', symbol, offset + symbol.length);
      return;
    }
  }
  let text = match(scan, OPERATOR)?.[0];
  if (text === undefined) throw fault(scan, `syntax error at or near "${sql[offset]}"`);
  const comment = text.slice(1).search(/--|\/\*/);
  if (comment >= 0) text = text.slice(0, comment + 1);
  if (!LETS_SIGN_END.test(text)) text = text.replace(/(?<=.)[-+]+$/, '');
  push(scan, 'operator', text === '!=' ? '<>' : text, offset + text.length);
}
