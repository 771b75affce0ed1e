import { type CatalogSnapshot, type CatalogTable, type DataType, types, type Value } from '@millrace/core';

/** Type of the wide table's `m`. */
const DECIMAL: DataType = Object.freeze({ kind: 'numeric', precision: 5, scale: 2 });
const VARCHAR: DataType = Object.freeze({ kind: 'varchar', length: 3 });

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
};

/**
 * The tables of rule examples and generated plans: a(k int4, x int4), b(k int4, y int4), c(k int4, t text), and w, one column of each type
 * that the reference interpreter knows.
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
    })),
    partitionColumns: [],
    options: {},
    location: null,
    isSystem: false,
  })),
);

/** The fixture tables as the binder asks for them. */
export const FIXTURE_CATALOG: CatalogSnapshot = Object.freeze({
  table: (schema: string | null, name: string) =>
    schema === null || schema === 'public' ? FIXTURE_TABLES.find((table) => table.name === name) : undefined,
  tableById: (id: string) => FIXTURE_TABLES.find((table) => table.tableId === id),
  hasSchema: (name: string) => name === 'public' || name === 'pg_catalog',
  searchPath: ['public'],
});

const INTS: readonly Value[] = [0, 1, 2, 1, -1, 3, 0, 2];
const DOMAINS: Readonly<Record<string, readonly Value[]>> = {
  bool: [false, true, true],
  int2: [...INTS, 32_767, -32_768],
  int4: [...INTS, 10, 2_147_483_647, -2_147_483_648],
  int8: [0n, 1n, 2n, 1n, -1n, 3n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 9_007_199_254_740_993n],
  float8: [0, 1, 2, -0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 1],
  numeric: ['0', '1', '1.0', '-1', '2.50', 'NaN', 'Infinity', '0.1'],
  text: ['', 'a', 'b', 'a', 'abc', 'A', 'ä', '1', '\u{1f600}'],
  date: [0, 1, 19_723, -1, 1],
};

/**
 * A few values of a type, the simplest first: small numbers that meet each other, extremes, NaN, -0 and infinities, empty and non-ASCII text.
 * Rows and literals are both drawn from here, so that predicates are true for some rows and false for others.
 */
export function domainOf(type: DataType): readonly Value[] {
  if (type.kind === 'numeric' && type.precision !== null) return ['0.00', '1.00', '2.50', '-1.00', '999.99', '1.00'];
  if (type.kind === 'varchar') return ['', 'a', 'abc', 'b', 'a', 'äöü'];
  const domain = DOMAINS[type.kind];
  return domain ?? [];
}
