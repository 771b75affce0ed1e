import {
  type DataType,
  type RecordBatch,
  type Schema,
  types,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import fc from 'fast-check';
import { domainOf } from '../gen/tables.ts';

/** A row as values in the order of the schema's fields. */
export type TableRow = readonly Value[];

const FIELDS: readonly (readonly [name: string, type: DataType])[] = [
  ['id', types.int8],
  ['k', types.int4],
  ['t', types.text],
  ['f', types.float8],
  ['b', types.bool],
  ['d', types.date],
];

/** What the suites of tables read and write: an identifier, and a nullable column of each of the common types. */
export const SUITE_SCHEMA: Schema = Object.freeze({
  fields: FIELDS.map(([name, type], i) => ({ name, type, nullable: i > 0 })),
});

/** Rows of the suites' schema; the identifier is the row's number, so that no two are equal. */
export function tableRows(maxLength: number): fc.Arbitrary<readonly TableRow[]> {
  return fc
    .array(fc.array(fc.nat({ max: 63 }), { minLength: FIELDS.length, maxLength: FIELDS.length }), { maxLength })
    .map((rows) =>
      rows.map((picks, row) => FIELDS.map(([, type], i) => (i === 0 ? BigInt(row + 1) : cellOf(type, picks[i] ?? 0)))),
    );
}

/** Some rows to start with; `first` is the first one's identifier. */
export function sampleRows(count: number, first = 1): TableRow[] {
  return Array.from({ length: count }, (_, row) =>
    FIELDS.map(([, type], i) => (i === 0 ? BigInt(first + row) : cellOf(type, (first + row) * 7 + i))),
  );
}

/** One of five is NULL. */
function cellOf(type: DataType, pick: number): Value {
  const domain = domainOf(type);
  return pick % 5 === 4 ? null : (domain[pick % domain.length] ?? null);
}

/** Rows as a batch of the schema. */
export function batchOfRows(schema: Schema, rows: readonly TableRow[]): RecordBatch {
  const vectors = schema.fields.map(({ type }, i) =>
    vectorFromValues(
      type,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return { rowCount: rows.length, vectors };
}

/** A batch as rows. */
export function rowsOfBatch(batch: RecordBatch): TableRow[] {
  return Array.from({ length: batch.rowCount }, (_, row) => batch.vectors.map((vector) => valueAt(vector, row)));
}

/** Rows in the order of their identifiers, so that two lists can be compared; order is not promised by a table. */
export function byIdentifier(rows: readonly TableRow[]): TableRow[] {
  return [...rows].sort(([a], [b]) => (BigInt(a as bigint) < BigInt(b as bigint) ? -1 : 1));
}
