import { type DataType, type FormatSettings, MillraceError, type VectorBuilder } from '@millrace/core';

/** A column that literals go into: its builder, and which literals mean there what their text means. */
export interface LiteralColumn {
  readonly builder: VectorBuilder;
  readonly takes: LiteralForms;
}

/** Forms of literals, besides NULL, whose text is read into the column as the cast of the literal would read it. */
export interface LiteralForms {
  readonly strings: boolean;
  readonly numbers: boolean;
  readonly booleans: boolean;
}

const NUMBER_KINDS: ReadonlySet<DataType['kind']> = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']);
const STRING_KINDS: ReadonlySet<DataType['kind']> = new Set([
  ...NUMBER_KINDS,
  'bool',
  'text',
  'varchar',
  'bpchar',
  'bytea',
  'uuid',
  'json',
  'jsonb',
  'date',
  'timestamp',
  'timestamptz',
]);

/**
 * What a column takes without its plan. A number in a column of text is printed by its own rules, one in a column of dates is an error: such
 * cells are left to the plan. Types whose text names objects of the catalog are too.
 */
export function formsFor(type: DataType): LiteralForms {
  const item = type.kind === 'array' ? type.item : type;
  return {
    strings: STRING_KINDS.has(item.kind),
    numbers: NUMBER_KINDS.has(type.kind),
    booleans: type.kind === 'bool',
  };
}

const QUOTE = 0x27;
const OPEN = 0x28;
const CLOSE = 0x29;
const COMMA = 0x2c;
const MINUS = 0x2d;
const SEMICOLON = 0x3b;
/** Longer numbers are rare, and their digits may say more than a float keeps. */
const NUMBER_BYTES_MAX = 40;

/** What was read of a number: where it ends; -1 if it is not one that the text of a column may be. */
function numberEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  const isNegative = bytes[at] === MINUS;
  if (isNegative) at++;
  let digits = 0;
  let isZero = true;
  for (let isFraction = false; ; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x30 && byte <= 0x39) {
      digits++;
      if (byte !== 0x30) isZero = false;
    } else if (byte === 0x2e && !isFraction) isFraction = true;
    else break;
  }
  // Minus zero is zero as a literal, and keeps its sign as a float's text.
  if (digits === 0 || (isNegative && isZero) || bytes[at - 1] === 0x2e) return -1;
  if (((bytes[at] as number) | 0x20) === 0x65) {
    at++;
    if (bytes[at] === MINUS || bytes[at] === 0x2b) at++;
    const first = at;
    while ((bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
    if (at === first || at - first > 2) return -1;
  }
  return at - from > NUMBER_BYTES_MAX ? -1 : at;
}

/** Whether the letters at `from` are `word`, which is in lower case. What follows is seen by the caller. */
function isWord(bytes: Uint8Array, from: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    if (((bytes[from + i] as number) | 0x20) !== word.charCodeAt(i)) return false;
  }
  return true;
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09 && byte !== 0x0c) return at;
    at++;
  }
}

/**
 * Reads the string whose quote is at `from` into the column: where it ends, behind the quote; -1 if it does not end. Doubled quotes are made one
 * in place: the bytes are the caller's own.
 */
function takeString(bytes: Uint8Array, from: number, builder: VectorBuilder, format: FormatSettings): number {
  const start = from + 1;
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at++;
  if (bytes[at + 1] !== QUOTE) {
    if (at >= bytes.length) return -1;
    builder.appendText(bytes, start, at, format);
    return at + 1;
  }
  let to = at;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE && bytes[++at] !== QUOTE) {
      builder.appendText(bytes, start, to, format);
      return at;
    }
    bytes[to++] = byte;
  }
  return -1;
}

/** Reads one literal into its column: where it ends; -1 if it is anything else than a literal that the column takes. */
function takeCell(bytes: Uint8Array, from: number, { builder, takes }: LiteralColumn, format: FormatSettings): number {
  const byte = bytes[from] as number;
  if (byte === QUOTE) return takes.strings ? takeString(bytes, from, builder, format) : -1;
  if (byte === MINUS || byte === 0x2e || (byte >= 0x30 && byte <= 0x39)) {
    const end = takes.numbers ? numberEnd(bytes, from) : -1;
    if (end !== -1) builder.appendText(bytes, from, end, format);
    return end;
  }
  if (isWord(bytes, from, 'null')) {
    builder.appendNull();
    return from + 4;
  }
  const isTrue = isWord(bytes, from, 'true');
  if (!takes.booleans || !(isTrue || isWord(bytes, from, 'false'))) return -1;
  builder.appendValue(isTrue);
  return from + (isTrue ? 4 : 5);
}

/**
 * Reads `(literal, ...), (literal, ...) ;` straight into columns, one pass over the bytes: the number of rows, or null for anything else: an
 * expression, a row of another width, a literal that its column would need a cast for, a text that is no value of the type. Whatever is wrong is
 * said by the plan of the whole text, which knows the words and the position; so nothing is said here. `bytes` is UTF-8 and is written to.
 */
export function readLiteralRows(
  bytes: Uint8Array,
  from: number,
  columns: readonly LiteralColumn[],
  format: FormatSettings,
): number | null {
  try {
    return readRows(bytes, from, columns, format);
  } catch (error) {
    if (error instanceof MillraceError) return null;
    throw error;
  }
}

function readRows(
  bytes: Uint8Array,
  from: number,
  columns: readonly LiteralColumn[],
  format: FormatSettings,
): number | null {
  const width = columns.length;
  let at = from;
  for (let rows = 1; ; rows++) {
    if (bytes[at] !== OPEN) return null;
    for (let column = 0; column < width; column++) {
      at = takeCell(bytes, afterSpace(bytes, at + 1), columns[column] as LiteralColumn, format);
      if (at === -1) return null;
      at = afterSpace(bytes, at);
      if (bytes[at] !== (column === width - 1 ? CLOSE : COMMA)) return null;
    }
    at = afterSpace(bytes, at + 1);
    if (bytes[at] !== COMMA) {
      if (bytes[at] === SEMICOLON) at = afterSpace(bytes, at + 1);
      return at === bytes.length ? rows : null;
    }
    at = afterSpace(bytes, at + 1);
  }
}

/** The number of cells of the row that opens at `from`; 0 if it is not a row of literals, or of more than `max`. */
export function rowWidth(text: string, from: number, max: number): number {
  let isQuoted = false;
  let width = 1;
  for (let at = from + 1; at < text.length && width <= max; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (code === OPEN) return 0;
    else if (code === CLOSE) return width;
    else if (code === COMMA) width++;
  }
  return 0;
}
