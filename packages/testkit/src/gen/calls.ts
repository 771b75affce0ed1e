import {
  arrayOf,
  assert,
  type DataType,
  type Expr,
  standardFunctions,
  typeOf,
  types,
  type Value,
} from '@millrace/core';

const { bool, int2, int4, int8, float4, float8, numeric, text, date, timestamp, timestamptz, interval, jsonb, uuid } =
  types;
const INT_ARRAY = arrayOf(int4);
const TEXT_ARRAY = arrayOf(text);

/** What stands in a call: any expression of a type, or one of a few literals. */
export type Argument =
  | DataType
  | { readonly kind: 'one-of'; readonly type: DataType; readonly values: readonly Value[] };
type Call = readonly [id: string, args: readonly Argument[]];

const oneOf = (type: DataType, ...values: Value[]): Argument => ({ kind: 'one-of', type, values });
/** Divisors that are not zero, so that most quotients are numbers. */
const DIVISORS: Readonly<Record<string, readonly Value[]>> = {
  int2: [1, 2, -1, 3],
  int4: [1, 2, -1, 3],
  int8: [1n, 2n, -1n, 3n],
  float8: [1, 2, -1, 0.5],
  float4: [1, 2, -1, 0.5],
};
const binary = (type: DataType, ops: string): readonly Call[] =>
  [...ops].map((op) => {
    const divisors = op === '/' || op === '%' ? DIVISORS[type.kind] : undefined;
    return [`${op}(${type.kind},${type.kind})`, [type, divisors === undefined ? type : oneOf(type, ...divisors)]];
  });
const UNIT = oneOf(text, 'day', 'month', 'hour', 'year', 'week', 'second', 'quarter');
const FIELD = oneOf(text, 'year', 'month', 'day', 'hour', 'second', 'epoch', 'dow', 'doy', 'isodow', 'quarter');
const DAYS = oneOf(int4, 1, 0, -1, 30);
const SPAN = oneOf(
  interval,
  { months: 0, days: 1, micros: 0n },
  { months: 1, days: 0, micros: 0n },
  { months: 0, days: 0, micros: 3_600_000_000n },
);
const KEY = oneOf(text, 'a', 'b', '');
const INDEX = oneOf(int4, 0, 1, -1, 9);

/** Calls by the kind of their result. Their facts (volatility, failing, strictness) are the registry's. */
export const CALLS: Readonly<Record<string, readonly Call[]>> = {
  bool: [
    ['~~(text,text)', [text, oneOf(text, 'a%', '%', '_', 'ab_', '')]],
    ['starts_with(text,text)', [text, KEY]],
    ['isfinite(timestamp)', [timestamp]],
    ['isfinite(date)', [date]],
    ['!~~(text,text)', [text, oneOf(text, 'a%', '', '%b')]],
  ],
  int2: [...binary(int2, '+-*/%'), ['/(int2,int2)', [int2, int2]]],
  int4: [
    ...binary(int4, '+-*/%'),
    ['/(int4,int4)', [int4, int4]],
    ['-(int4)', [int4]],
    ['abs(int4)', [int4]],
    ['length(text)', [text]],
    ['strpos(text,text)', [text, KEY]],
    ['-(date,date)', [date, oneOf(date, 0, 19_723)]],
    ['cardinality(anyarray)', [INT_ARRAY]],
    ['array_length(anyarray,int4)', [TEXT_ARRAY, oneOf(int4, 1, 2)]],
  ],
  int8: [...binary(int8, '+-*/%'), ['-(int8)', [int8]], ['+(int4,int8)', [int4, int8]]],
  float4: [...binary(float4, '+-*/'), ['-(float4)', [float4]]],
  float8: [
    ...binary(float8, '+-*/'),
    ['-(float8)', [float8]],
    ['abs(float8)', [float8]],
    ['/(float8,float8)', [float8, float8]],
  ],
  numeric: [
    ...binary(numeric, '+-*'),
    ['-(numeric)', [numeric]],
    ['/(numeric,numeric)', [numeric, oneOf(numeric, '1', '3', '-0.07', '2.50')]],
    ['extract(text,timestamp)', [FIELD, timestamp]],
    ['extract(text,timestamptz)', [FIELD, timestamptz]],
  ],
  text: [
    ['lower(text)', [text]],
    ['upper(text)', [text]],
    ['||(text,text)', [text, text]],
    ['substring(text,int4,int4)', [text, oneOf(int4, 1, 2, 0), oneOf(int4, 1, 2, 0)]],
    ['left(text,int4)', [text, INDEX]],
    ['replace(text,text,text)', [text, KEY, text]],
    ['btrim(text)', [text]],
    ['->>(jsonb,text)', [jsonb, KEY]],
    ['->>(jsonb,int4)', [jsonb, INDEX]],
    ['jsonb_typeof(jsonb)', [jsonb]],
  ],
  date: [
    ['+(date,int4)', [date, DAYS]],
    ['-(date,int4)', [date, DAYS]],
  ],
  timestamp: [
    ['date_trunc(text,timestamp)', [UNIT, timestamp]],
    ['+(timestamp,interval)', [timestamp, SPAN]],
    ['-(timestamp,interval)', [timestamp, SPAN]],
    ['+(date,interval)', [date, SPAN]],
    ['timezone(text,timestamptz)', [oneOf(text, 'UTC'), timestamptz]],
  ],
  timestamptz: [
    ['date_trunc(text,timestamptz)', [UNIT, timestamptz]],
    ['+(timestamptz,interval)', [timestamptz, SPAN]],
    ['now()', []],
    ['timezone(text,timestamp)', [oneOf(text, 'UTC'), timestamp]],
  ],
  interval: [
    ['+(interval,interval)', [interval, SPAN]],
    ['-(interval)', [interval]],
    ['-(timestamp,timestamp)', [oneOf(timestamp, 0n, 1_704_067_200_000_000n), oneOf(timestamp, 1n, 86_400_000_000n)]],
  ],
  jsonb: [
    ['->(jsonb,text)', [jsonb, KEY]],
    ['->(jsonb,int4)', [jsonb, INDEX]],
  ],
};

/** Where casts to a kind of type come from; the reference interpreter knows each. */
export const CASTS: Readonly<Record<string, readonly DataType[]>> = {
  int2: [int4, int8, text],
  int4: [int8, text, float8, bool, int2],
  int8: [int4, text, numeric],
  float4: [int4, float8, text],
  float8: [int4, int8, text, numeric, float4],
  numeric: [int4, int8, text],
  text: [int4, int8, bool, numeric, date, timestamp, timestamptz, interval, jsonb, uuid, INT_ARRAY, TEXT_ARRAY],
  varchar: [text, int4],
  bpchar: [text],
  date: [text, timestamp, timestamptz],
  bool: [int4, text],
  timestamp: [text, date, timestamptz],
  timestamptz: [text, date, timestamp],
  interval: [text],
  jsonb: [text],
  uuid: [text],
};

const MOMENTS = [
  '1970-01-01',
  '2024-01-01 10:00',
  '2024-02-29 12:34:56.789',
  'infinity',
  '1969-12-31 23:59:59',
  '2024-02-30',
  'soon',
];
/** Texts that a kind of type reads, and a few that it does not. */
export const READABLE: Readonly<Record<string, readonly string[]>> = {
  int2: ['1', '0', '-1', ' 2 ', '2', '32768', 'x'],
  int4: ['1', '0', '-1', ' 2 ', '2', '3', 'x'],
  int8: ['1', '0', '-1', ' 2 ', '9007199254740993', '3', ''],
  float4: ['1', '0', '-0', 'NaN', '0.5', 'x'],
  float8: ['1', '0', '-0', 'NaN', '0.5', '1e3', 'x'],
  numeric: ['1', '1.0', '0', '2.50', '-1', 'NaN', 'x'],
  bool: ['true', 'f', '1', 'off', 'yes', 'maybe'],
  date: ['1970-01-01', '1970-01-02', '2024-01-01', '1969-12-31', 'infinity', 'soon'],
  timestamp: MOMENTS,
  timestamptz: MOMENTS,
  interval: ['1 day', '24:00:00', '1 mon', '-1 day 01:00', '30 days', '0 days', 'a while'],
  jsonb: ['{}', '{"a":1}', '[1, null]', '"a"', '1e2', 'null', '{"b":1,"a":2,"b":3}', '{a}'],
  uuid: ['00000000-0000-0000-0000-000000000001', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', 'x'],
};
/** Kinds of which the interpreter reads only such texts: no other text is cast to them. */
const READ_IN_PART: readonly string[] = ['timestamp', 'timestamptz', 'interval', 'uuid'];

/** Whether any text may be cast to the type, not only the ones in `READABLE`. */
export function readsAnyText(type: DataType): boolean {
  return !READ_IN_PART.includes(type.kind);
}

/** A call of a standard function, with the facts of its signature. */
export function callById(id: string, args: readonly Expr[]): Expr {
  const signature = standardFunctions.byId(id);
  assert(signature !== undefined, `there is no function ${id}`);
  const { volatility, mayFail, strict, returns } = signature;
  const type = typeof returns === 'function' ? returns(args.map(typeOf)) : typeof returns === 'string' ? text : returns;
  return { kind: 'call', fn: { id, volatility, mayFail, strict }, args, type };
}
