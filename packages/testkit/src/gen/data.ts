import { type DataType, sameType, type Value } from '@millrace/core';
import fc from 'fast-check';
import type { ReferenceDatabase } from '../reference/interpreter.ts';
import { domainOf, FIXTURE_TABLES } from './tables.ts';

const ROWS_MAX = 6;

/**
 * Rows of the fixture tables: none to six each, from small domains, so that keys meet, rows repeat and NULLs are everywhere. A missing cell is the
 * domain's simplest value.
 */
export const databases: fc.Arbitrary<ReferenceDatabase> = fc
  .tuple(
    ...FIXTURE_TABLES.map((table) =>
      fc.array(fc.array(fc.nat({ max: 63 }), { maxLength: table.columns.length, size: 'max' }), {
        maxLength: ROWS_MAX,
        size: 'max',
      }),
    ),
  )
  .map(
    (tables) =>
      new Map(
        FIXTURE_TABLES.map((table, i) => [
          table.tableId,
          (tables[i] ?? []).map((picks) =>
            Object.fromEntries(
              table.columns.map((column, j) => [column.name, cellOf(domainOf(column.type), picks[j] ?? 0)]),
            ),
          ),
        ]),
      ),
  );

/** One of five cells is NULL. */
function cellOf(domain: readonly Value[], pick: number): Value {
  return pick % 5 === 4 ? null : (domain[pick % domain.length] ?? null);
}

/** Every value of exactly this type that stands in a table, as often as it stands there. */
export function valuesOfType(database: ReferenceDatabase, type: DataType): readonly Value[] {
  return FIXTURE_TABLES.flatMap((table) =>
    table.columns
      .filter((column) => sameType(column.type, type))
      .flatMap((column) => (database.get(table.tableId) ?? []).map((row) => row[column.name] ?? null)),
  ).filter((value) => value !== null);
}
