import { arrayOf, type Schema, types, type Value } from '@millrace/core';
import { nodeWorkers } from '@millrace/core/node';
import { afterAll, expect, test } from 'vitest';
import { DeltaTable } from './delta-table.ts';
import { createParquetCodec } from './parquet/parquet-codec.ts';
import { append, readAll } from './testing/rows.ts';
import { testEnvironment } from './testing/test-environment.ts';

const schema: Schema = {
  fields: [
    { name: 'b', type: types.bool, nullable: true },
    { name: 'i2', type: types.int2, nullable: true },
    { name: 'i4', type: types.int4, nullable: true },
    { name: 'i8', type: types.int8, nullable: false },
    { name: 'f4', type: types.float4, nullable: true },
    { name: 'f8', type: types.float8, nullable: true },
    { name: 'dec', type: { kind: 'numeric', precision: 38, scale: 18 }, nullable: true },
    { name: 'num', type: types.numeric, nullable: true },
    { name: 't', type: types.text, nullable: true },
    { name: 'vc', type: { kind: 'varchar', length: 10 }, nullable: true },
    { name: 'bp', type: { kind: 'bpchar', length: 3 }, nullable: true },
    { name: 'bin', type: types.bytea, nullable: true },
    { name: 'd', type: types.date, nullable: true },
    { name: 'ts', type: types.timestamp, nullable: true },
    { name: 'tz', type: types.timestamptz, nullable: true },
    { name: 'u', type: types.uuid, nullable: true },
    { name: 'j', type: types.json, nullable: true },
    { name: 'jb', type: types.jsonb, nullable: true },
    { name: 'ta', type: arrayOf(types.text), nullable: true },
    { name: 'ia', type: arrayOf(types.int8), nullable: true },
    { name: 'ua', type: arrayOf(types.uuid), nullable: true },
  ],
};
const BIG = 9_007_199_254_740_993n;
const rows: Value[][] = [
  [
    ...[true, 32767, 2147483647, 9_223_372_036_854_775_807n, 0.5, Math.PI, '12345678901234567890.123456789012345678'],
    ...['1e-3 is not canonical'.length.toString(), 'héllo 日本 😀', 'abc', 'ab ', new Uint8Array([0, 255, 10]), 19_782],
    ...[1_700_000_000_123_456n, -1n, '123e4567-e89b-12d3-a456-426614174000', '{"a" : 1}', '{"a": 1}'],
    ['x', null, 'y"'],
    [BIG, null],
    ['123e4567-e89b-12d3-a456-426614174000', null],
  ],
  [
    ...[false, -32768, -2147483648, -9_223_372_036_854_775_808n, Number.NaN, Number.POSITIVE_INFINITY],
    ...['-99999999999999999999.999999999999999999', 'NaN', '', '', '   ', new Uint8Array(0), 2_147_483_647],
    ...[9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, '00000000-0000-0000-0000-000000000000', 'null', '[]'],
    [],
    [],
    [],
  ],
  [null, null, null, BIG, ...new Array<Value>(17).fill(null)],
];

const codec = createParquetCodec({ workers: nodeWorkers });
afterAll(() => codec.close());

test('every type comes back unchanged, through threads and through a new process', async () => {
  const environment = { ...testEnvironment(), codec };
  const table = await DeltaTable.create(environment, { location: 't/', tableId: 'id-1', schema, partitionColumns: [] });
  await append(table, rows, { from: -1n, version: 5n });
  expect(await readAll(table)).toEqual(rows);
  const opened = await DeltaTable.open(environment, 't/');
  expect(opened.schema).toEqual(schema);
  expect(await readAll(opened)).toEqual(rows);
  expect(opened.pin().appliedLsn('wal-1')).toBe(5n);
  expect(await readAll(opened, ['tz', 'i8'])).toEqual(rows.map((row) => [row[14], row[3]]));
  expect(await readAll(opened, [])).toEqual([[], [], []]);
});
