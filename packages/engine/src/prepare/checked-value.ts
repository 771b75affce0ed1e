import {
  type DataType,
  type FormatSettings,
  failure,
  formatType,
  type Interval,
  type Value,
  valueFromText,
} from '@millrace/core';

const INTEGER_BITS: Readonly<Partial<Record<DataType['kind'], number>>> = { int2: 16, int4: 32, date: 32 };
const BIGINT_KINDS: ReadonlySet<DataType['kind']> = new Set(['int8', 'timestamp', 'timestamptz']);
const TEXT_KINDS: ReadonlySet<DataType['kind']> = new Set(['text', 'varchar', 'bpchar', 'name', 'char', 'unknown']);

/**
 * A value of the library API as one of the type: what a JavaScript program hands over is not trusted to be what its types say. Text is read as
 * PostgreSQL reads it for every type, numbers and bigints stand for each other where they are exact. 22003 out of range, 22P02 for text that
 * is not of the type, 42804 for anything else.
 */
export function checkedValue(type: DataType, value: Value, format: FormatSettings): Value {
  if (value === null) return null;
  if (typeof value === 'string') return TEXT_KINDS.has(type.kind) ? value : valueFromText(type, value, format);
  if (typeof value === 'number' || typeof value === 'bigint') return checkedNumber(type, value, format);
  if (typeof value === 'boolean' && type.kind === 'bool') return value;
  if (value instanceof Uint8Array && type.kind === 'bytea') return value;
  if (Array.isArray(value) && type.kind === 'array') return value.map((item) => checkedValue(type.item, item, format));
  if (type.kind === 'interval' && isInterval(value)) return value;
  return refuse(type, value);
}

function checkedNumber(type: DataType, value: number | bigint, format: FormatSettings): Value {
  if (type.kind === 'float4') return Math.fround(Number(value));
  if (type.kind === 'float8') return Number(value);
  if (type.kind === 'numeric') return valueFromText(type, String(value), format);
  const isUnsigned = type.kind === 'oid' || type.kind.startsWith('reg');
  const bits = isUnsigned ? 32 : INTEGER_BITS[type.kind];
  if (bits === undefined && !BIGINT_KINDS.has(type.kind)) return refuse(type, value);
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw failure('invalidText', { type: formatType(type), value: String(value) });
  }
  const integer = BigInt(value);
  const fits = isUnsigned ? BigInt.asUintN(32, integer) === integer : BigInt.asIntN(bits ?? 64, integer) === integer;
  if (!fits) throw failure('outOfRange', { what: formatType(type) });
  return bits === undefined ? integer : Number(integer);
}

function isInterval(value: Value): value is Interval {
  return (
    typeof value === 'object' &&
    value !== null &&
    'months' in value &&
    'days' in value &&
    'micros' in value &&
    Number.isInteger(value.months) &&
    Number.isInteger(value.days) &&
    typeof value.micros === 'bigint'
  );
}

function refuse(type: DataType, value: Value): never {
  const given = Array.isArray(value) ? 'an array' : value instanceof Uint8Array ? 'bytes' : `a ${typeof value}`;
  throw failure('typeMismatch', { message: `${given} is not a value of type ${formatType(type)}` });
}
