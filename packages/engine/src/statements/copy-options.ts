import { type CopyFormat, failure } from '@millrace/core';
import type { AstCopyOption } from '@millrace/planner';

const CHARACTERS_THAT_DELIMIT_NOTHING = '\\.abcdefghijklmnopqrstuvwxyz0123456789';

interface Written {
  format: CopyFormat['format'];
  header: boolean;
  delimiter: string | null;
  nullText: string | null;
  quote: string | null;
  escape: string | null;
  forceQuote: readonly string[] | 'all' | null;
  /** An option that means something to csv in COPY FROM. */
  fromOnly: string | null;
}

/**
 * The options of COPY ... TO over columns of these names, checked as PostgreSQL does, in its order: 42601, 22023, 0A000, and 42703 for an unknown column
 * after FORCE QUOTE. `relation` is the table that is copied, null for a query.
 */
export function copyFormatOf(
  options: readonly AstCopyOption[],
  names: readonly string[],
  relation: string | null,
): CopyFormat {
  const written = readOptions(options);
  const isCsv = written.format === 'csv';
  checkBinary(written);
  const delimiter = written.delimiter ?? (isCsv ? ',' : '\t');
  const nullText = written.nullText ?? (isCsv ? '' : '\\N');
  const quote = written.quote ?? '"';
  const escapedBy = written.escape ?? quote;
  checkDelimiter(delimiter, nullText, isCsv);
  if (isCsv) checkQuotes({ quote, escape: escapedBy, delimiter, nullText });
  else requireNoCsvOptions(written);
  if (written.fromOnly !== null) {
    throw failure('notImplemented', { message: `COPY ${written.fromOnly} only available using COPY FROM` });
  }
  const forceQuote = new Set(positionsOf(written.forceQuote, names, relation));
  return { format: written.format, delimiter, nullText, header: written.header, quote, escape: escapedBy, forceQuote };
}

function requireNoCsvOptions({ quote, escape: escapedBy, forceQuote, fromOnly }: Written): void {
  const name =
    quote !== null ? 'quote' : escapedBy !== null ? 'escape' : forceQuote !== null ? 'force quote' : fromOnly;
  if (name !== null) throw failure('notImplemented', { message: `COPY ${name} available only in CSV mode` });
}

function readOptions(options: readonly AstCopyOption[]): Written {
  const seen = new Set<string>();
  const written: Written = {
    format: 'text',
    header: false,
    delimiter: null,
    nullText: null,
    quote: null,
    escape: null,
    forceQuote: null,
    fromOnly: null,
  };
  for (const option of options) {
    const { name } = option;
    if (seen.has(name)) throw failure('syntaxError', { message: 'conflicting or redundant options' }, placeOf(option));
    seen.add(name);
    readOption(written, option);
  }
  return written;
}

function readOption(written: Written, option: AstCopyOption): void {
  switch (option.name) {
    case 'format':
      written.format = formatName(option);
      return;
    case 'header':
      written.header = headerValue(option);
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
      written.forceQuote = columnsOf(option);
      return;
    case 'encoding':
      checkEncoding(option);
      return;
    // PostgreSQL 15 looks at it only in COPY FROM.
    case 'freeze':
      return;
    case 'force_not_null':
    case 'force_null':
      written.fromOnly = option.name.replaceAll('_', ' ');
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

function headerValue({ kind, value }: AstCopyOption): boolean {
  if (kind === 'none') return true;
  const text = value.toLowerCase();
  if (kind === 'value' && ['true', 'on', '1'].includes(text)) return true;
  if (kind === 'value' && ['false', 'off', '0'].includes(text)) return false;
  if (kind === 'value' && text === 'match')
    throw failure('notImplemented', { message: 'cannot use "match" with HEADER in COPY TO' });
  throw failure('syntaxError', { message: 'header requires a Boolean value or "match"' });
}

function columnsOf(option: AstCopyOption): readonly string[] | 'all' {
  if (option.kind === 'all') return 'all';
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
  throw failure('notSupported', { feature: `COPY with the encoding ${textOf(option)}` }, placeOf(option));
}

function checkBinary({ format, delimiter, nullText, header }: Written): void {
  if (format !== 'binary') return;
  if (delimiter !== null) throw failure('syntaxError', { message: 'cannot specify DELIMITER in BINARY mode' });
  if (nullText !== null) throw failure('syntaxError', { message: 'cannot specify NULL in BINARY mode' });
  if (header) throw failure('notImplemented', { message: 'cannot specify HEADER in BINARY mode' });
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

function positionsOf(
  forced: Written['forceQuote'],
  names: readonly string[],
  relation: string | null,
): readonly number[] {
  if (forced === null) return [];
  if (forced === 'all') return names.map((_, i) => i);
  return forced.map((name) => {
    const position = names.indexOf(name);
    const label = relation === null ? `"${name}"` : `"${name}" of relation "${relation}"`;
    if (position < 0) throw failure('undefinedColumn', { name: label });
    return position;
  });
}
