import { type CatalogTable, type DataType, sameType, type Value } from '@millrace/core';
import fc from 'fast-check';
import type { ReferenceDatabase } from '../reference/interpreter.ts';
import { numbersFrom } from './gene.ts';
import { withGenerated } from './generated-columns.ts';
import { domainOf, FIXTURE_TABLES } from './tables.ts';

const ROWS_MAX = 6;

type Row = Readonly<Record<string, Value>>;

/**
 * Rows of the fixture tables: none to six each, from small domains, so that keys meet, rows repeat and NULLs are everywhere. Of eight tables one
 * is empty, one has one row, one a hot key, one a column of NULLs, one the same row several times. Shrinks to fewer rows and simpler values.
 */
class DatabaseArbitrary extends fc.Arbitrary<ReferenceDatabase> {
  override generate(random: fc.Random): fc.Value<ReferenceDatabase> {
    const next = numbersFrom(random);
    return new fc.Value(new Map(FIXTURE_TABLES.map((table) => [table.tableId, rowsOf(table, next)])), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is ReferenceDatabase {
    return value instanceof Map;
  }

  override shrink(database: ReferenceDatabase): fc.Stream<fc.Value<ReferenceDatabase>> {
    return fc.stream(smallerDatabases(database)).map((smaller) => new fc.Value(smaller, undefined));
  }
}

/** Databases over the fixture tables. */
export const databases: fc.Arbitrary<ReferenceDatabase> = new DatabaseArbitrary();

function rowsOf(table: CatalogTable, next: () => number): readonly Row[] {
  const kind = next() % 8;
  const count = kind === 0 ? 0 : kind === 1 ? 1 : 1 + (next() % ROWS_MAX);
  const rows = Array.from({ length: count }, () => rowOf(table, next));
  const special = table.columns[next() % table.columns.length];
  const [first] = rows;
  if (special === undefined || first === undefined) return rows;
  const set = (row: Row, value: Value): Row => withGenerated(table.name, { ...row, [special.name]: value });
  if (kind === 2) return rows.map((row) => set(row, first[special.name] ?? null));
  if (kind === 3) return rows.map((row) => set(row, null));
  return kind === 4 ? rows.map((row, i) => (i % 2 === 0 ? first : row)) : rows;
}

/** One of five cells is NULL. */
function rowOf(table: CatalogTable, next: () => number): Row {
  const row: Record<string, Value> = {};
  for (const { name, type } of table.columns) {
    const domain = domainOf(type);
    row[name] = next() % 5 === 4 ? null : (domain[next() % domain.length] ?? null);
  }
  return withGenerated(table.name, row);
}

/** Law: each has fewer rows, or as many and more of the simplest values. */
function* smallerDatabases(database: ReferenceDatabase): Generator<ReferenceDatabase, void, undefined> {
  const replaced = (id: string, rows: readonly Row[]): ReferenceDatabase => new Map([...database, [id, rows]]);
  for (const [id, rows] of database) if (rows.length > 1) yield replaced(id, []);
  for (const [id, rows] of database) {
    for (const index of rows.keys()) {
      yield replaced(
        id,
        rows.filter((_, at) => at !== index),
      );
    }
  }
  for (const { tableId, columns } of FIXTURE_TABLES) {
    const rows = database.get(tableId) ?? [];
    for (const [index, row] of rows.entries()) {
      for (const { name, type, generated } of columns) {
        const [simplest = null] = domainOf(type);
        if (generated !== undefined || row[name] === simplest) continue;
        yield replaced(tableId, rows.with(index, withGenerated(tableId, { ...row, [name]: simplest })));
      }
    }
  }
}

/** Every value of exactly this type that stands in a table, as often as it stands there. */
export function valuesOfType(database: ReferenceDatabase, type: DataType): readonly Value[] {
  return FIXTURE_TABLES.flatMap((table) =>
    table.columns
      .filter((column) => sameType(column.type, type))
      .flatMap((column) => (database.get(table.tableId) ?? []).map((row) => row[column.name] ?? null)),
  ).filter((value) => value !== null);
}
