import { failure } from '../errors/table.ts';
import type { FormatSettings } from '../ports/query-handler.ts';
import { parseArrayText } from '../types/array-text.ts';
import { parseBytea } from '../types/bytea.ts';
import { type DataType, formatType } from '../types/data-type.ts';
import { parseDate, parseTimestamp, parseTimestamptz } from '../types/datetime-parse.ts';
import { parseInterval } from '../types/interval-parse.ts';
import { canonicalJsonb, validateJson } from '../types/json.ts';
import { formatDecimal, formatNumeric, parseNumeric } from '../types/numeric.ts';
import { coefficientFor } from '../types/numeric-convert.ts';
import { fitText } from '../types/text-length.ts';
import { timeZoneOf } from '../types/time-zone.ts';
import { parseUuid } from '../types/uuid.ts';
import type { Value } from '../types/value.ts';
import { DEFAULT_FORMAT } from './default-format.ts';
import { parseFloatText } from './float-text.ts';

const TRUE = /^(?:t|tr|tru|true|y|ye|yes|on|1)$/i;
const FALSE = /^(?:f|fa|fal|fals|false|n|no|of|off|0)$/i;
const INTEGER = /^[ \t\n\r\v\f]*([+-]?\d+)[ \t\n\r\v\f]*$/;
const DIGITS = /^[ \t\n\r\v\f]*([+-]?\d+)/;

function invalid(type: DataType, text: string): Error {
  return failure('invalidText', { type: formatType(type), value: text });
}

function parseBool(text: string): boolean {
  const trimmed = text.trim();
  if (TRUE.test(trimmed)) return true;
  if (FALSE.test(trimmed)) return false;
  throw invalid({ kind: 'bool' }, text);
}

const BOUNDS: Readonly<Record<'int2' | 'int4' | 'int8', bigint>> = {
  int2: 1n << 15n,
  int4: 1n << 31n,
  int8: 1n << 63n,
};

function parseInteger(type: DataType & { kind: 'int2' | 'int4' | 'int8' }, text: string): bigint {
  const match = DIGITS.exec(text);
  if (match === null) throw invalid(type, text);
  const value = BigInt(match[1]!.replace('+', ''));
  const bound = BOUNDS[type.kind];
  const isOutside = value < -bound || value >= bound;
  // PostgreSQL reads digit by digit: what follows too many of them is not looked at.
  if (!isOutside && !INTEGER.test(text)) throw invalid(type, text);
  if (isOutside) throw failure('valueOutOfRange', { value: text, type: formatType(type) });
  return value;
}

/** oid input takes 0..2^32-1 and, like C's strtoul, negative numbers down to -2^31. */
function parseOid(text: string): number {
  const match = INTEGER.exec(text);
  if (match === null) throw invalid({ kind: 'oid' }, text);
  const value = Number(match[1]);
  if (value > 4_294_967_295 || value < -2_147_483_648) throw failure('valueOutOfRange', { value: text, type: 'oid' });
  return value >>> 0;
}

/** reg* by number, as `-` and digits; names need the catalog and are looked up by the cast. */
function parseReg(type: DataType, text: string): number {
  if (text === '-') return 0;
  if (/^\d+$/.test(text)) return parseOid(text);
  throw failure('notSupported', { feature: `a name as ${type.kind} where no catalog is at hand` });
}

/**
 * PostgreSQL's text input of a type, modifiers enforced as an assignment does (22001, 22003). `nowMicros` is what `now`, `today` ... mean;
 * without it they are refused (0A000) because core has no clock.
 */
export function valueFromText(
  type: DataType,
  text: string,
  format: FormatSettings = DEFAULT_FORMAT,
  nowMicros: bigint | undefined = format.nowMicros,
): Value {
  switch (type.kind) {
    case 'bool':
      return parseBool(text);
    case 'int2':
    case 'int4':
      return Number(parseInteger({ kind: type.kind }, text));
    case 'int8':
      return parseInteger(type, text);
    case 'oid':
      return parseOid(text);
    case 'regclass':
    case 'regtype':
    case 'regproc':
    case 'regnamespace':
      return parseReg(type, text);
    case 'float4':
    case 'float8':
      return parseFloatText(text, type.kind);
    case 'numeric': {
      const value = parseNumeric(text);
      if (type.precision === null) return formatNumeric(value);
      const scale = type.scale ?? 0;
      return formatDecimal(coefficientFor(value, type.precision, scale), scale);
    }
    case 'text':
    case 'unknown':
    case 'void':
      return text;
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
      return fitText(type, text, 'assignment');
    case 'bytea':
      return parseBytea(text);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return parseMoment(type.kind, text, format, nowMicros);
    case 'interval':
      return parseInterval(text);
    case 'uuid':
      return parseUuid(text);
    case 'json':
      validateJson(text);
      return text;
    case 'jsonb':
      return canonicalJsonb(text);
    case 'array':
      return parseArrayText(text).map((item) =>
        item === null ? null : valueFromText(type.item, item, format, nowMicros),
      );
    default:
      return type satisfies never;
  }
}

function parseMoment(
  kind: 'date' | 'timestamp' | 'timestamptz',
  text: string,
  format: FormatSettings,
  nowMicros: bigint | undefined = format.nowMicros,
): Value {
  const context = { zone: timeZoneOf(format.timeZone), nowMicros };
  if (kind === 'date') return parseDate(text, context);
  return kind === 'timestamp' ? parseTimestamp(text, context) : parseTimestamptz(text, context);
}
