import { type CopyFormat, failure } from '@millrace/core';
import type { AstCopyOption } from '@millrace/planner';

const CHARACTERS_THAT_DELIMIT_NOTHING = '\\.abcdefghijklmnopqrstuvwxyz0123456789';

/** Every other encoding that PostgreSQL knows, without punctuation. */
const ENCODINGS =
  /^(abc|alt|big5|euc(cn|jp|jis2004|kr|tw)|gb18030|gbk|iso8859([1-9]|1[0-6])|johab|koi8[ru]?|latin([1-9]|10)|mskanji|muleinternal|shiftjis(2004)?|sjis|sqlascii|tcvn(5712)?|uhc|vscii|win(dows)?(9(32|36|49|50)|8(66|74)|125[0-8])?)$/;

/** COPY's options as they were written, each once and of the right kind. */
export interface CopyOptions {
  format: CopyFormat['format'];
  header: 'none' | 'skip' | 'match';
  delimiter: string | null;
  nullText: string | null;
  quote: string | null;
  escape: string | null;
  forceQuote: readonly string[] | 'all' | null;
  forceNotNull: readonly string[] | null;
  forceNull: readonly string[] | null;
  freeze: boolean;
  skipsBadRows: boolean;
}

/** Which COPY the options belong to. */
export type CopyDirection = 'from' | 'to';

/** Reads a list of options as PostgreSQL does: 42601, 22023, 0A000. */
export function readCopyOptions(options: readonly AstCopyOption[], direction: CopyDirection): CopyOptions {
  const seen = new Set<string>();
  const written: CopyOptions = {
    format: 'text',
    header: 'none',
    delimiter: null,
    nullText: null,
    quote: null,
    escape: null,
    forceQuote: null,
    forceNotNull: null,
    forceNull: null,
    freeze: false,
    skipsBadRows: false,
  };
  for (const option of options) {
    const { name } = option;
    if (seen.has(name)) throw failure('syntaxError', { message: 'conflicting or redundant options' }, placeOf(option));
    seen.add(name);
    readOption(written, option, direction);
  }
  return written;
}

function readOption(written: CopyOptions, option: AstCopyOption, direction: CopyDirection): void {
  switch (option.name) {
    case 'format':
      written.format = formatName(option);
      return;
    case 'header':
      written.header = headerValue(option, direction);
      return;
    case 'delimiter':
      written.delimiter = textOf(option);
      return;
    case 'null':
      written.nullText = textOf(option);
      return;
    case 'quote':
      written.quote = textOf(option);
      return;
    case 'escape':
      written.escape = textOf(option);
      return;
    case 'force_quote':
      written.forceQuote = option.kind === 'all' ? 'all' : columnsOf(option);
      return;
    case 'force_not_null':
      written.forceNotNull = columnsOf(option);
      return;
    case 'force_null':
      written.forceNull = columnsOf(option);
      return;
    case 'encoding':
      checkEncoding(option);
      return;
    case 'freeze':
      written.freeze = booleanOf(option);
      return;
    case 'on_error':
      written.skipsBadRows = onErrorValue(option, direction);
      return;
    default:
      throw failure('syntaxError', { message: `option "${option.name}" not recognized` }, placeOf(option));
  }
}

function placeOf({ at }: AstCopyOption): { readonly position?: number } {
  return at === null ? {} : { position: at + 1 };
}

function textOf({ name, kind, value }: AstCopyOption): string {
  if (kind !== 'value') throw failure('syntaxError', { message: `${name} requires a parameter` });
  return value;
}

function formatName(option: AstCopyOption): CopyFormat['format'] {
  const format = textOf(option);
  if (format === 'text' || format === 'csv' || format === 'binary') return format;
  throw failure('invalidParameterValue', { message: `COPY format "${format}" not recognized` }, placeOf(option));
}

/** True and false as PostgreSQL reads them here, absent for anything else. */
function asBoolean({ kind, value }: AstCopyOption): boolean | undefined {
  if (kind === 'none') return true;
  const text = value.toLowerCase();
  if (kind === 'value' && ['true', 'on', '1'].includes(text)) return true;
  return kind === 'value' && ['false', 'off', '0'].includes(text) ? false : undefined;
}

function booleanOf(option: AstCopyOption): boolean {
  const value = asBoolean(option);
  if (value === undefined) throw failure('syntaxError', { message: `${option.name} requires a Boolean value` });
  return value;
}

function headerValue(option: AstCopyOption, direction: CopyDirection): CopyOptions['header'] {
  const value = asBoolean(option);
  if (value !== undefined) return value ? 'skip' : 'none';
  if (option.kind === 'value' && option.value.toLowerCase() === 'match') {
    if (direction === 'from') return 'match';
    throw failure('notImplemented', { message: 'cannot use "match" with HEADER in COPY TO' });
  }
  throw failure('syntaxError', { message: 'header requires a Boolean value or "match"' });
}

/** PostgreSQL 17's: stop, or ignore. */
function onErrorValue(option: AstCopyOption, direction: CopyDirection): boolean {
  if (direction === 'to') {
    throw failure('syntaxError', { message: 'COPY ON_ERROR cannot be used with COPY TO' }, placeOf(option));
  }
  const value = textOf(option);
  if (value === 'stop' || value === 'ignore') return value === 'ignore';
  throw failure('invalidParameterValue', { message: `COPY ON_ERROR "${value}" not recognized` }, placeOf(option));
}

function columnsOf(option: AstCopyOption): readonly string[] {
  if (option.kind === 'columns') return option.columns;
  const message = `argument to option "${option.name}" must be a list of column names`;
  throw failure('invalidParameterValue', { message }, placeOf(option));
}

/** All text is UTF-8. */
function checkEncoding(option: AstCopyOption): void {
  const name = textOf(option)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  if (name === 'utf8' || name === 'unicode') return;
  if (!ENCODINGS.test(name)) {
    const message = 'argument to option "encoding" must be a valid encoding name';
    throw failure('invalidParameterValue', { message }, placeOf(option));
  }
  throw failure('notSupported', { feature: `COPY with the encoding ${textOf(option)}` }, placeOf(option));
}

/** What the formats have in common: every option, with its default. */
export type CopyCharacters = Pick<CopyFormat, 'format' | 'delimiter' | 'nullText' | 'quote' | 'escape'>;

/** Checks what belongs to which format, in PostgreSQL's order, and fills in the defaults. */
export function copyCharacters(written: CopyOptions): CopyCharacters {
  const isCsv = written.format === 'csv';
  checkBinary(written);
  const delimiter = written.delimiter ?? (isCsv ? ',' : '\t');
  const nullText = written.nullText ?? (isCsv ? '' : '\\N');
  const quote = written.quote ?? '"';
  const escapedBy = written.escape ?? quote;
  checkDelimiter(delimiter, nullText, isCsv);
  if (isCsv) checkQuotes({ quote, escape: escapedBy, delimiter, nullText });
  else requireNoCsvOptions(written);
  return { format: written.format, delimiter, nullText, quote, escape: escapedBy };
}

function requireNoCsvOptions({ quote, escape: escapedBy, forceQuote, forceNotNull, forceNull }: CopyOptions): void {
  const given: readonly (readonly [string, unknown])[] = [
    ['quote', quote],
    ['escape', escapedBy],
    ['force quote', forceQuote],
    ['force not null', forceNotNull],
    ['force null', forceNull],
  ];
  const name = given.find(([, value]) => value !== null)?.[0];
  if (name !== undefined) throw failure('notImplemented', { message: `COPY ${name} available only in CSV mode` });
}

function checkBinary({ format, delimiter, nullText, header }: CopyOptions): void {
  if (format !== 'binary') return;
  if (delimiter !== null) throw failure('syntaxError', { message: 'cannot specify DELIMITER in BINARY mode' });
  if (nullText !== null) throw failure('syntaxError', { message: 'cannot specify NULL in BINARY mode' });
  if (header !== 'none') throw failure('notImplemented', { message: 'cannot specify HEADER in BINARY mode' });
}

const isOneByte = (text: string): boolean => text.length === 1 && text.charCodeAt(0) < 128;

function checkDelimiter(delimiter: string, nullText: string, isCsv: boolean): void {
  if (!isOneByte(delimiter))
    throw failure('notImplemented', { message: 'COPY delimiter must be a single one-byte character' });
  if (/[\n\r]/.test(delimiter))
    throw failure('invalidParameterValue', { message: 'COPY delimiter cannot be newline or carriage return' });
  if (/[\n\r]/.test(nullText)) {
    throw failure('invalidParameterValue', {
      message: 'COPY null representation cannot use newline or carriage return',
    });
  }
  if (!isCsv && CHARACTERS_THAT_DELIMIT_NOTHING.includes(delimiter)) {
    throw failure('invalidParameterValue', { message: `COPY delimiter cannot be "${delimiter}"` });
  }
  if (nullText.includes(delimiter)) {
    throw failure('notImplemented', { message: 'COPY delimiter must not appear in the NULL specification' });
  }
}

function checkQuotes(format: Pick<CopyFormat, 'quote' | 'escape' | 'delimiter' | 'nullText'>): void {
  for (const name of ['quote', 'escape'] as const) {
    if (!isOneByte(format[name])) {
      throw failure('notImplemented', { message: `COPY ${name} must be a single one-byte character` });
    }
  }
  if (format.delimiter === format.quote) {
    throw failure('invalidParameterValue', { message: 'COPY delimiter and quote must be different' });
  }
  if (format.nullText.includes(format.quote)) {
    throw failure('notImplemented', { message: 'CSV quote character must not appear in the NULL specification' });
  }
}
