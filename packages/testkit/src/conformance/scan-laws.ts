import type { ColumnId, CompareOp, Expr, PreparedScan, ScanContext, ScanRequest, Schema, Value } from '@millrace/core';
import { types } from '@millrace/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { domainOf } from '../gen/tables.ts';
import { rowOf } from '../reference/row.ts';
import { scanFilter } from '../reference/scan-filter.ts';
import { rowsOfBatch, type TableRow } from './table-rows.ts';

/** What can be asked for a scan: a TableProvider, or a snapshot of a VersionedTable. */
export interface Scannable {
  readonly schema: Schema;
  prepareScan(request: ScanRequest, context: ScanContext): Promise<PreparedScan> | PreparedScan;
}
/** A generated question. */
export interface ScanQuestion {
  readonly columns: readonly number[];
  readonly filters: readonly FilterSpec[];
  readonly fetch: number | null;
  readonly batchRows: number;
}
interface FilterSpec {
  readonly field: number;
  readonly shape: number;
  readonly op: CompareOp;
  readonly picks: readonly number[];
}

const OPS: readonly CompareOp[] = ['=', '<>', '<', '<=', '>', '>=', 'is-not-distinct'];

/** Questions to a table of `fields` fields: any columns in any order, none to three predicates, with and without a bound on the rows. */
export function scanQuestions(fields: number): fc.Arbitrary<ScanQuestion> {
  const field = fc.nat({ max: fields - 1 });
  return fc.record({
    columns: fc.uniqueArray(field, { maxLength: fields }),
    filters: fc.array(
      fc.record({
        field,
        shape: fc.nat({ max: 7 }),
        op: fc.constantFrom(...OPS),
        picks: fc.array(fc.nat({ max: 63 }), { minLength: 3, maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
    fetch: fc.option(fc.nat({ max: 6 })),
    batchRows: fc.constantFrom(1, 2, 3, 1024),
  });
}

/** Column ids are the fields' positions, counted from 1. */
const idOf = (field: number): ColumnId => (field + 1) as ColumnId;

function filterOf(schema: Schema, { field, shape, op, picks }: FilterSpec): Expr {
  const { type } = schema.fields[field] ?? { type: types.int4 };
  const domain = domainOf(type);
  const column: Expr = { kind: 'column', id: idOf(field), type };
  const value = (pick: number): Expr => ({
    kind: 'literal',
    value: (domain[pick % domain.length] ?? null) as Value,
    type,
  });
  const [a = 0, b = 0, c = 0] = picks;
  const compare: Expr = { kind: 'compare', op, left: column, right: value(a) };
  switch (shape) {
    case 0:
      return { kind: 'is-null', operand: column, negated: a % 2 === 1 };
    case 1:
      return { kind: 'in-list', operand: column, items: [value(a), value(b), value(c)], negated: a % 3 === 1 };
    case 2:
      return { kind: 'or', operands: [compare, { kind: 'compare', op: '=', left: column, right: value(b) }] };
    case 3:
      return { kind: 'not', operand: compare };
    case 4:
      return { kind: 'compare', op, left: value(a), right: column };
    default:
      return compare;
  }
}

/**
 * Asks the question and holds the answer against all rows of the table. Throws what vitest understands if a law is broken: batches have the columns
 * that were asked for and are never empty; the residual filters are some of those given; the rows that pass them are the table's, as often as
 * the table has them, and at least as many as were needed.
 */
export async function checkScan(table: Scannable, all: readonly TableRow[], question: ScanQuestion): Promise<void> {
  const { schema } = table;
  const filters = question.filters.map((spec) => filterOf(schema, spec));
  // The rows can only be checked against residual filters if their columns are there.
  const read = question.filters.map(({ field }) => field);
  const positions = [...new Set([...question.columns, ...read])];
  const request: ScanRequest = {
    columns: positions.map((position) => schema.fields[position]?.name ?? ''),
    filters,
    fieldOf: (id) => schema.fields[id - 1]?.name ?? '',
    fetch: question.fetch,
  };
  const signal = new AbortController().signal;
  const scan = await table.prepareScan(request, { signal, batchRows: question.batchRows });
  for (const residual of scan.residualFilters)
    expect(filters, 'a residual filter is one of those given').toContain(residual);
  expect(new Set(scan.residualFilters).size).toBe(scan.residualFilters.length);
  expect(typeof scan.describe()).toBe('string');
  const given: TableRow[] = [];
  for await (const batch of scan.batches()) {
    expect(batch.rowCount, 'no empty batches').toBeGreaterThan(0);
    expect(batch.vectors.map(({ type }) => type.kind)).toEqual(positions.map((at) => schema.fields[at]?.type.kind));
    for (const vector of batch.vectors) expect(vector.length).toBe(batch.rowCount);
    given.push(...rowsOfBatch(batch));
  }
  const passes = (list: readonly Expr[], of: readonly number[]) => {
    const test = scanFilter(list, { parameters: [], random: () => 0 });
    return (row: TableRow) =>
      test(
        rowOf(
          of.map((position, i) => [idOf(position), row[i] ?? null]),
          null,
        ),
      );
  };
  const everything = schema.fields.map((_, i) => i);
  const expected = all
    .filter(passes(filters, everything))
    .map((row) => positions.map((position) => row[position] ?? null));
  const kept = given.filter(passes(scan.residualFilters, positions));
  expectSubBag(kept, expected);
  expect(kept.length).toBeGreaterThanOrEqual(Math.min(question.fetch ?? expected.length, expected.length));
}

/** Each row of `some` stands in `all` at least as often. */
function expectSubBag(some: readonly TableRow[], all: readonly TableRow[]): void {
  const counts = new Map<string, number>();
  for (const row of all) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
  for (const row of some) {
    const left = (counts.get(keyOf(row)) ?? 0) - 1;
    expect(left, `the scan gives a row that the table does not have (so often): ${keyOf(row)}`).toBeGreaterThanOrEqual(
      0,
    );
    counts.set(keyOf(row), left);
  }
}

/** -0 is a value of its own here, NaN is equal to itself. */
function keyOf(row: TableRow): string {
  return row.map((value) => `${typeof value}:${Object.is(value, -0) ? '-0' : String(value)}`).join('|');
}
