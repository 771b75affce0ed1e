import {
  arrayOf,
  type CatalogColumn,
  type CatalogSnapshot,
  type CatalogTable,
  type DataType,
  types,
  type Value,
} from '@millrace/core';
import { FIXTURE_DERIVATIONS } from './generated-columns.ts';

/** Type of the wide table's `m`. */
const DECIMAL: DataType = Object.freeze({ kind: 'numeric', precision: 5, scale: 2 });
const VARCHAR: DataType = Object.freeze({ kind: 'varchar', length: 3 });
/** Type of the other wide table's `h`. */
const CHAR: DataType = Object.freeze({ kind: 'bpchar', length: 2 });
const INT_ARRAY: DataType = Object.freeze(arrayOf(types.int4));
const TEXT_ARRAY: DataType = Object.freeze(arrayOf(types.text));

const FIELDS: Readonly<Record<string, Readonly<Record<string, DataType>>>> = {
  a: { k: types.int4, x: types.int4 },
  b: { k: types.int4, y: types.int4 },
  c: { k: types.int4, t: types.text },
  w: {
    b: types.bool,
    s: types.int2,
    i: types.int4,
    l: types.int8,
    f: types.float8,
    n: types.numeric,
    m: DECIMAL,
    t: types.text,
    v: VARCHAR,
    d: types.date,
  },
  e: { ts: types.timestamptz, n: types.int4, day: types.date, half: types.int4 },
  u: {
    z: types.timestamptz,
    p: types.timestamp,
    g: types.interval,
    j: types.jsonb,
    ia: INT_ARRAY,
    ta: TEXT_ARRAY,
    h: CHAR,
    r: types.float4,
    id: types.uuid,
  },
  d: { g: types.interval, k: types.int4 },
};

/** How many rows the tables say they have: for rules that choose by size. Which rows they have is another matter. */
const ESTIMATES: Readonly<Record<string, number>> = { a: 1000, b: 10, c: 100, w: 500 };

/**
 * The tables of rule examples and generated plans: a(k int4, x int4), b(k int4, y int4), c(k int4, t text), and w and u, one column of each type
 * that the reference interpreter knows; and e(ts timestamptz, n int4, day date, half int4), partitioned by two generated columns: day, the day of ts in
 * UTC, and half, n / 2; and d(g interval, k int4), whose rows are often equal and not the same (a month and 30 days): only for suites that ask for it by `tables`.
 */
export const FIXTURE_TABLES: readonly CatalogTable[] = Object.freeze(
  Object.entries(FIELDS).map(([name, fields], i) => ({
    oid: 16384 + i,
    tableId: name,
    schemaId: 1,
    schemaName: 'public',
    name,
    columns: Object.entries(fields).map(([field, type]) => ({
      name: field,
      type,
      nullable: true,
      defaultSql: null,
      defaultExpr: null,
      ...generatedOf(name, field),
    })),
    partitionColumns: Object.keys(FIXTURE_DERIVATIONS[name] ?? {}),
    options: {},
    location: null,
    isSystem: false,
    estimatedRows: ESTIMATES[name] ?? 20,
  })),
);

/** The tables that plans read and write unless they are told to favor others. */
export const COMMON_TABLES: readonly CatalogTable[] = Object.freeze(FIXTURE_TABLES.filter(({ name }) => name !== 'd'));

function generatedOf(table: string, field: string): Pick<CatalogColumn, 'generated'> {
  const derivation = FIXTURE_DERIVATIONS[table]?.[field];
  return derivation === undefined ? {} : { generated: derivation.generated };
}

/** The fixture tables as the binder asks for them. */
export const FIXTURE_CATALOG: CatalogSnapshot = Object.freeze({
  table: (schema: string | null, name: string) =>
    schema === null || schema === 'public' ? FIXTURE_TABLES.find((table) => table.name === name) : undefined,
  tableById: (id: string) => FIXTURE_TABLES.find((table) => table.tableId === id),
  hasSchema: (name: string) => name === 'public' || name === 'pg_catalog',
  searchPath: ['public'],
});

const INTS: readonly Value[] = [0, 1, 2, 1, -1, 3, 0, 2];
/** 1970, a microsecond before and after, a day later, two moments of one day in 2024, the first and a late one, the infinities. */
const MOMENTS: readonly Value[] = [
  0n,
  1n,
  86_400_000_000n,
  1_704_067_200_000_000n,
  1_704_110_400_123_456n,
  -1n,
  1_704_067_200_000_000n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  -210_866_803_200_000_000n,
  253_402_300_799_999_999n,
];
const DOMAINS: Readonly<Record<string, readonly Value[]>> = {
  bool: [false, true, true],
  int2: [...INTS, 32_767, -32_768],
  int4: [...INTS, 10, 2_147_483_647, -2_147_483_648],
  int8: [0n, 1n, 2n, 1n, -1n, 3n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 9_007_199_254_740_993n],
  float8: [0, 1, 2, -0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 1],
  numeric: [
    '0',
    '1',
    '1.0',
    '-1',
    '2.50',
    'NaN',
    'Infinity',
    '0.1',
    '-Infinity',
    '123456789012345678901234567890',
    '0.00000000000000000001',
  ],
  text: ['', 'a', 'b', 'a', 'abc', 'A', 'ä', '1', '\u{1f600}'],
  date: [0, 1, 19_723, -1, 1, 19_782, 2_147_483_647, -2_147_483_648, -2_440_588, 2_145_042_905, 19_723],
  timestamp: MOMENTS,
  timestamptz: MOMENTS,
  // A month, 30 days and 720 hours are equal, and not the same.
  interval: [
    { months: 0, days: 0, micros: 0n },
    { months: 0, days: 1, micros: 0n },
    { months: 1, days: 0, micros: 0n },
    { months: 0, days: 30, micros: 0n },
    { months: 0, days: 0, micros: 2_592_000_000_000n },
    { months: 0, days: 0, micros: 3_600_000_000n },
    { months: -1, days: 2, micros: -1n },
  ],
  jsonb: ['{}', '{"a": 1}', '{"a": "x", "b": [1, 2]}', '[]', '[1, "a", null]', 'null', '1', '"a"', '1.0', '{"a": 1}'],
  float4: [0, 1, 2, -0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1],
  uuid: [
    '00000000-0000-0000-0000-000000000000',
    '00000000-0000-0000-0000-000000000001',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ],
};

const ARRAYS: Readonly<Record<string, readonly Value[]>> = {
  int4: [[], [1], [1, 2], [null], [1, null], [0, 1, 2], [1]],
  text: [[], ['a'], ['a', 'b'], ['', null], ['a'], ['NULL', 'a b']],
};

/**
 * A few values of a type, the simplest first: small numbers that meet each other, extremes, NaN, -0 and infinities, empty and non-ASCII text.
 * Rows and literals are both drawn from here, so that predicates are true for some rows and false for others.
 */
export function domainOf(type: DataType): readonly Value[] {
  if (type.kind === 'numeric' && type.precision !== null) return ['0.00', '1.00', '2.50', '-1.00', '999.99', '1.00'];
  if (type.kind === 'varchar') return ['', 'a', 'abc', 'b', 'a', 'äöü'];
  if (type.kind === 'bpchar') return ['a ', 'b ', '  ', 'ab', 'a ', 'ä '];
  if (type.kind === 'array') return ARRAYS[type.item.kind] ?? [];
  const domain = DOMAINS[type.kind];
  return domain ?? [];
}
