import { assert, type CastContext, type DataType, failure, type Value } from '@millrace/core';
import { dateFromText, textFromDate } from './dates.ts';
import { parseDecimal, printDecimal, roundDecimal } from './decimal.ts';

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
const isText = (type: DataType): boolean => ['text', 'varchar', 'name', 'unknown'].includes(type.kind);

/**
 * Casts between the types that the generators use (bool, integers, floats, numeric, text, varchar, date): written from PostgreSQL's manual, not from
 * the engine. Another pair is a gap of the oracle and fails the suite. Text that is too long for varchar(n) is cut by an explicit cast, else 22001.
 */
export function castReference(value: Value, from: DataType, to: DataType, context: CastContext = 'explicit'): Value {
  if (value === null) return null;
  if (from.kind === to.kind && from.kind !== 'numeric' && from.kind !== 'varchar') return value;
  if (isText(to)) return shorten(textOf(value, from), to, context);
  if (integerRange(to)) return toIntegerFrom(value, from, to);
  if (isFloat(to)) return toFloat(value, from, to);
  if (to.kind === 'numeric') return toNumeric(value, from, to);
  if (to.kind === 'bool') return toBool(value, from);
  if (to.kind === 'date' && isText(from)) return dateFromText(String(value));
  assert(false, `the reference interpreter has no cast from ${from.kind} to ${to.kind}`);
}

function shorten(text: string, to: DataType, context: CastContext): string {
  if (to.kind !== 'varchar' || to.length === null) return text;
  const kept = [...text].slice(0, to.length).join('');
  if (context !== 'explicit' && text.slice(kept.length).replaceAll(' ', '') !== '')
    throw failure('stringTooLong', { type: `character varying(${to.length})` });
  return kept;
}

function textOf(value: Value, from: DataType): string {
  if (isText(from)) return String(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (integerRange(from) || from.kind === 'numeric') return String(value);
  if (from.kind === 'date') return textFromDate(Number(value));
  assert(false, `the reference interpreter prints no ${from.kind}`);
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
    return 'NaN';
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
