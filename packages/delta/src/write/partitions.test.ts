import { type DataType, type Schema, types, type Value } from '@millrace/core';
import { expect, test } from 'vitest';
import { DeltaTable } from '../delta-table.ts';
import { append, batchOf, collect, columnOf, prepare, readAll, rowsOf } from '../testing/rows.ts';
import { testEnvironment } from '../testing/test-environment.ts';
import { decodePath, encodePath, partitionDirectory } from './partition-path.ts';
import { formatPartitionValue, parsePartitionValue, parseTimestamp } from './partition-value.ts';
import { validatePartitionValues } from './validate-partition-values.ts';

test('directories are escaped for Hive and paths for URIs, once each', () => {
  expect(partitionDirectory(['region'], { region: 'US/East' })).toBe('region=US%2FEast/');
  expect(encodePath('region=US%2FEast/x')).toBe('region=US%252FEast/x');
  expect(partitionDirectory(['a=b', 'p'], { 'a=b': ' % é', p: null })).toBe(
    'a%3Db= %25 é/p=__HIVE_DEFAULT_PARTITION__/',
  );
  expect(partitionDirectory(['p'], { p: '日'.repeat(100) })).toBe('');
  expect(decodePath('p=a%20b%25/f')).toBe('p=a b%/f');
  expect([decodePath('/abs'), decodePath('s3://b/k'), decodePath('%E0%A4')]).toEqual([null, null, null]);
});

const VALUES: readonly (readonly [DataType, Value, string])[] = [
  [types.bool, true, 'true'],
  [types.int2, -5, '-5'],
  [types.int8, -9_223_372_036_854_775_808n, '-9223372036854775808'],
  [types.float8, 1e10, '1.0E10'],
  [types.float8, -0, '-0.0'],
  [types.float8, 0.001, '0.001'],
  [types.float8, 1.5e-7, '1.5E-7'],
  [types.float8, Number.NaN, 'NaN'],
  [types.float8, Number.NEGATIVE_INFINITY, '-Infinity'],
  [types.float4, Math.fround(0.1), '0.1'],
  [
    { kind: 'numeric', precision: 38, scale: 18 },
    '12345678901234567890.123456789012345678',
    '12345678901234567890.123456789012345678',
  ],
  [{ kind: 'numeric', precision: 5, scale: 2 }, '-0.50', '-0.50'],
  [types.date, 19_782, '2024-02-29'],
  [types.date, -719_162, '0001-01-01'],
  [types.timestamp, 1_709_212_496_789_012n, '2024-02-29 13:14:56.789012'],
  [types.timestamptz, -1n, '1969-12-31T23:59:59.999999Z'],
  [types.uuid, '123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-12d3-a456-426614174000'],
  [types.text, ' a\tb ', ' a\tb '],
];

test('partition values as text and back', () => {
  for (const [type, value, text] of VALUES) {
    expect(formatPartitionValue(type, value)).toBe(text);
    expect(parsePartitionValue(type, text, 'p')).toEqual(value);
  }
  for (const nothing of [null, undefined, '']) expect(parsePartitionValue(types.int4, nothing, 'p')).toBeNull();
  expect(parsePartitionValue({ kind: 'numeric', precision: 5, scale: 2 }, '1.5', 'p')).toBe('1.50');
  expect(parseTimestamp('2024-02-29T13:14:56+02:00')).toBe(parseTimestamp('2024-02-29 11:14:56'));
  for (const [type, text] of [
    [types.int4, '1.5'],
    [types.bool, 't'],
    [types.date, 'x'],
    [types.float8, 'a'],
  ] as const) {
    expect(() => parsePartitionValue(type, text, 'p')).toThrow(expect.objectContaining({ sqlstate: 'XX001' }));
  }
});

const partitioned: Schema = {
  fields: [
    { name: 'p', type: types.text, nullable: true },
    { name: 'n', type: types.int8, nullable: false },
    { name: 'day', type: types.date, nullable: true },
    { name: 'f', type: types.float8, nullable: true },
  ],
};
const TEXTS = [
  '/ % = space é 日本',
  'US/East',
  '..',
  '.',
  'a\\b',
  '?#&+',
  '"q"',
  "it's",
  ' ',
  '__HIVE_DEFAULT_PARTITION__x',
  '😀',
  'x'.repeat(300),
  null,
];

test('every partition value comes back, and finds its file', async () => {
  const options = { location: 'p/', tableId: 'id-1', schema: partitioned, partitionColumns: ['day', 'p'] };
  const environment = testEnvironment();
  const table = await DeltaTable.create(environment, options);
  const rows: Value[][] = TEXTS.flatMap((p, i) => [
    [p, BigInt(i), 19_000 + (i % 2), i / 2],
    [p, BigInt(-i - 1), null, null],
  ]);
  expect((await append(table, rows, { from: -1n, version: 1n })).status).toBe('committed');
  const order = (list: Value[][]): Value[][] => list.sort((a, b) => Number((a[1] as bigint) - (b[1] as bigint)));
  const opened = await DeltaTable.open(environment, 'p/');
  expect(order(await readAll(opened))).toEqual(order(rows));
  expect(opened.snapshot!.files.size).toBe(TEXTS.length * 2);
  const p = columnOf(partitioned, 'p');
  for (const [i, text] of TEXTS.entries()) {
    const filter =
      text === null
        ? ({ kind: 'is-null', operand: p, negated: false } as const)
        : ({ kind: 'compare', op: '=', left: p, right: { kind: 'literal', value: text, type: types.text } } as const);
    const scan = await prepare(opened.pin(), { columns: ['n'], filters: [filter] });
    expect(scan.residualFilters).toEqual([]);
    expect((await collect(scan)).flat().sort()).toEqual([BigInt(i), BigInt(-i - 1)].sort());
    expect(scan.describe()).toBe(`files read 2 of ${TEXTS.length * 2}, ${TEXTS.length * 2 - 2} pruned`);
  }
  expect(await readAll(opened, ['day'])).toHaveLength(rows.length);
});

test('partition columns are not in the data files', async () => {
  const environment = testEnvironment();
  const options = { location: 'p/', tableId: 'id-1', schema: partitioned, partitionColumns: ['p'] };
  const table = await DeltaTable.create(environment, options);
  await append(table, [['x', 1n, 0, 0.5]], { from: -1n, version: 1n });
  const [file] = [...table.snapshot!.files.values()];
  const stats = JSON.parse(file!.stats!);
  expect(Object.keys(stats.nullCount)).toEqual(['n', 'day', 'f']);
  const columns = partitioned.fields;
  const bytes = (await environment.store.get(`p/${decodePath(file!.path)}`))!;
  const fetch = async (range: { start: number; end: number }) => bytes.subarray(range.start, range.end);
  for await (const batch of environment.codec.read({ byteCount: bytes.length, columns, fetch })) {
    expect(rowsOf(batch)).toEqual([[null, 1n, 0, 0.5]]);
  }
});

test('what a partition column cannot hold is refused before it is acknowledged', () => {
  const check = (...row: Value[]): void =>
    validatePartitionValues(partitioned, ['p', 'day'], batchOf(partitioned, [row]).vectors, 1);
  check('x', 1n, 0, null);
  check(null, 1n, null, null);
  expect(() => check('', 1n, 0, null)).toThrow(expect.objectContaining({ sqlstate: '22023' }));
  for (const day of [2_147_483_647, -2_147_483_648, -719_163, 2_932_897]) {
    expect(() => check('x', 1n, day, null), String(day)).toThrow(expect.objectContaining({ sqlstate: '22008' }));
  }
  check('x', 1n, 2_932_896, null);
  const inner = batchOf(partitioned, [['', 1n, 0, null]]);
  validatePartitionValues(partitioned, ['day'], inner.vectors, 1);
});

test('an empty string that got past the funnel is not stored as NULL', async () => {
  const table = await DeltaTable.create(testEnvironment(), {
    location: 'p/',
    tableId: 'id-1',
    schema: partitioned,
    partitionColumns: ['p'],
  });
  await expect(table.stage([batchOf(partitioned, [['', 1n, 0, null]])])).rejects.toMatchObject({ sqlstate: '22023' });
});
