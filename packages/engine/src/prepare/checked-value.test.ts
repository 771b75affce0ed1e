import { arrayOf, type DataType, DEFAULT_FORMAT, types, type Value } from '@millrace/core';
import { expect, test } from 'vitest';
import { openClient } from '../library/client.ts';
import { engineWorld, errorOf } from '../testing/engine-world.ts';
import { checkedValue } from './checked-value.ts';

const numeric: DataType = { kind: 'numeric', precision: null, scale: null };
const check = (type: DataType, value: unknown): Value => checkedValue(type, value as Value, DEFAULT_FORMAT);

test.each<readonly [DataType, unknown, Value]>([
  [types.int4, 5n, 5],
  [types.int4, '5', 5],
  [types.int8, 5, 5n],
  [types.int8, 9_223_372_036_854_775_807n, 9_223_372_036_854_775_807n],
  [types.float4, 0.1, Math.fround(0.1)],
  [types.float8, 2n, 2],
  [types.float8, Number.NaN, Number.NaN],
  [numeric, 1.5, '1.5'],
  [numeric, 1e21, '1000000000000000000000'],
  [numeric, '01.50', '1.50'],
  [types.bool, 'yes', true],
  [types.text, 'x', 'x'],
  [types.date, '1970-01-02', 1],
  [types.timestamptz, 1_700_000_000_123_456n, 1_700_000_000_123_456n],
  [types.interval, { months: 1, days: 2, micros: 3n }, { months: 1, days: 2, micros: 3n }],
  [arrayOf(types.int4), [1n, null, '3'], [1, null, 3]],
  [types.bytea, new Uint8Array([1]), new Uint8Array([1])],
  [types.oid, 4_294_967_295, 4_294_967_295],
])('takes what stands for the value exactly (%#)', (type, value, expected) => {
  expect(check(type, value)).toEqual(expected);
});

test.each<readonly [DataType, unknown, string]>([
  [types.int4, 1e10, '22003'],
  [types.int2, -32_769, '22003'],
  [types.int8, 2n ** 63n, '22003'],
  [types.oid, -1, '22003'],
  [types.int4, 1.5, '22P02'],
  [types.int4, 'x', '22P02'],
  [types.int8, Number.POSITIVE_INFINITY, '22P02'],
  [types.text, 5, '42804'],
  [types.bool, 1, '42804'],
  [types.int4, true, '42804'],
  [types.int4, [1], '42804'],
  [types.interval, { months: 1 }, '42804'],
  [types.uuid, new Uint8Array(16), '42804'],
  [arrayOf(types.int4), [1, 'x'], '22P02'],
])('refuses what does not (%#)', (type, value, sqlstate) => {
  expect(() => check(type, value)).toThrow(expect.objectContaining({ sqlstate }));
});

test('the library API checks what it is given, in queries and INSERTs', async () => {
  const client = await openClient((await engineWorld()).engine);
  await client.query('create table t (x int)');
  expect(await errorOf(client.query('insert into t values ($1)', [1e10]))).toBe('22003 integer out of range');
  expect(await errorOf(client.query('select $1::int', [1e10]))).toBe('22003 integer out of range');
  await client.query('insert into t values ($1)', [2n]);
  expect((await client.query('select x from t')).rows().map((row) => row['x'])).toEqual([2]);
});
