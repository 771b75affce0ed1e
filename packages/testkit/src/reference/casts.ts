import { assert, type CastContext, type DataType, failure, type Value } from '@millrace/core';
import { dateFromText } from './dates.ts';
import { parseDecimal, printDecimal, roundDecimal } from './decimal.ts';
import { intervalFromText } from './intervals.ts';
import { parseJson, printJson } from './json.ts';
import { dateOfMoment, momentFromText, momentOfDate } from './moments.ts';
import { isText, textOfValue } from './texts.ts';

const INTEGERS: Readonly<Record<string, { readonly min: bigint; readonly max: bigint; readonly name: string }>> = {
  int2: { min: -32_768n, max: 32_767n, name: 'smallint' },
  int4: { min: -2_147_483_648n, max: 2_147_483_647n, name: 'integer' },
  int8: { min: -(2n ** 63n), max: 2n ** 63n - 1n, name: 'bigint' },
};

/** The limits of an integer type; undefined for others. */
export function integerRange(
  type: DataType,
): { readonly min: bigint; readonly max: bigint; readonly name: string } | undefined {
  return Object.hasOwn(INTEGERS, type.kind) ? INTEGERS[type.kind] : undefined;
}

/** An exact integer as a value of an integer type; 22003 out of range. */
export function toInteger(type: DataType, exact: bigint): Value {
  const range = integerRange(type);
  assert(range !== undefined, `${type.kind} is not an integer type`);
  if (exact < range.min || exact > range.max) throw failure('outOfRange', { what: range.name });
  return type.kind === 'int8' ? exact : Number(exact);
}

const isFloat = (type: DataType): boolean => type.kind === 'float4' || type.kind === 'float8';
const isMoment = (type: DataType): boolean => type.kind === 'timestamp' || type.kind === 'timestamptz';

/**
 * Casts between the types that the generators use: written from PostgreSQL's manual, not from the engine. Another pair is a gap of the oracle and
 * fails the suite. Text that is too long for varchar(n) or char(n) is cut by an explicit cast, else 22001. The session's time zone is UTC.
 */
export function castReference(value: Value, from: DataType, to: DataType, context: CastContext = 'explicit'): Value {
  if (value === null) return null;
  if (from.kind === to.kind && !['numeric', 'varchar', 'bpchar'].includes(from.kind)) return value;
  if (isText(to)) return shorten(textOfValue(value, from), to, context);
  if (integerRange(to)) return toIntegerFrom(value, from, to);
  if (isFloat(to)) return toFloat(value, from, to);
  if (to.kind === 'numeric') return toNumeric(value, from, to);
  if (to.kind === 'bool') return toBool(value, from);
  if (to.kind === 'date') return isMoment(from) ? dateOfMoment(value as bigint) : dateFromText(String(value));
  if (isMoment(to)) return toMoment(value, from, to);
  if (to.kind === 'interval' && isText(from)) return intervalFromText(String(value));
  if (to.kind === 'jsonb' && isText(from)) return printJson(parseJson(String(value)));
  if (to.kind === 'uuid' && isText(from)) return toUuid(String(value));
  if (to.kind === 'array' && isText(from)) return toArray(String(value), to.item);
  assert(false, `the reference interpreter has no cast from ${from.kind} to ${to.kind}`);
}

function shorten(text: string, to: DataType, context: CastContext): string {
  if ((to.kind !== 'varchar' && to.kind !== 'bpchar') || to.length === null) return text;
  const kept = [...text].slice(0, to.length).join('');
  if (context !== 'explicit' && text.slice(kept.length).replaceAll(' ', '') !== '')
    throw failure('stringTooLong', {
      type: `${to.kind === 'bpchar' ? 'character' : 'character varying'}(${to.length})`,
    });
  return to.kind === 'bpchar' ? kept + ' '.repeat(to.length - [...kept].length) : kept;
}

function toMoment(value: Value, from: DataType, to: DataType): Value {
  if (isMoment(from)) return value;
  if (from.kind === 'date') return momentOfDate(Number(value));
  return momentFromText(String(value), to.kind === 'timestamp' ? 'timestamp' : 'timestamp with time zone');
}

/** `{1,NULL,"a b"}`: one dimension, without spaces around items. 22P02 for other text. */
function toArray(text: string, item: DataType): Value {
  const items = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  const token = /^(?:"((?:[^"\\]|\\.)*)"|([^,{}"\\\s]+))(?:,|$)/s;
  const values: Value[] = [];
  for (let rest = items ?? '\\'; rest !== ''; ) {
    const match = token.exec(rest);
    if (match === null) throw failure('malformedArray', { value: text });
    const [whole, quoted, plain] = match;
    if (quoted !== undefined) values.push(castReference(quoted.replace(/\\(.)/gs, '$1'), { kind: 'text' }, item));
    else values.push(plain?.toUpperCase() === 'NULL' ? null : castReference(plain ?? null, { kind: 'text' }, item));
    rest = rest.slice(whole.length);
  }
  return values;
}

function toUuid(text: string): Value {
  const word = text.toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(word))
    throw failure('invalidText', { type: 'uuid', value: text });
  return word;
}

function toIntegerFrom(value: Value, from: DataType, to: DataType): Value {
  if (typeof value === 'boolean') return toInteger(to, value ? 1n : 0n);
  if (integerRange(from)) return toInteger(to, BigInt(value as number | bigint));
  if (isFloat(from)) {
    const rounded = roundHalfEven(Number(value));
    const range = integerRange(to);
    if (!Number.isFinite(rounded)) throw failure('outOfRange', { what: range?.name ?? to.kind });
    return toInteger(to, BigInt(rounded));
  }
  if (from.kind === 'numeric') {
    const rounded = roundDecimal(parseDecimal(String(value)), 0);
    if (rounded.kind === 'special')
      throw failure('notSupported', { feature: `conversion of ${printDecimal(rounded)} to an integer` });
    return toInteger(to, rounded.coefficient);
  }
  const text = String(value).trim();
  if (!/^[+-]?\d+$/.test(text))
    throw failure('invalidText', { type: integerRange(to)?.name ?? to.kind, value: String(value) });
  return toInteger(to, BigInt(text.replace(/^\+/, '')));
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const difference = value - floor;
  if (difference < 0.5) return floor;
  if (difference > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function toFloat(value: Value, from: DataType, to: DataType): Value {
  let number: number;
  if (isText(from)) {
    const text = String(value).trim().toLowerCase();
    const special = { nan: Number.NaN, infinity: Number.POSITIVE_INFINITY, '-infinity': Number.NEGATIVE_INFINITY }[
      text
    ];
    if (special === undefined && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text)) {
      throw failure('invalidText', { type: to.kind === 'float4' ? 'real' : 'double precision', value: String(value) });
    }
    number = special ?? Number(text);
  } else {
    number = Number(value);
  }
  const result = to.kind === 'float4' ? Math.fround(number) : number;
  if (!Number.isFinite(result) && Number.isFinite(number)) throw failure('outOfRange', { what: 'value' });
  return result;
}

function toNumeric(value: Value, from: DataType, to: Extract<DataType, { kind: 'numeric' }>): Value {
  assert(
    integerRange(from) || isText(from) || from.kind === 'numeric',
    `the reference interpreter has no cast from ${from.kind} to numeric`,
  );
  let decimal = parseDecimal(String(value));
  if (to.precision === null) return printDecimal(decimal);
  decimal = roundDecimal(decimal, to.scale ?? 0);
  if (decimal.kind === 'special') {
    if (decimal.rank !== 2) throw failure('numericOverflow');
    // Documented difference: numeric(p,s) is a decimal128, which has no NaN.
    throw failure('notSupported', { feature: `NaN in numeric(${to.precision},${to.scale ?? 0})` });
  }
  const limit = 10n ** BigInt(to.precision);
  if (decimal.coefficient >= limit || decimal.coefficient <= -limit) throw failure('numericOverflow');
  return printDecimal(decimal);
}

function toBool(value: Value, from: DataType): Value {
  if (from.kind === 'int4') return value !== 0;
  const text = String(value).trim().toLowerCase();
  if (text !== '' && (['true', 'yes'].some((word) => word.startsWith(text)) || text === 'on' || text === '1'))
    return true;
  if (
    text !== '' &&
    (['false', 'no'].some((word) => word.startsWith(text)) || text === 'off' || text === '0' || text === 'of')
  ) {
    return false;
  }
  throw failure('invalidText', { type: 'boolean', value: String(value) });
}
